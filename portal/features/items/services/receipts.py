"""Takes items from what a receipt counted: one guarded UPDATE decides who was first."""

from collections.abc import Mapping

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from portal.features.items.models import ItemAllotment
from portal.features.shipments.models import Receipt, ReceiptLine
from portal.infra.db import db
from portal.kernel.errors import NothingLeft


def claim(line: ReceiptLine, quantity: int) -> None:
    """Take that many of the units that the receipt counted, damaged ones included, or refuse with `NothingLeft`."""
    _prepared(line)
    taken = db.session.scalar(
        update(ItemAllotment)
        .where(ItemAllotment.receipt_line_id == line.id)
        .where(ItemAllotment.registered + quantity <= ItemAllotment.units)
        .values(registered=ItemAllotment.registered + quantity)
        .returning(ItemAllotment.id)
        .execution_options(synchronize_session=False)
    )
    if taken is None:
        raise NothingLeft(field="quantity", remaining=left_of_shipment(line.line.shipment_id)[line.id])


def left_of_shipment(shipment_id: int) -> Mapping[int, int]:
    """Of each line of its receipts, by id, how many units are not registered yet."""
    units = func.coalesce(ItemAllotment.units - ItemAllotment.registered, ReceiptLine.received + ReceiptLine.damaged)
    query = (
        select(ReceiptLine.id, units)
        .join(Receipt, Receipt.id == ReceiptLine.receipt_id)
        .outerjoin(ItemAllotment, ItemAllotment.receipt_line_id == ReceiptLine.id)
        .where(Receipt.shipment_id == shipment_id)
    )
    return dict(db.session.execute(query).all())


def _prepared(line: ReceiptLine) -> None:
    """The row that is claimed from, made by whoever comes first."""
    query = select(ItemAllotment.id).where(ItemAllotment.receipt_line_id == line.id)
    if db.session.scalar(query) is not None:
        return
    try:
        with db.session.begin_nested():
            units = line.received + line.damaged
            db.session.add(ItemAllotment(receipt_line_id=line.id, units=units, registered=0))
    except IntegrityError:
        return
