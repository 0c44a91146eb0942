"""Problems and results as JSON and back, the same to the byte in any order of input, and the digest of a run.

A stored problem has the layout of a programme in one JSON file, with the policy and the pairs of the round beside the
three tables and the tree of topics, so it can be solved and verified by the command line as well.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from portal.matching.fields import BadSource, shown
from portal.matching.problem import Pair, Policy, Problem, Rankings
from portal.matching.result import BONUSES, Duality, Match, Result, Stability
from portal.matching.source import Programme, from_rows, read, read_topics, tables_of
from portal.matching.types import LEVEL_RANK, LEVELS, Need, Offer, Topics

Document = dict[str, Any]
TABLES = ("agencies", "needs", "offers")
BESIDE = ("policy", "locked", "vetoes", "previous", "rankings", "topics")
"""What a stored problem may have beside the three tables of a programme."""


def dumps(document: object) -> str:
    """Return JSON with sorted keys, ending in a newline: equal documents give equal bytes."""
    return json.dumps(document, indent=1, sort_keys=True, allow_nan=False) + "\n"


def digest(problem: Problem, result: Result) -> str:
    """Return 64 hexadecimal digits that stand for the inputs and the outcome of a run together."""
    return digest_of({"problem": problem_to_json(problem), "result": result_to_json(result)})


def digest_of(document: object) -> str:
    """Return 64 hexadecimal digits that stand for a document."""
    return sha256(dumps(document).encode()).hexdigest()


def plain(value: object) -> Any:
    """Return what codes are told with in plain JSON types: days in ISO, sets in order, lists for tuples."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(plain(item) for item in value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


# ------------------------------------------------------------------------------------------------------- problems


def problem_to_json(problem: Problem) -> Document:
    """Write a problem in plain JSON types."""
    return {
        "agencies": _agencies((*problem.needs, *problem.offers)),
        "needs": [_need(need) for need in problem.needs],
        "offers": [_offer(offer) for offer in problem.offers],
        "topics": dict(sorted(problem.topics.parents.items())),
        "policy": policy_to_json(problem.policy),
        "locked": [list(pair) for pair in problem.locked],
        "vetoes": [list(pair) for pair in problem.vetoes],
        "previous": [list(pair) for pair in problem.previous],
        "rankings": {
            side: {key: list(ranks) for key, ranks in sorted(getattr(problem.rankings, side).items())}
            for side in ("needs", "offers")
        },
    }


def problem_from_json(document: Mapping[str, Any]) -> Problem:
    """Read a problem, or a programme alone; raises BadSource."""
    _object("the problem", document, (*TABLES, *BESIDE), strict=False)
    for table in TABLES:
        if not isinstance(document.get(table), list):
            raise BadSource(f"the list {table} is missing")
    programme = from_rows(**{table: document[table] for table in TABLES}, topics=_topics(document.get("topics")))
    return Problem(
        needs=programme.needs,
        offers=programme.offers,
        topics=programme.topics,
        policy=policy_from_json(document.get("policy") or {}),
        locked=_pairs("locked", document.get("locked")),
        vetoes=tuple((need, offer) for need, offer, _ in _pairs("vetoes", document.get("vetoes"), counted=False)),
        previous=_pairs("previous", document.get("previous")),
        rankings=_rankings(document.get("rankings") or {}),
    )


def read_problem(source: Path) -> Problem:
    """Read a programme folder, a programme in one JSON file or a stored problem; raises BadSource."""
    return of_programme(read(source)) if source.is_dir() else problem_from_json(tables_of(source))


def says_its_policy(source: Path) -> bool:
    """Whether a source is a stored problem with a policy of its own."""
    return not source.is_dir() and "policy" in tables_of(source)


def of_programme(programme: Programme) -> Problem:
    """Return a programme as a problem with the policy that has no extras."""
    return Problem(needs=programme.needs, offers=programme.offers, topics=programme.topics)


