"""The items that came with a shipment, for the paper that both sides sign."""

from collections.abc import Sequence

from sqlalchemy import select

from portal.features.items.models import Item
from portal.features.items.queries.sight import visible
from portal.features.shipments.exports import HandoverItem
from portal.features.shipments.models import ReceiptLine, Shipment, ShipmentLine
from portal.infra.db import db
from portal.kernel.policy import Actor


def handed_over(actor: Actor, shipment: Shipment, *, most: int | None = None) -> Sequence[HandoverItem]:
    """In the order of its lines; consumables by the number registered."""
    columns = (ShipmentLine.number, Item.ref, Item.manufacturer, Item.model, Item.serial)
    query = (
        select(*columns)
        .join(ReceiptLine, ReceiptLine.id == Item.receipt_line_id)
        .join(ShipmentLine, ShipmentLine.id == ReceiptLine.line_id)
        .where(ShipmentLine.shipment_id == shipment.id, visible(actor))
        .order_by(ShipmentLine.number, Item.id)
        .limit(most)
    )
    return [
        HandoverItem(line=line, ref=ref, manufacturer=maker, model=model, serial=serial or "")
        for line, ref, maker, model, serial in db.session.execute(query)
    ]
