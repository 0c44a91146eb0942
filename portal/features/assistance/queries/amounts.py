"""Bounds of an amount in every currency there is a rate for: compared exactly, whatever a line was estimated in."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portal.features.assistance.domain.filters import Filters
from portal.features.rates.queries import convert_to_each
from portal.infra.db import now
from portal.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Bound:
    """From `least` to `most` smallest units of a currency, None where it is open."""

    currency: str
    least: int | None
    most: int | None


def bounds(filters: Filters) -> list[Bound]:
    """Of the filters' amount: in its own currency exactly, in others at the rate that holds today."""
    today = now().date()
    least, most = _each(filters.least, filters.currency, today), _each(filters.most, filters.currency, today)
    currencies = sorted((least or most or {}).keys())
    return [
        Bound(currency, least[currency].minor if least else None, most[currency].minor if most else None)
        for currency in currencies
        if (least is None or currency in least) and (most is None or currency in most)
    ]


def _each(amount: Decimal | None, currency: str, today: date) -> dict[str, Money] | None:
    if amount is None:
        return None
    return convert_to_each(Money.of(amount, currency), on=today)