def policy_to_json(policy: Policy) -> Document:
    """Write a policy in plain JSON types, every field of it."""
    return asdict(policy)


def policy_from_json(document: object) -> Policy:
    """Read a policy; fields not given have their defaults; raises BadSource for a field that is unknown."""
    names = tuple(field.name for field in fields(Policy))
    return Policy(**_object("policy", document, names))


def _object(where: str, document: object, names: Iterable[str], *, strict: bool = True) -> dict[str, Any]:
    if not isinstance(document, Mapping):
        raise BadSource(f"{where}: {shown(document)} is not an object")
    unknown = sorted(str(name) for name in document if name not in names)
    if unknown and strict:
        raise BadSource(f"{where}: {shown(unknown[0])} is none of: {', '.join(names)}")
    return dict(document)


def _topics(parents: object) -> Topics:
    if parents is None:
        return read_topics()
    tree = _object("topics", parents, (), strict=False)
    for key, parent in tree.items():
        if parent is not None and parent not in tree:
            raise BadSource(f"topics, {shown(key)}: there is no topic {shown(parent)}")
    return Topics(tree)


def _pairs(where: str, pairs: object, *, counted: bool = True) -> tuple[Pair, ...]:
    if pairs is None:
        return ()
    if not isinstance(pairs, list):
        raise BadSource(f"{where}: {shown(pairs)} is not a list of pairs")
    return tuple(_pair(where, pair, counted) for pair in pairs)


def _pair(where: str, pair: object, counted: bool) -> Pair:
    what = "[need, offer, officers]" if counted else "[need, offer]"
    if not isinstance(pair, list) or len(pair) not in ((2, 3) if counted else (2,)):
        raise BadSource(f"{where}: {shown(pair)} is not {what}")
    if not all(isinstance(key, str) for key in pair[:2]):
        raise BadSource(f"{where}: {shown(pair)} is not {what}")
    return Pair(*pair)


def _rankings(document: object) -> Rankings:
    sides = _object("rankings", document, ("needs", "offers"))
    return Rankings(**{side: _ranks(f"rankings, {side}", ranks) for side, ranks in sides.items()})


def _ranks(where: str, ranks: object) -> dict[str, tuple[str, ...]]:
    lists = _object(where, ranks, (), strict=False)
    for key, keys in lists.items():
        if not isinstance(keys, list) or not all(isinstance(other, str) for other in keys):
            raise BadSource(f"{where}, {shown(key)}: {shown(keys)} is not a list of keys")
    return {key: tuple(keys) for key, keys in sorted(lists.items())}


# --------------------------------------------------------------------------------------------------------- posts


def _agencies(posts: Iterable[Need | Offer]) -> list[Document]:
    states: dict[str, str | None] = {}
    for post in posts:
        if states.setdefault(post.agency, post.state) != post.state:
            raise BadSource(f"agencies {shown(post.agency)}: its posts name two States, "
                            f"{shown(states[post.agency])} and {shown(post.state)}")  # fmt: skip
    return [{"key": key, "state": state} for key, state in sorted(states.items())]


def _common(post: Need | Offer) -> Document:
    return {
        "key": post.key,
        "agency": post.agency,
        "topics": sorted(post.topics),
        "languages": {code: LEVELS[LEVEL_RANK[level] - 1] for code, level in sorted(post.languages.items())},
        "windows": [[first.isoformat(), last.isoformat()] for first, last in sorted(set(post.windows))],
        "min_days": post.min_days,
        "max_days": post.max_days,
        "accepts_states": sorted(post.accepts_states),
        "excludes_states": sorted(post.excludes_states),
        "clearance": post.clearance,
    }


def _need(need: Need) -> Document:
    return _common(need) | {
        "officers": need.officers,
        "band": need.band,
        "prefers_states": list(dict.fromkeys(need.prefers_states)),
        "requires_costs": sorted(need.requires_costs),
    }


