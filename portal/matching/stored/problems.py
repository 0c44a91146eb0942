"""Problems as JSON and back, in the layout of a programme in one JSON file with the round beside its tables."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from portal.matching.fields import BadSource, shown
from portal.matching.problem import Pair, Policy, Problem, Rankings
from portal.matching.source import Programme, from_rows, read, read_topics, tables_of
from portal.matching.stored.reading import as_object
from portal.matching.types import LEVEL_RANK, LEVELS, Need, Offer, Topics

Document = dict[str, Any]
TABLES = ("agencies", "needs", "offers")
BESIDE = ("policy", "locked", "vetoes", "previous", "rankings", "topics")
"""What a stored problem may have beside the three tables of a programme."""


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
    for name in as_object("the problem", document, (), strict=False):
        if name not in BESIDE and (meant := get_close_matches(name, BESIDE, 1)):
            raise BadSource(f"the problem: {shown(name)} is not known; write {shown(meant[0])} if that is meant")
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
    return Policy(**as_object("policy", document, names))


def _topics(parents: object) -> Topics:
    if parents is None:
        return read_topics()
    tree = as_object("topics", parents, (), strict=False)
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
    sides = as_object("rankings", document, ("needs", "offers"))
    return Rankings(**{side: _ranks(f"rankings, {side}", ranks) for side, ranks in sides.items()})


def _ranks(where: str, ranks: object) -> dict[str, tuple[str, ...]]:
    lists = as_object(where, ranks, (), strict=False)
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
