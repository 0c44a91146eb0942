"""The qualities and words by which a request is found: written with it, and asked for by the list's filters."""

from collections.abc import Iterator, Mapping
from typing import Any

from portal.features.assistance.domain.disclosure import OPEN_LABELS, FieldRule
from portal.features.assistance.domain.lifecycles import LIVE, RequestState
from portal.features.assistance.domain.vocabulary import LineKind
from portal.kernel.equipment import EQUIPMENT, GROUPS
from portal.kernel.labels import Tlp
from portal.kernel.search import tokens
from portal.kernel.states import STATES

REACH: Mapping[Tlp, int] = {Tlp.CLEAR: 4, Tlp.GREEN: 3, Tlp.AMBER: 2, Tlp.AMBER_STRICT: 1, Tlp.RED: 1}
"""How far a request travels; the same figures as the column `request.reach`."""
LIVE_STAGE, ENDED_STAGE = 2, 1
"""The same figures as the column `request.stage`."""


SCORES = (80, 60, 40, 20)
"""Of the sustainment score, by which lists are filtered: 80 and more, 60 and more ..."""


def stage(state: RequestState) -> int:
    return LIVE_STAGE if state in LIVE else ENDED_STAGE


SEARCHED = ("end_user_unit", "problem", "objective")


def group(key: str) -> str:
    return f"group:{key}"


def equipment(key: str) -> str:
    return f"kind:{key}"


def line_kind(value: str) -> str:
    return f"line:{value}"


def letter(tag: str) -> str:
    return f"art:{tag}"


def state(iso2: str) -> str:
    return f"state:{iso2}"


def region(name: str) -> str:
    return f"region:{name}"


def priority(value: str) -> str:
    return f"priority:{value}"


def keeps(score: int) -> str:
    return f"keeps:{score}"


def cause(value: str) -> str:
    return f"cause:{value}"


def word(token: str) -> str:
    return f"w:{token}"


def terms_for(request: Any, *, rules: Mapping[str, FieldRule], agency: Any) -> set[str]:
    """Everything a shown request is found by. What is withheld, or labelled apart, finds nothing."""
    lines = [line for line in request.lines if line.live and f"line-{line.number}" not in rules]
    found = {line_kind(line.kind) for line in lines} | {letter(tag) for tag in request.provisions}
    for line in lines:
        if line.category in EQUIPMENT:
            found |= {equipment(line.category), group(EQUIPMENT[line.category].group)}
    found.add(priority(request.priority))
    if request.closing_cause:
        found.add(cause(request.closing_cause))
    points = [line.sustainment_points or 0 for line in lines if line.kind == LineKind.EQUIPMENT]
    found |= {keeps(score) for score in SCORES if points and min(points) >= score}
    if agency.state_iso2 in STATES:
        found |= {state(agency.state_iso2), region(STATES[agency.state_iso2].region)}
    return found | {word(token) for token in _words(request, lines, rules, agency)}


def _words(request: Any, lines: list[Any], rules: Mapping[str, FieldRule], agency: Any) -> set[str]:
    found = tokens(request.title, request.title_language) | tokens(f"{request.ref} {agency.key}", "")
    for code, name in _names(lines, agency):
        found |= tokens(name, code)
    for line in lines:
        found |= tokens(line.what, request.title_language)
    for name in SEARCHED:
        if name not in rules and request.label in OPEN_LABELS | {Tlp.AMBER}:
            found |= tokens(getattr(request, name), request.title_language)
    return found


def _names(lines: list[Any], agency: Any) -> Iterator[tuple[str, str]]:
    """Agency, State, kinds of equipment and their groups, in every language they have."""
    yield from agency.names.items()
    if agency.state_iso2 in STATES:
        yield from STATES[agency.state_iso2].names.items()
    for line in lines:
        if line.category in EQUIPMENT:
            yield from EQUIPMENT[line.category].names.items()
            yield from GROUPS[EQUIPMENT[line.category].group].names.items()
