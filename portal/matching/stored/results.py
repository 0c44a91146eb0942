"""Results as JSON and back; whether what is read is true, `certify` says."""

from dataclasses import asdict, fields
from typing import Any

from portal.matching.fields import BadSource, shown
from portal.matching.result import BONUSES, Duality, Match, Result, Stability
from portal.matching.stored.reading import as_object

Document = dict[str, Any]


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
        return _result(as_object("the result", document, (), strict=False))
    except KeyError as error:
        raise BadSource(f"the result: {error.args[0]} is missing") from None


def answer_from_json(document: object) -> Result:
    """Read the answer to a bare instance as a result whose scores are the weights; raises BadSource."""
    found = as_object("the result", document, (), strict=False)
    matches = found.get("matches")
    if isinstance(matches, list):
        renamed = [_renamed(match) for match in matches]
        found["matches"] = renamed
    return result_from_json(found | {"pairs": 0})


def _renamed(match: object) -> dict[str, Any]:
    found = as_object("the result, matches", match, ("need", "offer", "officers", "weight"))
    for name in ("officers", "weight"):
        if name not in found:
            raise BadSource(f"the result, matches: {name} is missing")
    return {"score" if name == "weight" else name: value for name, value in found.items()}


def _result(found: dict[str, Any]) -> Result:
    unmatched = as_object("the result, unmatched", found["unmatched"], (), strict=False)
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
    match = as_object("the result, matches", document, Match._fields)
    for name in ("need", "offer"):
        if not isinstance(match[name], str):
            raise BadSource(f"the result, matches: {shown(match[name])} is not a key")
    return Match(
        match["need"],
        match["offer"],
        *(_figure(f"matches, {name}", match.get(name, 0)) for name in Match._fields[2:]),
    )


def _certificate(document: object) -> Duality | Stability:
    found = as_object("the result, certificate", document, (), strict=False)
    kinds: dict[str, type[Duality | Stability]] = {"duality": Duality, "stability": Stability}
    kind = kinds.get(str(found.get("kind")))
    if kind is None:
        raise BadSource(f"the result, certificate: the kind {shown(found.get('kind'))} is none of: {', '.join(kinds)}")
    as_object("the result, certificate", found, tuple(field.name for field in fields(kind)))
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
    found = as_object(f"the result, {where}", document, (), strict=False)
    return {key: _figure(f"{where}, {shown(key)}", value) for key, value in found.items()}


def _figure(where: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadSource(f"the result, {where}: {shown(value)} is not a whole number")
    return value
