"""Takes items from what a receipt counted: one guarded UPDATE decides who was first."""

from collections.abc import Iterator, Sequence

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal.features.items.models import ItemAllotment
from portal.features.shipments.models import ReceiptLine
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
        raise NothingLeft(field="quantity", remaining=left_of(line))


def left_of(line: ReceiptLine) -> int:
    """How many are not registered yet."""
    query = select(ItemAllotment.units - ItemAllotment.registered).where(ItemAllotment.receipt_line_id == line.id)
    found = db.session.scalar(query)
    return int(line.received + line.damaged if found is None else found)


def left_over(lines: Sequence[ReceiptLine]) -> Iterator[tuple[ReceiptLine, int]]:
    """Those of which some are not registered yet, and how many."""
    query = select(ItemAllotment.receipt_line_id, ItemAllotment.units - ItemAllotment.registered)
    found = dict(db.session.execute(query.where(ItemAllotment.receipt_line_id.in_([one.id for one in lines]))).all())
    for one in lines:
        if left := found.get(one.id, one.received + one.damaged):
            yield one, left


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
