"""Publishes the figures that everyone may read, once for a quarter."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, time
from typing import Any, NamedTuple

from sqlalchemy import insert, select

from portal.features.assistance.domain.gaps import WITHHELD, publishable, quarter
from portal.features.portfolios.domain.figures import Figure
from portal.features.portfolios.models import PublicDonation
from portal.features.portfolios.queries import public
from portal.features.rates.queries import reporting_currency
from portal.infra.db import db


class Counted(NamedTuple):
    """One sum of pledges that have everything in common."""

    state: str
    heading: str
    """Empty where what it is may not be said."""
    year: str
    figure: Figure
    pledges: int
    amount: int


def publish_figures(*, at: datetime) -> int:
    """Write down what was pledged before this quarter began, and what of it arrived. AMBER+STRICT and RED are left out."""
    quarter_on = quarter(at.date())
    if db.session.scalar(select(PublicDonation.id).where(PublicDonation.quarter_on == quarter_on).limit(1)):
        return 0
    to, before = reporting_currency(), datetime.combine(quarter_on, time.min, UTC)
    counted = [
        Counted(
            state=cell.state,
            heading="" if cell.heading == WITHHELD else cell.heading,
            year=str(cell.year),
            figure=cell.figure,
            pledges=cell.records,
            amount=cell.reported or 0,
        )
        for cell in public.cells(before=before, today=quarter_on, to=to)
    ]
    # A quarter is counted once even when nothing may be said: nobody learns on which day there was enough.
    written: list[dict[str, Any]] = [_row("quarter", "", 0, 0, 0, "")]
    for of, key in (("what", _heading), ("state", _state), ("year", _year)):
        written += publishable_rows(of, counted, key, to)
    db.session.execute(insert(PublicDonation), [row | {"quarter_on": quarter_on, "counted_at": at} for row in written])
    return len(written)


def publishable_rows(
    of: str, counted: Iterable[Counted], key: Callable[[Counted], str], to: str
) -> Iterator[dict[str, Any]]:
    """The numbers with enough behind them, and all others as one; each amount only where as many stand behind it."""
    pledges: dict[Figure, dict[str, int]] = {figure: defaultdict(int) for figure in FIGURES}
    amounts: dict[Figure, dict[str, int]] = {figure: defaultdict(int) for figure in FIGURES}
    for one in counted:
        pledges[one.figure][key(one)] += one.pledges
        amounts[one.figure][key(one)] += one.amount
    hidden = {figure: found.pop(NO_HEADING, 0) for figure, found in pledges.items()}
    promised, arrived = (publishable(pledges[figure], hidden=hidden[figure]) for figure in FIGURES)
    shown = {heading: number for heading, number in arrived.shown.items() if heading in promised.shown}
    for heading, number in sorted(promised.shown.items()):
        received = amounts[Figure.RECEIVED][heading] if heading in shown else None
        yield _row(of, heading, number, amounts[Figure.PLEDGED][heading], received, to)
    if promised.withheld:
        rest = [sum(n for heading, n in amounts[f].items() if heading not in there)
                for f, there in ((Figure.PLEDGED, promised.shown), (Figure.RECEIVED, shown))]  # fmt: skip
        yield _row(of, WITHHELD, promised.withheld, rest[0], rest[1] if arrived.withheld else None, to)


FIGURES = (Figure.PLEDGED, Figure.RECEIVED)
NO_HEADING = "-"


def _heading(one: Counted) -> str:
    return one.heading or NO_HEADING


def _state(one: Counted) -> str:
    return one.state


def _year(one: Counted) -> str:
    return one.year


def _row(of: str, heading: str, pledges: int, pledged: int, received: int | None, currency: str) -> dict[str, Any]:  # noqa: PLR0917
    return {
        "of": of,
        "heading": heading,
        "pledges": pledges,
        "pledged": pledged,
        "received": received,
        "currency": currency,
    }
