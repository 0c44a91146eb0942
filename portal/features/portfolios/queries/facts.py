"""The records behind each figure, one row a record, as SQL: pages sum these rows, and lists show the same ones."""

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    String,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from portal.features.agencies.models import Agency
from portal.features.assistance.domain.gaps import WITHHELD
from portal.features.assistance.domain.lifecycles import HOLDING, PledgeState
from portal.features.assistance.domain.rungs import COMMITTED
from portal.features.assistance.domain.vocabulary import SERVICES, LineKind
from portal.features.assistance.models import Pledge, Request, RequestField, RequestLine
from portal.features.assistance.queries.pledges import pledges_seen
from portal.features.items.models import Item
from portal.features.items.queries import visible as items_visible
from portal.features.items.queries.verified import is_verified
from portal.features.portfolios.domain.figures import OTHER, Figure, Part, Side, categories_of
from portal.features.shipments.domain.lifecycle import SENT
from portal.features.shipments.models import ReceiptLine, Shipment, ShipmentLine
from portal.features.shipments.queries import visible as shipments_visible
from portal.kernel.equipment import EQUIPMENT
from portal.kernel.policy import Actor

PLEDGE, SHIPMENT, ITEM, FINDING = 1, 2, 3, 4
"""Kinds of record, in the order in which a list shows them."""


class utc_year(FunctionElement[int]):  # noqa: N801 - reads as the SQL function that it is
    """The year of an instant in UTC, whatever zone the server of the database keeps."""

    type = Integer()
    inherit_cache = True


@compiles(utc_year)
def _of_sqlite(element: Any, compiler: Any, **kwargs: Any) -> str:
    return f"CAST(STRFTIME('%Y', {compiler.process(element.clauses, **kwargs)}) AS INTEGER)"


@compiles(utc_year, "postgresql")
def _of_postgresql(element: Any, compiler: Any, **kwargs: Any) -> str:
    inner = compiler.process(element.clauses, **kwargs)
    return f"CAST(EXTRACT(YEAR FROM CAST({inner} AS TIMESTAMPTZ) AT TIME ZONE 'UTC') AS INTEGER)"


def facts(actor: Actor, side: Side, figure: Figure, *, today: date) -> FromClause:
    """The records of one rung that the reader may see."""
    if figure is Figure.VERIFIED:
        return verified(actor, side, today=today).subquery()
    found = [_of_pledges(actor, side, figure)]
    if figure in {Figure.SHIPPED, Figure.RECEIVED}:
        found.append(gifts(actor, side, figure))
    return union_all(*found).subquery()


def part_of(rows: FromClause, part: Part) -> list[ColumnElement[bool]]:
    """What a part asks of those rows."""
    c = rows.c
    asked: list[ColumnElement[bool]] = []
    if part.state:
        asked.append(c.state == ("" if part.state == OTHER else part.state))
    if part.year is not None:
        asked.append(c.year == part.year)
    if part.currency:
        asked.append(c.currency == part.currency)
    if part.what == WITHHELD:
        asked.append(c.withheld == 1)
    elif part.what:
        asked += [c.withheld == 0, _under(part.what)(c)]
    return asked


def _under(heading: str) -> Callable[[Any], ColumnElement[bool]]:
    services = sorted(kind.value for kind in SERVICES)
    if heading in services:
        return lambda c: c.line_kind == heading
    if heading == OTHER:
        return lambda c: and_(c.line_kind.not_in(services), c.category.not_in(sorted(EQUIPMENT)))
    return lambda c: and_(c.line_kind.not_in(services), c.category.in_(categories_of(heading)))


def _row(
    kind: int, record: tuple[Any, Any], line: tuple[Any, Any, Any], year: Any, value: tuple[Any, ...]
) -> list[Any]:
    (category, line_kind, withheld), (currency, units, minor, *records) = line, value
    return [
        literal(kind).label("kind"),
        record[0].label("id"),
        record[1].label("ref"),
        func.coalesce(Agency.state_iso2, "").label("state"),
        func.coalesce(category, "").label("category"),
        cast(line_kind, String).label("line_kind"),
        withheld.label("withheld"),
        year.label("year"),
        func.coalesce(currency, "").label("currency"),
        (records[0] if records else literal(1)).label("records"),
        units.label("units"),
        minor.label("minor"),
    ]


def units_of(figure: Figure) -> Any:
    """How many units of a pledge a figure counts: the twin of `rungs.held` and its neighbours."""
    held = case((Pledge.state == PledgeState.CLOSED_SHORT, Pledge.received), else_=Pledge.quantity)
    return {
        Figure.COMMITTED: case((Pledge.state.in_(sorted(COMMITTED)), held), else_=0),
        Figure.SHIPPED: case((Pledge.shipped > Pledge.quantity, Pledge.quantity), else_=Pledge.shipped),
        Figure.RECEIVED: Pledge.received,
    }.get(figure, held)


def pledges(actor: Actor, side: Side) -> FromClause:
    """Every pledge that still stands, with its units on each rung: for sums, which so read each pledge once."""
    units = [units_of(figure).label(f"units_{figure}") for figure in RUNGS_OF_PLEDGES]
    query = _pledges(actor, side, (Pledge.currency, units[0], Pledge.unit_minor.label("unit_minor")))
    return query.add_columns(*units).where(Pledge.state.in_(sorted(HOLDING))).subquery()


RUNGS_OF_PLEDGES = (Figure.PLEDGED, Figure.COMMITTED, Figure.SHIPPED, Figure.RECEIVED)


