"""What a reader may ask of a list of requests: filters that all have to hold, a search, and an order."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from portal.features.assistance.domain import finding
from portal.kernel.search import asked


class Sort(StrEnum):
    NEWEST = "newest"
    SOONEST = "soonest"
    FAIR = "fair"
    """Long-unmet requests of small States first, by the published rule of `rungs.fair_day`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Empty fields ask nothing. `stage` is "live" (the default), "ended" or "all"."""

    q: str = ""
    group: str = ""
    category: str = ""
    line: str = ""
    letter: str = ""
    state: str = ""
    region: str = ""
    priority: str = ""
    keeps: int = 0
    """The least sustainment score of its lines of equipment: one of `finding.SCORES`."""
    needed: date | None = None
    """Needed by this day or earlier."""
    least: Decimal | None = None
    """Of what is still open of a line, as estimated, in `currency`."""
    most: Decimal | None = None
    currency: str = ""
    cause: str = ""
    """Why it was closed."""
    never_pledged: bool = False
    unmet: bool = False
    """Open or closed, with a line of this kind and group of which something is not pledged."""
    stage: str = ""
    open_only: bool = False
    """Something of it is unpledged and may be pledged by the reader: the list of open needs, not a filter of it."""

    def terms(self) -> list[frozenset[str]]:
        """The terms a request must have: one of each group."""
        found = [frozenset(finding.word(token) for token in word) for word in asked(self.q)]
        named: Mapping[str, Callable[[Any], str]] = {
            "group": finding.group,
            "category": finding.equipment,
            "line": finding.line_kind,
            "letter": finding.letter,
            "state": finding.state,
            "region": finding.region,
            "priority": finding.priority,
            "keeps": finding.keeps,
            "cause": finding.cause,
        }
        found += [frozenset({make(value)}) for name, make in named.items() if (value := getattr(self, name))]
        return [group for group in found if group]

    @property
    def nothing_findable(self) -> bool:
        """Something was typed that has no words in it: nothing can be found by that."""
        return bool(self.q.strip()) and not asked(self.q)

    @property
    def any(self) -> bool:
        return bool(list(self.used()))

    def used(self) -> Iterator[str]:
        """The names of the fields that ask something. The currency belongs to its amounts."""
        for field in fields(self):
            if field.name not in {"open_only", "currency"} and getattr(self, field.name) not in {"", 0, None}:
                yield field.name

    def without(self, name: str) -> "Filters":
        left = replace(self, **{name: getattr(Filters(), name)})
        return left if left.least is not None or left.most is not None else replace(left, currency="")
