"""What a reader may ask of a list: filters that all have to hold, a search, and an order."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum

from portal.features.exchanges.domain import finding
from portal.kernel.search import asked


class Sort(StrEnum):
    NEWEST = "newest"
    SOONEST = "soonest"
    FIT = "fit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Empty fields ask nothing. Several letters or topics mean any of them."""

    q: str = ""
    topic: tuple[str, ...] = ()
    letter: tuple[str, ...] = ()
    state: str = ""
    region: str = ""
    language: str = ""
    level: str = ""
    format: str = ""
    starts: date | None = None
    ends: date | None = None
    free: bool = False
    fits: bool = False

    def groups(self) -> list[frozenset[str]]:
        """The terms a post must have: one of each group."""
        found = [frozenset(finding.word(token) for token in word) for word in asked(self.q)]
        found += [frozenset(map(finding.topic, self.topic)), frozenset(map(finding.letter, self.letter))]
        if self.state:
            found.append(frozenset({finding.state(self.state)}))
        if self.region:
            found.append(frozenset({finding.region(self.region)}))
        if self.language:
            found.append(frozenset({finding.language(self.language, self.level or None)}))
        if self.format:
            found.append(frozenset({finding.format_(self.format)}))
        return [group for group in found if group]

    @property
    def nothing_findable(self) -> bool:
        """Something was typed that has no words in it: nothing can be found by that."""
        return bool(self.q.strip()) and not asked(self.q)

    @property
    def any(self) -> bool:
        return bool(list(self.used()))

    def used(self) -> Iterator[str]:
        """The names of the fields that ask something. The level belongs to its language."""
        for field in fields(self):
            if getattr(self, field.name) and not (field.name == "level" and self.language):
                yield field.name

    def without(self, name: str, value: str | None = None) -> "Filters":
        """The same filters without one, or without one value of it."""
        if name == "language":
            return replace(self, language="", level="")
        if value is not None:
            return replace(self, **{name: tuple(v for v in getattr(self, name) if v != value)})  # type: ignore[arg-type]
        return replace(self, **{name: getattr(Filters(), name)})
