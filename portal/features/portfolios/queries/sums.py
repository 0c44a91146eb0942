"""The sums of a portfolio: one statement for all rungs, however many records there are, and one for the rates."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Select, func, literal, select, union_all

from portal.features.portfolios.domain.figures import (
    RUNGS,
    Cell,
    Figure,
    Part,
    Side,
    heading_of,
    rated_on,
)
from portal.features.portfolios.queries.facts import facts, part_of
from portal.features.rates.queries import convert_all
from portal.infra.db import db
from portal.kernel.policy import Actor


def cells(actor: Actor, side: Side, part: Part, *, today: date, to: str) -> list[Cell]:
    """Every sum of records that have everything in common, converted where there is a rate."""
    return converted([_cell(row) for row in _rows(actor, side, part, RUNGS, today)], today=today, to=to)


def counted(actor: Actor, side: Side, figure: Figure, part: Part, *, today: date) -> int:
    """How many records a figure counts: for the list of them."""
    return sum(int(row.records) for row in _rows(actor, side, part, (figure,), today))


def converted(found: Sequence[Cell], *, today: date, to: str) -> list[Cell]:
    """Each sum at the rate that held at the end of its year."""
    known = [cell for cell in found if cell.money is not None]
    values = [(cell.money, rated_on(cell.year, today)) for cell in known if cell.money is not None]
    reported = dict(zip(map(id, known), convert_all(values, to=to), strict=True))
    return [
        replace(cell, reported=there.money.minor) if (there := reported.get(id(cell))) is not None else cell
        for cell in found
    ]


def _rows(actor: Actor, side: Side, part: Part, figures: Sequence[Figure], today: date) -> Sequence[Any]:
    queries = [_grouped(actor, side, part, figure, today) for figure in figures]
    return db.session.execute(union_all(*queries) if len(queries) > 1 else queries[0]).all()


def _grouped(actor: Actor, side: Side, part: Part, figure: Figure, today: date) -> Select[Any]:
    rows = facts(actor, side, figure, today=today, summed=True)
    c = rows.c
    keys = (c.state, c.category, c.line_kind, c.withheld, c.year, c.currency)
    totals = [func.sum(column).label(column.name) for column in (c.records, c.units, c.minor)]
    query = select(literal(figure.value).label("figure"), *keys, *totals)
    return query.where(*part_of(rows, part)).group_by(*keys)


def _cell(row: Any) -> Cell:
    return Cell(
        figure=Figure(row.figure),
        state=row.state,
        heading=heading_of(row.category, row.line_kind, withheld=bool(row.withheld)),
        year=int(row.year),
        currency=row.currency,
        records=int(row.records),
        units=int(row.units),
        minor=int(row.minor),
    )
