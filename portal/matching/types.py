"""What the engine matches: needs, offers, the tree of topics, and what it answers about a pair."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

LEVELS = ("A1", "A2", "B1", "B2", "C1", "C2")
LEVEL_RANK: Mapping[str, int] = {level: rank for rank, level in enumerate(LEVELS, start=1)} | {"native": len(LEVELS)}
"""CEFR level -> 1..6; 0 stands for "does not speak it". A native speaker counts as C2."""

CLEARANCES = ("none", "basic", "enhanced")
CLEARANCE_RANK: Mapping[str, int] = {clearance: rank for rank, clearance in enumerate(CLEARANCES)}

COSTS = ("daily_allowance", "insurance", "local_transport", "lodging", "travel")
BANDS = (1, 2, 3, 4, 5)

RULES = ("same_agency_or_state", "topic", "language", "dates", "band", "states", "clearance", "costs")
"""Codes of the eight rules, in the published order."""

Window = tuple[date, date]
"""First and last day, both counted."""


def days_of(window: Window) -> int:
    """Length of a window in calendar days, both ends counted."""
    return (window[1] - window[0]).days + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Post:
    """What needs and offers have in common. `key` is unique among needs and among offers."""

    key: str
    agency: str
    state: str | None = None
    topics: frozenset[str] = frozenset()
    languages: Mapping[str, str] = field(default_factory=dict, hash=False)
    windows: tuple[Window, ...] = ()
    min_days: int = 1
    max_days: int = 1
    accepts_states: frozenset[str] = frozenset()
    excludes_states: frozenset[str] = frozenset()
    clearance: str = "none"

    def __post_init__(self) -> None:
        if self.min_days < 1:
            raise ValueError(f"{self.key}: min_days is {self.min_days}, at least 1 is needed")
        if any(last < first for first, last in self.windows):
            raise ValueError(f"{self.key}: a window ends before it begins")


@dataclass(frozen=True, slots=True, kw_only=True)
class Need(_Post):
    """`officers` people of one agency who look for a place; `languages` is what they speak, and how well."""

    officers: int = 1
    band: int = 1
    prefers_states: tuple[str, ...] = ()
    requires_costs: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer(_Post):
    """`places` for officers of other agencies; one of `languages` at its level is asked for, unless interpreted."""

    places: int = 1
    interpreter: bool = False
    band_min: int = BANDS[0]
    band_max: int = BANDS[-1]
    covers_costs: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Topics:
    """The tree of topics: every known key -> its direct parent, or None."""

    parents: Mapping[str, str | None]

    def related(self, key: str) -> frozenset[str]:
        """Return the keys that fit `key`: itself, its direct parent and its direct children."""
        parent = self.parents.get(key)
        children = {child for child, its_parent in self.parents.items() if its_parent == key}
        return frozenset(children | {key} | ({parent} if parent else set()))

    def pairs(self, ours: frozenset[str], theirs: frozenset[str]) -> tuple[tuple[str, str], ...]:
        """Return the (our key, their key) where one is the direct parent of the other, in order of keys."""
        parents = self.parents
        return tuple((a, b) for a in sorted(ours) for b in sorted(theirs) if parents.get(a) == b or parents.get(b) == a)


class Score(NamedTuple):
    """Points of one feasible pair, part by part, whole numbers in the published order of the parts."""

    topic: int
    language: int
    dates: int
    preferred_state: int
    costs: int
    band: int

    @property
    def total(self) -> int:
        return sum(self)

    @property
    def parts(self) -> dict[str, int]:
        return self._asdict()


PART_MAXIMA = Score(topic=30, language=20, dates=20, preferred_state=15, costs=10, band=5)


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule that a pair breaks: `distance` says how far off it is, in the unit that `params` names.

    Units: language in CEFR levels, dates in days, band in bands, clearance in steps, costs in kinds,
    states in restrictions to lift; topic and same_agency_or_state are always 1.
    """

    code: str
    distance: int
    params: Mapping[str, object] = field(default_factory=dict, hash=False)


class Fit(NamedTuple):
    """One post that fits another: its key, and the points of the pair."""

    key: str
    total: int
    score: Score


class NearMiss(NamedTuple):
    """One post that breaks exactly one rule."""

    key: str
    rule: str