def _of_pledges(actor: Actor, side: Side, figure: Figure) -> Select[Any]:
    units = units_of(figure)
    query = _pledges(actor, side, (Pledge.currency, units, units * Pledge.unit_minor))
    return query.where(Pledge.state.in_(sorted(HOLDING)), units > 0)


def _pledges(actor: Actor, side: Side, value: tuple[Any, Any, Any]) -> Select[Any]:
    line = (RequestLine.category, RequestLine.kind, _withheld(actor, side))
    return (
        select(*_row(PLEDGE, (Pledge.id, Pledge.ref), line, utc_year(Pledge.pledged_at), value))
        .join(Request, Request.id == Pledge.request_id)
        .join(RequestLine, RequestLine.id == Pledge.line_id)
        .join(Agency, Agency.id == (Pledge.agency_id if side is Side.RECEIVED else Request.agency_id))
        .where(*_own(actor, side, Pledge.agency_id, Request.agency_id), pledges_seen(actor))
    )


def gifts(actor: Actor, side: Side, figure: Figure) -> Select[Any]:
    """What was sent without a request, line by line."""
    units = ShipmentLine.sent if figure is Figure.SHIPPED else ShipmentLine.received
    line = (ShipmentLine.category, literal(LineKind.EQUIPMENT.value), literal(0))
    value = (ShipmentLine.currency, units, units * func.coalesce(ShipmentLine.unit_minor, 0))
    query = (
        select(*_row(SHIPMENT, (ShipmentLine.id, Shipment.ref), line, utc_year(Shipment.dispatched_on), value))
        .join(Shipment, Shipment.id == ShipmentLine.shipment_id)
        .join(Agency, Agency.id == (Shipment.agency_id if side is Side.RECEIVED else Shipment.recipient_id))
    )
    # A statement of its own: what hides a shipment is asked of all its lines, not of those that are listed here.
    without = select(ShipmentLine.shipment_id).where(ShipmentLine.pledge_id.is_(None)).correlate(None)
    seen = select(Shipment.id).where(Shipment.id.in_(without), shipments_visible(actor)).correlate(None)
    return query.where(*_own(actor, side, Shipment.agency_id, Shipment.recipient_id), Shipment.id.in_(seen)).where(
        ShipmentLine.pledge_id.is_(None), Shipment.state.in_(sorted(SENT)), units > 0
    )


def verified(actor: Actor, side: Side, *, today: date, summed: bool = False) -> Select[Any]:
    """Items of what was received, as its pledge or shipment says what they are and when they were pledged.

    `summed`: those of one receipt as one row, for sums.
    """
    own = _own(actor, side, Item.funder_id, Item.owner_id) or [items_visible(actor)]
    where = (*own, is_verified(today), Item.receipt_line_id.is_not(None))
    columns: list[Any] = [Item.receipt_line_id, Item.currency]
    if summed:
        # Ids stand in no sum; the least one keeps the shape of the rows.
        totals = (func.min(Item.id), literal(""), func.count(), func.sum(Item.quantity), func.sum(Item.value_minor))
        inner = select(*columns, *_named(totals)).where(*where).group_by(*columns).subquery()
    else:
        single = (Item.id, Item.ref, literal(1), Item.quantity, Item.value_minor)
        inner = select(*columns, *_named(single)).where(*where).subquery()
    line = (
        func.coalesce(RequestLine.category, ShipmentLine.category),
        func.coalesce(cast(RequestLine.kind, String), LineKind.EQUIPMENT.value),
        _withheld(actor, side),
    )
    year = func.coalesce(utc_year(Pledge.pledged_at), utc_year(Shipment.dispatched_on))
    row = _row(
        ITEM, (inner.c.id, inner.c.ref), line, year, (inner.c.currency, inner.c.units, inner.c.minor, inner.c.records)
    )
    return (
        select(*row)
        .select_from(inner)
        .join(ReceiptLine, ReceiptLine.id == inner.c.receipt_line_id)
        .join(ShipmentLine, ShipmentLine.id == ReceiptLine.line_id)
        .join(Shipment, Shipment.id == ShipmentLine.shipment_id)
        .join(Agency, Agency.id == (Shipment.agency_id if side is Side.RECEIVED else Shipment.recipient_id))
        .outerjoin(Pledge, Pledge.id == ShipmentLine.pledge_id)
        .outerjoin(Request, Request.id == Pledge.request_id)
        .outerjoin(RequestLine, RequestLine.id == Pledge.line_id)
        .where(or_(Pledge.id.is_(None), pledges_seen(actor)))
    )


def _named(columns: tuple[Any, ...]) -> list[Any]:
    names = ("id", "ref", "records", "units", "minor")
    return [column.label(name) for name, column in zip(names, columns, strict=True)]


def _own(actor: Actor, side: Side, given: Any, received: Any) -> list[ColumnElement[bool]]:
    if side is Side.ALL:
        return []
    return [(given if side is Side.GIVEN else received) == actor.agency_id]


def _withheld(actor: Actor, side: Side) -> ColumnElement[int]:
    """1 where the line is ruled and the reader is not its owner: stricter than pages, which know each reader."""
    if side is Side.RECEIVED:
        return literal(0)
    return case((and_(line_is_ruled(), Request.agency_id != actor.agency_id), 1), else_=0)


def line_is_ruled() -> ColumnElement[bool]:
    """Whether the owner of the request labelled or withheld the line: the twin of `RequestLine.field`."""
    return exists().where(
        RequestField.request_id == Request.id,
        RequestField.field == literal("line-").concat(cast(RequestLine.number, String)),
    )
