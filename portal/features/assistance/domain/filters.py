"""What a reader may ask of a list of requests: filters that all have to hold, a search, and an order."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from enum import StrEnum

from portal.features.assistance.domain import finding
from portal.kernel.search import asked


class Sort(StrEnum):
    NEWEST = "newest"
    SOONEST = "soonest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Empty fields ask nothing. `stage` is "live" (the default), "ended" or "all"."""

    q: str = ""
    group: str = ""
    line: str = ""
    letter: str = ""
    state: str = ""
    region: str = ""
    priority: str = ""
    never_pledged: bool = False
    stage: str = ""

    def terms(self) -> list[frozenset[str]]:
        """The terms a request must have: one of each group."""
        found = [frozenset(finding.word(token) for token in word) for word in asked(self.q)]
        named = {
            "group": finding.group,
            "line": finding.line_kind,
            "letter": finding.letter,
            "state": finding.state,
            "region": finding.region,
            "priority": finding.priority,
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
        """The names of the fields that ask something."""
        for field in fields(self):
            if getattr(self, field.name):
                yield field.name

    def without(self, name: str) -> "Filters":
        return replace(self, **{name: getattr(Filters(), name)})
