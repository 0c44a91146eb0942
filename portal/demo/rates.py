"""Rates of exchange for the demonstration: invented, round, and saying so in their source."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from portal.features.rates.services import import_rates
from portal.kernel.policy import SYSTEM

MONTHS = 14
SOURCE = "Invented for the demonstration"
PER_DOLLAR = {
    "BAM": "1.80", "CHF": "0.90", "DKK": "6.90", "ETB": "120", "EUR": "0.92", "GBP": "0.80", "GEL": "2.70",
    "JOD": "0.70", "JPY": "150", "KWD": "0.30", "LYD": "4.80", "MAD": "10.0", "NGN": "1500", "NOK": "10.5",
    "SEK": "10.4", "TND": "3.10", "XAF": "604", "XOF": "604",
}  # fmt: skip


def load_rates(*, at: datetime) -> int:
    """A rate of each currency for the first day of each month of the last year; how many."""
    lines = [f"{day},{code},{rate},{SOURCE}" for day in _first_days(at.date()) for code, rate in PER_DOLLAR.items()]
    return len(import_rates("\n".join(["date,currency,rate,source", *lines]), base="USD", by=SYSTEM, at=at).rows)


def _first_days(today: date) -> Iterator[date]:
    day = today.replace(day=1)
    for _ in range(MONTHS):
        yield day
        day = (day - timedelta(days=1)).replace(day=1)
