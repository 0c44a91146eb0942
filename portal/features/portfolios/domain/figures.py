"""The figures of a portfolio, whose it is, and how cells become sums: no figure is made up or counted twice."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from portal.features.assistance.domain.gaps import WITHHELD
from portal.features.assistance.domain.vocabulary import SERVICES
from portal.kernel.equipment import EQUIPMENT
from portal.kernel.money import CURRENCIES, Money

OTHER = "other"
"""The heading of equipment that has no category."""


class Side(StrEnum):
    """Whose portfolio it is."""

    GIVEN = "given"
    RECEIVED = "received"
    ALL = "all"
    """Of every agency, as far as labels let the reader see: for those who oversee."""


class Figure(StrEnum):
    """What is counted. The first five are rungs; the rest count items and findings and have no money."""

    PLEDGED = "pledged"
    COMMITTED = "committed"
    SHIPPED = "shipped"
    RECEIVED = "received"
    VERIFIED = "verified"
    ITEMS = "items"
    WORKING = "working"
    FINDINGS = "findings"


RUNGS = (Figure.PLEDGED, Figure.COMMITTED, Figure.SHIPPED, Figure.RECEIVED, Figure.VERIFIED)


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a portfolio that is asked for; empty means all of it."""

    state: str = ""
    what: str = ""
    """A heading: a group of equipment, a kind of service, or `WITHHELD`."""
    year: int | None = None
    """In which it was pledged; for a donation that nobody had asked for, dispatched."""
    currency: str = ""

    @property
    def any(self) -> bool:
        return self != Part()

    def without(self, *names: str) -> "Part":
        return replace(self, **{name: getattr(Part(), name) for name in names})


@dataclass(frozen=True, slots=True)
class Cell:
    """The sum of records that have everything in common."""

    figure: Figure
    state: str
    """Of the other agency; empty for an organisation without one."""
    heading: str
    year: int
    currency: str
    """Empty where nobody said what it is worth."""
    records: int
    units: int
    minor: int
    reported: int | None = None
    """In the smallest unit of the reporting currency; None where there is no rate."""

    @property
    def money(self) -> Money | None:
        return Money(self.minor, self.currency) if self.currency in CURRENCIES else None


@dataclass(slots=True)
class Sum:
    """How many records, units, and how much in the reporting currency, as far as it can be converted."""

    records: int = 0
    units: int = 0
    reported: int = 0
    more: bool = False
    """Something of it has no rate, so the whole is more."""

    def add(self, cell: Cell) -> None:
        self.records += cell.records
        self.units += cell.units
        self.reported += cell.reported or 0
        self.more = self.more or (cell.reported is None and cell.minor > 0)


def heading_of(category: str | None, kind: str, *, withheld: bool) -> str:
    """Under which heading a record stands: exactly one, so that headings add up."""
    if withheld:
        return WITHHELD
    if kind in SERVICES:
        return kind
    found = EQUIPMENT.get(category or "")
    return found.group if found else OTHER


def categories_of(heading: str) -> list[str]:
    return sorted(key for key, one in EQUIPMENT.items() if one.group == heading)


def rated_on(year: int, today: date) -> date:
    """The day whose rate a year's sums are converted at: its last one, and today for the year that runs."""
    return min(date(year, 12, 31), today)


def split(cells: Iterable[Cell], key: Callable[[Cell], str]) -> dict[str, dict[Figure, Sum]]:
    """Sums by what `key` says of a cell, and by figure."""
    found: dict[str, dict[Figure, Sum]] = defaultdict(lambda: defaultdict(Sum))
    for cell in cells:
        found[key(cell)][cell.figure].add(cell)
    return {one: dict(sums) for one, sums in found.items()}


def in_original(cells: Iterable[Cell]) -> dict[str, dict[Figure, Money]]:
    """By currency, what each figure comes to before any conversion."""
    found: dict[str, dict[Figure, Money]] = defaultdict(dict)
    for cell in cells:
        if (money := cell.money) is not None:
            before = found[cell.currency].get(cell.figure)
            found[cell.currency][cell.figure] = before + money if before else money
    return {currency: found[currency] for currency in sorted(found)}


def unconverted(cells: Iterable[Cell]) -> list[tuple[int, Figure, Money]]:
    """Sums for which there is no rate: in no sum of the reporting currency, so they are named."""
    found: dict[tuple[int, Figure, str], int] = defaultdict(int)
    for cell in cells:
        if cell.reported is None and cell.money is not None and cell.minor:
            found[cell.year, cell.figure, cell.currency] += cell.minor
    order = list(Figure)
    keys = sorted(found, key=lambda one: (one[0], one[2], order.index(one[1])))
    return [(year, figure, Money(found[year, figure, currency], currency)) for year, figure, currency in keys]


def median(days: Sequence[int]) -> int | None:
    """The middle one, the lower of two."""
    return sorted(days)[(len(days) - 1) // 2] if days else None


def medians(days: Mapping[int, Sequence[int]]) -> dict[int, int]:
    return {year: found for year, some in sorted(days.items()) if (found := median(some)) is not None}
