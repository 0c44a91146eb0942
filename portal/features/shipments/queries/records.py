"""Single shipments, with everything a page or a service needs of them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal.features.agencies.models import Agency
from portal.features.assistance.models import Pledge, Request
from portal.features.assistance.queries import with_seen
from portal.features.shipments.models import Receipt, ReceiptLine, Shipment, ShipmentLine
from portal.features.shipments.queries.sight import visible
from portal.infra.db import db, first
from portal.kernel.policy import Actor
from portal.kernel.reference import parse_reference

_PLEDGE = selectinload(Shipment.lines).joinedload(ShipmentLine.pledge)
WITH_PARTIES = (
    joinedload(Shipment.agency).joinedload(Agency.state),
    joinedload(Shipment.recipient).joinedload(Agency.state),
    joinedload(Shipment.implementer),
    _PLEDGE.joinedload(Pledge.agency),
    _PLEDGE.joinedload(Pledge.line),
    _PLEDGE.joinedload(Pledge.request).joinedload(Request.agency),
    _PLEDGE.joinedload(Pledge.request).selectinload(Request.lines),
    _PLEDGE.joinedload(Pledge.request).selectinload(Request.fields),
)


def find(actor: Actor | None, ref: str, **_rest: Any) -> Shipment | None:
    """The shipment behind a reference if the actor may see it, with how they are connected to its requests."""
    known = parse_reference(ref)
    if known is None or actor is None:
        return None
    shipment: Shipment | None = first(
        select(Shipment).where(Shipment.ref == known, visible(actor)).options(*WITH_PARTIES)
    )
    return seen_by(shipment, actor) if shipment is not None else None


def seen_by(shipment: Shipment, actor: Actor | None) -> Shipment:
    """Tell the requests that it answers how the actor is connected to them, for the rules that ask."""
    for request in {line.pledge.request for line in shipment.lines if line.pledge is not None}:
        with_seen(request, actor)
    return shipment


def receipts_of(shipment_id: int) -> Sequence[Receipt]:
    """Newest first, with their lines."""
    query = select(Receipt).where(Receipt.shipment_id == shipment_id).order_by(Receipt.number.desc())
    return db.session.scalars(query.options(selectinload(Receipt.lines).joinedload(ReceiptLine.line))).all()


def received_lines(shipment_id: int) -> Sequence[ReceiptLine]:
    """What counts recorded of a shipment's lines, the first one first: units that exist and can be registered."""
    query = (
        select(ReceiptLine)
        .join(Receipt, Receipt.id == ReceiptLine.receipt_id)
        .where(Receipt.shipment_id == shipment_id, ReceiptLine.received + ReceiptLine.damaged > 0)
        .order_by(Receipt.number, ReceiptLine.id)
    )
    return db.session.scalars(query.options(joinedload(ReceiptLine.line), joinedload(ReceiptLine.receipt))).all()


def find_receipt_line(actor: Actor | None, ref: str, number: int, line: int) -> ReceiptLine | None:
    """What receipt `number` of a shipment says of its line `line`, if the actor may see the shipment."""
    shipment = find(actor, ref)
    if shipment is None:
        return None
    query = (
        select(ReceiptLine)
        .join(Receipt, Receipt.id == ReceiptLine.receipt_id)
        .join(ShipmentLine, ShipmentLine.id == ReceiptLine.line_id)
        .where(Receipt.shipment_id == shipment.id, Receipt.number == number, ShipmentLine.number == line)
        .options(joinedload(ReceiptLine.line).joinedload(ShipmentLine.shipment), joinedload(ReceiptLine.receipt))
    )
    found: ReceiptLine | None = first(query)
    return found
