"""The sums of a portfolio: one statement for pledges, one for all else and one for the rates, however many there are."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import FromClause, Select, case, func, literal, select, union_all

from portal.features.portfolios.domain.figures import (
    Cell,
    Figure,
    Part,
    Side,
    heading_of,
    rated_on,
)
from portal.features.portfolios.queries.facts import RUNGS_OF_PLEDGES, gifts, part_of, pledges, verified
from portal.features.rates.queries import convert_all
from portal.infra.db import db
from portal.kernel.policy import Actor


def cells(actor: Actor, side: Side, part: Part, *, today: date, to: str) -> list[Cell]:
    """Every sum of records that have everything in common, converted where there is a rate."""
    return converted(list(_cells(actor, side, part, today)), today=today, to=to)


def counted(actor: Actor, side: Side, figure: Figure, part: Part, *, today: date) -> int:
    """How many records a figure counts: for the list of them."""
    return sum(cell.records for cell in _cells(actor, side, part, today) if cell.figure is figure)


def converted(found: Sequence[Cell], *, today: date, to: str) -> list[Cell]:
    """Each sum at the rate that held at the end of its year."""
    known = [cell for cell in found if cell.money is not None]
    values = [(cell.money, rated_on(cell.year, today)) for cell in known if cell.money is not None]
    reported = dict(zip(map(id, known), convert_all(values, to=to), strict=True))
    return [
        replace(cell, reported=there.money.minor) if (there := reported.get(id(cell))) is not None else cell
        for cell in found
    ]


def _cells(actor: Actor, side: Side, part: Part, today: date) -> Iterator[Cell]:
    """Every sum, of pledges by all their rungs at once."""
    for row in db.session.execute(_of_pledges(actor, side, part)):
        for place, figure in enumerate(RUNGS_OF_PLEDGES):
            records, units, minor = row[6 + 3 * place : 9 + 3 * place]
            if records:
                yield _cell(figure, row, records, units, minor)
    others = [
        _grouped(figure, rows.subquery(), part)
        for figure, rows in (
            (Figure.SHIPPED, gifts(actor, side, Figure.SHIPPED)),
            (Figure.RECEIVED, gifts(actor, side, Figure.RECEIVED)),
            (Figure.VERIFIED, verified(actor, side, today=today, summed=True)),
        )
    ]
    for row in db.session.execute(union_all(*others)):
        yield _cell(Figure(row.figure), row, row.records, row.units, row.minor)


def _of_pledges(actor: Actor, side: Side, part: Part) -> Select[Any]:
    rows = pledges(actor, side)
    sums: list[Any] = []
    for figure in RUNGS_OF_PLEDGES:
        units = rows.c[f"units_{figure}"]
        sums += [func.sum(case((units > 0, 1), else_=0)), func.sum(units), func.sum(units * rows.c.minor)]
    return select(*_keys(rows), *sums).where(*part_of(rows, part)).group_by(*_keys(rows))


def _grouped(figure: Figure, rows: FromClause, part: Part) -> Select[Any]:
    c = rows.c
    totals = [func.sum(column).label(column.name) for column in (c.records, c.units, c.minor)]
    query = select(*_keys(rows), *totals, literal(figure.value).label("figure"))
    return query.where(*part_of(rows, part)).group_by(*_keys(rows))


def _keys(rows: FromClause) -> tuple[Any, ...]:
    c = rows.c
    return (c.state, c.category, c.line_kind, c.withheld, c.year, c.currency)


def _cell(figure: Figure, row: Any, records: Any, units: Any, minor: Any) -> Cell:
    return Cell(
        figure=figure,
        state=row.state,
        heading=heading_of(row.category, row.line_kind, withheld=bool(row.withheld)),
        year=int(row.year),
        currency=row.currency,
        records=int(records),
        units=int(units),
        minor=int(minor),
    )
