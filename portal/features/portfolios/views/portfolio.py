"""The page of a portfolio: its figures, where it went, and how it is doing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import g, render_template, request

from portal.features.assistance.domain.gaps import WITHHELD
from portal.features.portfolios.domain.figures import (
    OTHER,
    RUNGS,
    Cell,
    Figure,
    Part,
    Side,
    Sum,
    in_original,
    median,
    medians,
    split,
    unconverted,
)
from portal.features.portfolios.forms import read_part, read_side, sides
from portal.features.portfolios.policy import Portfolios
from portal.features.portfolios.queries import standing, sums
from portal.features.portfolios.views.blueprint import bp, page_url, records_url
from portal.features.portfolios.views.words import heading_words, state_words
from portal.features.rates.queries import reporting_currency
from portal.infra.db import now
from portal.kernel.money import Money
from portal.kernel.states import STATES
from portal.web.access import current_actor, requires
from portal.web.flows import flow_map

MOST = 12
"""Rows of a table; what is beyond is one row more, and a State of its own by the filter."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One figure: its amount in the reporting currency, its records, and the list of them."""

    money: Money
    records: int
    units: int
    more: bool
    url: str


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of one State, heading or year, with this page for it alone."""

    key: str
    words: str
    url: str
    figures: dict[Figure, Shown]

    def minor(self, figure: Figure) -> int:
        return self.figures[figure].money.minor if figure in self.figures else 0

    @property
    def bars(self) -> tuple[int, int, int]:
        """Pledged, received and verified as a bar shows them, one within the other; gifts were never pledged."""
        verified = self.minor(Figure.VERIFIED)
        received = max(self.minor(Figure.RECEIVED), verified)
        return max(self.minor(Figure.PLEDGED), received), received, verified


@bp.get("/portfolio", endpoint="portfolio")
@requires(Portfolios.READ)
def show() -> str:
    actor, today, to = current_actor(), now().date(), reporting_currency()
    side, part = read_side(actor, request.args), read_part(request.args)
    found = sums.cells(actor, side, part, today=today, to=to)
    totals = split(found, lambda _: "").get("", {})
    rows = _Rows(side, part, to)
    days = standing.days_to_delivery(actor, side)
    states = rows.of(found, lambda cell: cell.state or OTHER, "state", state_words)
    headings = rows.of(found, lambda cell: cell.heading, "what", heading_words)
    years = sorted(rows.of(found, lambda cell: str(cell.year), "year", str), key=lambda row: row.key, reverse=True)
    narrowing = (("state", sorted(states, key=lambda row: row.words)), ("what", headings), ("year", years))
    return render_template(
        "portfolios/portfolio.html",
        side=side,
        sides=[(one, page_url(one, Part())) for one in sides(actor)],
        part=part,
        rungs=RUNGS,
        to=to,
        today=today,
        totals={figure: rows.shown(figure, totals.get(figure, Sum()), part) for figure in RUNGS},
        withheld=_withheld(rows, found, part),
        states=states[:MOST],
        others=_others(states, rows),
        headings=headings,
        years=years,
        currencies=_currencies(found, side, part),
        unconverted=unconverted(found),
        unvalued=sum(cell.records for cell in found if not cell.currency and cell.figure is Figure.RECEIVED),
        flows=_flows(states, side, actor.state),
        names=_names(states),
        standing=None if part.any else standing.standing(actor, side, today=today),
        urls={figure: records_url(side, figure, Part()) for figure in Figure if figure not in RUNGS},
        days=median([day for some in days.values() for day in some]) if not part.any else None,
        by_year=medians(days),
        choices=[(name, [(row.key, row.words) for row in of]) for name, of in narrowing],
        some=bool(found),
        all_url=page_url(side, Part()),
        agency=g.membership.agency,
    )


class _Rows:
    """Draws sums of one portfolio."""

    def __init__(self, side: Side, part: Part, to: str) -> None:
        self.side, self.part, self.to = side, part, to

    def shown(self, figure: Figure, one: Sum, part: Part) -> Shown:
        url = records_url(self.side, figure, part) if one.records else ""
        return Shown(Money(one.reported, self.to), one.records, one.units, one.more, url)

    def of(
        self, cells: Sequence[Cell], key: Callable[[Cell], str], name: str, words: Callable[[str], str]
    ) -> list[Row]:
        """The largest first."""
        found = []
        for value, by_figure in split(cells, key).items():
            asked: dict[str, Any] = {name: int(value) if name == "year" else value}
            part = replace(self.part, **asked)
            figures = {figure: self.shown(figure, one, part) for figure, one in by_figure.items()}
            found.append(Row(value, words(value), page_url(self.side, part), figures))
        return sorted(found, key=lambda row: (-row.bars[0], row.words))


def _others(rows: Sequence[Row], draw: _Rows) -> dict[Figure, Shown]:
    """The States beyond the first, as one row."""
    rest: dict[Figure, Sum] = {}
    for row in rows[MOST:]:
        for figure, one in row.figures.items():
            known = rest.setdefault(figure, Sum())
            known.records += one.records
            known.reported += one.money.minor
            known.more = known.more or one.more
    money = {figure: Money(one.reported, draw.to) for figure, one in rest.items()}
    return {figure: Shown(money[figure], one.records, 0, one.more, "") for figure, one in rest.items()}


def _withheld(rows: _Rows, cells: Sequence[Cell], part: Part) -> Shown:
    """Of what is pledged, what no category tells of."""
    one = Sum()
    for cell in cells:
        if cell.heading == WITHHELD and cell.figure is Figure.PLEDGED:
            one.add(cell)
    return rows.shown(Figure.PLEDGED, one, replace(part, what=WITHHELD))


def _currencies(cells: Sequence[Cell], side: Side, part: Part) -> list[tuple[str, dict[Figure, tuple[Money, str]]]]:
    return [
        (
            currency,
            {
                figure: (money, records_url(side, figure, replace(part, currency=currency)))
                for figure, money in by_figure.items()
            },
        )
        for currency, by_figure in in_original(cells).items()
    ]


def _flows(rows: Sequence[Row], side: Side, own: str | None) -> list[tuple[str, str, float]]:
    """What was received, from State to State; nothing where many give to many."""
    if side is Side.ALL or own is None:
        return []
    known = [(row.key, float(row.bars[1])) for row in rows if row.key in STATES and row.key != own]
    return [(own, key, amount) if side is Side.GIVEN else (key, own, amount) for key, amount in known]


def _names(rows: Sequence[Row]) -> list[tuple[str, Money]]:
    """The largest flows, for the sentence."""
    received = [(row.words, row.figures[Figure.RECEIVED].money) for row in rows if row.minor(Figure.RECEIVED)]
    return sorted(received, key=lambda one: -one[1].minor)[:3]


def words_for_template() -> dict[str, Any]:
    return {"Figure": Figure, "Portfolios": Portfolios, "flow_map": flow_map}


bp.context_processor(words_for_template)
