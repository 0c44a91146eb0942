"""Rates of exchange: what a row of a table must hold, what an import would do, and how an amount is converted."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Annotated, NamedTuple

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from portal.kernel import amounts
from portal.kernel.contract import Command, Day, words
from portal.kernel.errors import Problem
from portal.kernel.money import CURRENCIES, Money

COLUMNS = ("date", "currency", "rate", "source")
HOLDS = timedelta(days=100)
"""A rate serves from its day until the next one, but no longer than this: sources come monthly or quarterly."""
MOST_DIGITS = 18
FAR_OFF = Decimal(2)
"""A rate that moved by more than this factor is pointed out: most such rates are upside down."""
_FIFTEEN = Context(prec=15, rounding=ROUND_HALF_EVEN)


def _currency(value: str) -> str:
    if value.upper() not in CURRENCIES:
        raise PydanticCustomError("not_a_currency", "")
    return value.upper()


def _rate(value: str) -> Decimal:
    figure = amounts.canonical(value)
    if figure is None or len(figure.replace(".", "").strip("0")) > MOST_DIGITS:
        raise PydanticCustomError("not_a_rate", "")
    if not figure.number:
        raise PydanticCustomError("amount_zero", "")
    return figure.number


class RateRow(Command):
    """One row of the table: on `date`, one unit of the base currency costs `rate` units of `currency`."""

    date: Day
    currency: Annotated[words(3), AfterValidator(_currency)]
    rate: Annotated[words(40), AfterValidator(_rate)]
    source: words(200, min_length=2)


class Quote(NamedTuple):
    """A rate as it is stored. Of two for the same day the one recorded later counts."""

    base: str
    currency: str
    valid_on: date
    rate: Decimal
    source: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with, or remarkable about, one cell of the table; row 1 holds the names of the columns."""

    row: int
    column: str
    problem: Problem
    value: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do. With one problem it does nothing."""

    base: str
    new: Sequence[RateRow] = ()
    corrections: Sequence[tuple[Quote, RateRow]] = ()
    """Each with what is recorded now, which stays in the history."""
    unchanged: int = 0
    problems: Sequence[RowProblem] = ()
    warnings: Sequence[RowProblem] = ()

    @property
    def rows(self) -> list[RateRow]:
        return [*self.new, *(row for _, row in self.corrections)]

    @property
    def fingerprint(self) -> str:
        """Of exactly what would be written: what is confirmed is what was shown."""
        shown = [self.base, *(f"{r.date} {r.currency} {r.rate} {r.source}" for r in self.rows)]
        return hashlib.sha256("\n".join(shown).encode()).hexdigest()


def plan(base: str, rows: Iterable[tuple[int, RateRow]], known: Mapping[tuple[str, date], Quote], *, on: date) -> Plan:
    """Compare rows, with their numbers, with the rates in force by currency and day; `on` is today."""
    new: list[RateRow] = []
    corrections: list[tuple[Quote, RateRow]] = []
    problems: list[RowProblem] = []
    warnings: list[RowProblem] = []
    first_at: dict[tuple[str, date], int] = {}
    unchanged = 0
    for number, row in rows:
        key = (row.currency, row.date)
        if wrong := _wrong(base, row, first_at.get(key), on=on):
            problems.append(RowProblem(number, wrong.field or "", wrong, str(getattr(row, wrong.field or "", ""))))
            continue
        first_at[key] = number
        there = known.get(key)
        if there and (there.rate, there.source) == (row.rate, row.source):
            unchanged += 1
            continue
        if before := _far_off(row, known.values()):
            params = {"before": f"{before.rate:f}", "day": before.valid_on.isoformat()}
            warnings.append(RowProblem(number, "rate", Problem("rate_far_off", "rate", params), f"{row.rate:f}"))
        if there:
            corrections.append((there, row))
        else:
            new.append(row)
    return Plan(base, new, corrections, unchanged, problems, warnings)


def _wrong(base: str, row: RateRow, first_at: int | None, *, on: date) -> Problem | None:
    if row.currency == base:
        return Problem("rate_of_itself", "currency", {"currency": base})
    if row.date > on:
        return Problem("rate_of_tomorrow", "date")
    return Problem("rate_twice", "date", {"row": first_at}) if first_at else None


def _far_off(row: RateRow, known: Iterable[Quote]) -> Quote | None:
    earlier = [q for q in known if q.currency == row.currency and q.valid_on <= row.date]
    before = max(earlier, key=lambda q: q.valid_on, default=None)
    if before is None or before.rate / FAR_OFF <= row.rate <= before.rate * FAR_OFF:
        return None
    return before


@dataclass(frozen=True, slots=True)
class Conversion:
    """An amount in another currency, with what makes it true: whoever keeps the amount keeps all of this beside it."""

    money: Money
    rate: Decimal
    """Units of the new currency for one unit of the old, as it was applied."""
    rated_on: date
    """The day of the rate; of the older one where two were needed."""
    source: str


def converted(value: Money, *, on: date, to: str, quotes: Iterable[Quote]) -> Conversion | None:
    """`value` at the rate that held on that day; None when there is none, for a figure is never made up."""
    if value.currency == to:
        return Conversion(value, Decimal(1), on, "")
    held = _held(quotes, on)
    bases = sorted({base for base, _ in held}, key=lambda base: (base != to, base != value.currency, base))
    for base in bases:
        ours, theirs = (_of(held, base, currency) for currency in (value.currency, to))
        if ours is None or theirs is None:
            continue
        used = [quote for quote in (ours, theirs) if quote.currency != base]
        rate = _FIFTEEN.divide(theirs.rate, ours.rate)
        sources = dict.fromkeys(quote.source for quote in used)
        return Conversion(value.converted(rate, to), rate, min(q.valid_on for q in used), "; ".join(sources))
    return None


def _held(quotes: Iterable[Quote], on: date) -> dict[tuple[str, str], Quote]:
    """The newest quote of each currency that held on a day, corrections before what they correct."""
    held: dict[tuple[str, str], Quote] = {}
    for quote in sorted(quotes, key=lambda q: (q.valid_on, q.recorded_at)):
        if quote.valid_on <= on <= quote.valid_on + HOLDS:
            held[quote.base, quote.currency] = quote
    return held


def _of(held: Mapping[tuple[str, str], Quote], base: str, currency: str) -> Quote | None:
    if currency == base:
        return Quote(base, base, date.max, Decimal(1), "", datetime.max)  # noqa: DTZ901 - never compared
    return held.get((base, currency))