def _offer(offer: Offer) -> Document:
    return _common(offer) | {
        "places": offer.places,
        "interpreter": offer.interpreter,
        "band_min": offer.band_min,
        "band_max": offer.band_max,
        "covers_costs": sorted(offer.covers_costs),
    }


# ------------------------------------------------------------------------------------------------------- results


def result_to_json(result: Result) -> Document:
    """Write a result in plain JSON types."""
    return {
        "mode": result.mode,
        "matches": [_match(match) for match in result.matches],
        "value": result.value,
        "bonuses": dict(result.bonuses),
        "objective": result.objective,
        "unmatched": {"needs": dict(result.officers_left), "offers": dict(result.places_left)},
        "pairs": result.pairs,
        "certificate": asdict(result.certificate),
    }


def _match(match: Match) -> Document:
    """Bonus and locked officers stand there only where there are any."""
    always = {"need": match.need, "offer": match.offer, "officers": match.officers, "score": match.score}
    return always | {name: getattr(match, name) for name in ("bonus", "locked") if getattr(match, name)}


def result_from_json(document: object) -> Result:
    """Read a result; raises BadSource. Whether it is true, `certify.verify` says."""
    try:
        return _result(_object("the result", document, (), strict=False))
    except KeyError as error:
        raise BadSource(f"the result: {error.args[0]} is missing") from None


def _result(found: dict[str, Any]) -> Result:
    unmatched = _object("the result, unmatched", found["unmatched"], (), strict=False)
    if not isinstance(found["matches"], list):
        raise BadSource(f"the result, matches: {shown(found['matches'])} is not a list")
    if not isinstance(found["mode"], str):
        raise BadSource(f"the result, mode: {shown(found['mode'])} is not a text")
    return Result(
        mode=found["mode"],
        matches=tuple(_read_match(match) for match in found["matches"]),
        value=_figure("value", found["value"]),
        bonuses=_figures("bonuses", found.get("bonuses", dict.fromkeys(BONUSES, 0))),
        objective=_figure("objective", found.get("objective", found["value"])),
        officers_left=_figures("unmatched, needs", unmatched["needs"]),
        places_left=_figures("unmatched, offers", unmatched["offers"]),
        pairs=_figure("pairs", found["pairs"]),
        certificate=_certificate(found["certificate"]),
    )


def _read_match(document: object) -> Match:
    match = _object("the result, matches", document, Match._fields)
    for name in ("need", "offer"):
        if not isinstance(match[name], str):
            raise BadSource(f"the result, matches: {shown(match[name])} is not a key")
    return Match(
        match["need"],
        match["offer"],
        *(_figure(f"matches, {name}", match.get(name, 0)) for name in Match._fields[2:]),
    )


def _certificate(document: object) -> Duality | Stability:
    found = _object("the result, certificate", document, (), strict=False)
    kinds: dict[str, type[Duality | Stability]] = {"duality": Duality, "stability": Stability}
    kind = kinds.get(str(found.get("kind")))
    if kind is None:
        raise BadSource(f"the result, certificate: the kind {shown(found.get('kind'))} is none of: {', '.join(kinds)}")
    _object("the result, certificate", found, tuple(field.name for field in fields(kind)))
    read = {
        name: _figures(f"certificate, {name}", value)
        if name in ("needs", "offers", "origins", "hosts")
        else value if name == "kind" else _figure(f"certificate, {name}", value)
        for name, value in found.items()
    }  # fmt: skip
    try:
        return kind(**read)  # type: ignore[arg-type]
    except TypeError:
        raise BadSource(f"the result, certificate: not all figures of the kind {shown(found['kind'])}") from None


def _figures(where: str, document: object) -> dict[str, int]:
    found = _object(f"the result, {where}", document, (), strict=False)
    return {key: _figure(f"{where}, {shown(key)}", value) for key, value in found.items()}


def _figure(where: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadSource(f"the result, {where}: {shown(value)} is not a whole number")
    return value
