"""What is asked for and not met: under which headings a line counts, and what of the sums the public may read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.features.assistance.domain.lifecycles import RequestState
from portal.features.assistance.domain.vocabulary import SERVICES, LineKind
from portal.kernel.equipment import EQUIPMENT

UNMET = frozenset({RequestState.OPEN, RequestState.CLOSED_PARTLY, RequestState.CLOSED_UNMET})
"""Where something may be unmet: what is held may still go on, what was withdrawn or declined is not asked for."""
ALL = ""
"""The heading of a request as a whole: it counts once, whatever its lines are."""
WITHHELD = "withheld"
"""The heading of a request of which everything that is unmet is withheld or labelled apart."""
LEAST = 5
"""Requests behind each number that the public reads."""
POOLED = 3
"""Numbers that are withheld together: who knows one of them cannot work out another."""


def headings(line: Any) -> set[str]:
    """Of a line: its group of equipment, and its kind of help where that is a service."""
    found = {EQUIPMENT[line.category].group} if line.category in EQUIPMENT else set()
    return found | ({LineKind(line.kind).value} if line.kind in SERVICES else set())


def unmet_of(state: RequestState, lines: Iterable[Any], ruled: Iterable[str]) -> dict[str, int]:
    """Units of one request that nobody has pledged, by heading. Each line has `number`, `open`, `kind`, `category`."""
    if state not in UNMET:
        return {}
    hidden, found = set(ruled), dict[str, int]()
    left = [line for line in lines if line.live and line.open > 0]
    for line in left:
        if line.field not in hidden:
            for heading in headings(line) | {ALL}:
                found[heading] = found.get(heading, 0) + line.open
    return found if found or not left else {WITHHELD: sum(line.open for line in left)}


@dataclass(frozen=True, slots=True)
class Published:
    """Numbers for everyone: those shown, and the sum of all others. Together they are the total."""

    shown: Mapping[str, int]
    withheld: int

    @property
    def total(self) -> int:
        return sum(self.shown.values()) + self.withheld


def publishable(counts: Mapping[str, int], *, hidden: int = 0) -> Published:
    """Withhold every number below `LEAST`, and more until the withheld ones cannot be told apart.

    `hidden` is what has no heading of its own and is withheld in any case. When all of it together is too little to
    be shown, nothing is: the total is 0.
    """
    shown = {key: number for key, number in counts.items() if number >= LEAST}
    apart = [number for number in counts.values() if 0 < number < LEAST] + ([hidden] if hidden else [])
    while apart and shown and (sum(apart) < LEAST or len(apart) < POOLED):
        smallest = min(shown, key=lambda key: (shown[key], key))
        apart.append(shown.pop(smallest))
    withheld = sum(apart)
    return Published(shown, withheld if withheld >= LEAST else 0)


def quarter(on: date) -> date:
    """The first day of the quarter: figures for the public stand still within one."""
    return on.replace(month=3 * ((on.month - 1) // 3) + 1, day=1)
