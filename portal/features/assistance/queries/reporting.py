"""The rungs of a request in money: each amount as it was given, and beside it in the reporting currency."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal

from portal.features.assistance.domain.rungs import COMMITTED, Rung, held
from portal.features.assistance.models import Pledge, RequestLine
from portal.features.rates.domain import Conversion
from portal.features.rates.queries import convert_all, reporting_currency
from portal.kernel.money import Money, totals

_TWELVE = Context(prec=12, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True)
class Part:
    """One amount on one rung of a line, with what it became; None where no rate held on its day."""

    line_id: int
    rung: Rung
    given: Money
    conversion: Conversion | None


@dataclass(frozen=True, slots=True)
class Worth:
    """What stands on one rung, in money."""

    given: Sequence[Money]
    """One sum for each currency in which it was given: they have no common sum."""
    reported: Money | None
    """The sum of what could be converted, None when nothing could be."""
    left_out: int
    """How many amounts could not be converted."""

    @property
    def says_more(self) -> bool:
        """Whether the reporting currency tells anything that the given amounts do not."""
        return [self.reported] != list(self.given)


@dataclass(frozen=True, slots=True)
class Used:
    """A rate that the figures of a page rest on: on that day one unit of `of` cost `rate` units of `costs`."""

    of: str
    costs: str
    rate: Decimal
    rated_on: date
    source: str


def parts_of(lines: Sequence[RequestLine], pledges: Sequence[Pledge], *, asked_on: date) -> list[Part]:
    """Estimates at the rates of the day the request was opened, pledges at those of the day they were made.

    So a figure stays what it was when newer rates come. All of it is read in one statement.
    """
    live = {line.id for line in lines}
    found: list[tuple[int, Rung, Money, date]] = [
        (line.id, Rung.REQUESTED, line.unit_cost * line.quantity, asked_on) for line in lines if line.unit_cost
    ]
    for pledge in pledges:
        if pledge.line_id in live:
            found += [(pledge.line_id, *one) for one in _of_pledge(pledge)]
    conversions = convert_all([(value, on) for _, _, value, on in found], to=reporting_currency())
    return [
        Part(line_id, rung, value, conversion)
        for (line_id, rung, value, _), conversion in zip(found, conversions, strict=True)
    ]


def _of_pledge(pledge: Pledge) -> Iterable[tuple[Rung, Money, date]]:
    on, value = pledge.pledged_at.date(), pledge.unit_value * held(pledge)
    yield Rung.PLEDGED, value, on
    if pledge.state in COMMITTED:
        yield Rung.COMMITTED, value, on
    if pledge.shipped:
        yield Rung.SHIPPED, pledge.unit_value * min(pledge.shipped, pledge.quantity), on
    if pledge.received:
        yield Rung.RECEIVED, pledge.unit_value * pledge.received, on


def worth_of(parts: Iterable[Part]) -> dict[Rung, Worth]:
    """By rung. A rung without any amount is left out."""
    by_rung: dict[Rung, list[Part]] = {}
    for part in parts:
        by_rung.setdefault(part.rung, []).append(part)
    return {rung: _worth(found) for rung, found in by_rung.items()}


def _worth(parts: Sequence[Part]) -> Worth:
    reported = list(totals(part.conversion.money for part in parts if part.conversion).values())
    return Worth(
        given=list(totals(part.given for part in parts).values()),
        reported=reported[0] if reported else None,
        left_out=sum(part.conversion is None for part in parts),
    )


def used_in(parts: Iterable[Part]) -> list[Used]:
    """Each rate once, with its day and source: what a reader needs to do the sum again."""
    found = {_used(part.given.currency, part.conversion) for part in parts if part.conversion}
    return sorted((one for one in found if one.of != one.costs), key=lambda one: (one.of, one.costs, one.rated_on))


def _used(given: str, conversion: Conversion) -> Used:
    """The way round in which it was published, which is the one with fewer digits."""
    there, back = conversion.rate.normalize(), _TWELVE.divide(1, conversion.rate).normalize()
    of, costs, rate = given, conversion.money.currency, there
    if len(back.as_tuple().digits) < len(there.as_tuple().digits):
        of, costs, rate = costs, of, back
    return Used(of, costs, rate, conversion.rated_on, conversion.source)


def part_of(pledge: Pledge) -> Part:
    """What is pledged in all, for the page of one pledge."""
    [conversion] = convert_all([(pledge.value, pledge.pledged_at.date())], to=reporting_currency())
    return Part(pledge.line_id, Rung.PLEDGED, pledge.value, conversion)
