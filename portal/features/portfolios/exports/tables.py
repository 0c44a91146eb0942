"""One row for each record behind each figure, with its label, as CSV or XLSX."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.features.assistance.models import Pledge, Request
from portal.features.items.models import Item
from portal.features.portfolios.domain.figures import RUNGS, Part, Side, heading_of, rated_on
from portal.features.portfolios.queries import records
from portal.features.portfolios.queries.facts import ITEM, PLEDGE, SHIPMENT
from portal.features.rates.domain import Conversion
from portal.features.rates.queries import convert_all
from portal.features.shipments.models import Shipment, ShipmentLine
from portal.infra.db import db
from portal.kernel.money import CURRENCIES, Money
from portal.kernel.policy import Actor

COLUMNS = (
    *("figure", "record", "ref", "label", "state", "what", "year", "quantity", "value", "currency"),
    *("reported_value", "reporting_currency", "rate", "rated_on"),
)
FIGURES = frozenset({"quantity", "year"})
KINDS = {PLEDGE: "pledge", SHIPMENT: "shipment", ITEM: "item"}
CHUNK = 500


def rows(actor: Actor, side: Side, part: Part, *, today: date, to: str) -> Iterator[list[str]]:
    """Every record of every rung that the reader may see, a page of the list at a time, so that memory stays flat."""
    for figure in RUNGS:
        query, (first, second) = records.listed(actor, side, figure, part, today=today)
        query = query.order_by(first.column, second.column.desc())
        found = db.session.execute(query.execution_options(yield_per=CHUNK))
        for some in found.partitions(CHUNK):
            yield from _of(figure.value, some, today=today, to=to)


def _of(figure: str, some: Sequence[Any], *, today: date, to: str) -> Iterator[list[str]]:
    labels = _labels(some)
    money = [Money(int(row.minor), row.currency) if row.currency in CURRENCIES else None for row in some]
    known = [(one, rated_on(row.year, today)) for one, row in zip(money, some, strict=True) if one is not None]
    reported = iter(convert_all(known, to=to))
    for row, one in zip(some, money, strict=True):
        there: Conversion | None = next(reported) if one is not None else None
        yield [
            *(figure, KINDS[row.kind], row.ref, labels.get((row.kind, row.id), ""), row.state),
            *(heading_of(row.category, row.line_kind, withheld=bool(row.withheld)), str(row.year), str(row.units)),
            *(one.canonical if one else "", one.currency if one else ""),
            *(there.money.canonical if there else "", to if there else ""),
            *(f"{there.rate:f}" if there else "", there.rated_on.isoformat() if there else ""),
        ]


def _labels(some: Sequence[Any]) -> dict[tuple[int, int], str]:
    """What each record is labelled, as its own page shows it."""
    ids = {kind: [row.id for row in some if row.kind == kind] for kind in KINDS}
    found: dict[tuple[int, int], str] = {}
    if ids[PLEDGE]:
        query = select(Pledge.id, Request.label).join(Request, Request.id == Pledge.request_id)
        found |= {
            (PLEDGE, id_): label.shown for id_, label in db.session.execute(query.where(Pledge.id.in_(ids[PLEDGE])))
        }
    if ids[ITEM]:
        query = select(Item.id, Item.label).where(Item.id.in_(ids[ITEM]))
        found |= {(ITEM, id_): label.shown for id_, label in db.session.execute(query)}
    if ids[SHIPMENT]:
        lines = joinedload(ShipmentLine.shipment).selectinload(Shipment.lines)
        with_requests = lines.joinedload(ShipmentLine.pledge).joinedload(Pledge.request)
        for line in db.session.scalars(
            select(ShipmentLine).where(ShipmentLine.id.in_(ids[SHIPMENT])).options(with_requests)
        ):
            found[SHIPMENT, line.id] = line.shipment.label.shown
    return found
