"""The list of items as a file, streamed, with the columns that an import reads: it comes back unchanged."""

from collections.abc import Iterator, Sequence
from datetime import date
from enum import Enum
from itertools import islice, repeat
from typing import Any

from portal.features.items.domain.commands import is_counted
from portal.features.items.intake.columns import EXPORTED, LABELS, MOST_CSV_ROWS, OF_RECEIPT, joined
from portal.features.items.intake.standing import Standing, standing
from portal.features.items.models import Item
from portal.features.shipments.models import ReceiptLine, Shipment
from portal.infra.db import db
from portal.infra.tables import as_table
from portal.kernel.money import Money
from portal.kernel.policy import Actor

AT_ONCE = 1_000
Left = Sequence[tuple[ReceiptLine, int]]
"""Lines of receipts, and how many units of each are not registered yet."""
_LABEL_CELLS = {value: cell for cell, value in LABELS.items()}


def export(actor: Actor, form: str) -> Iterator[bytes]:
    """Every item that the actor sees, oldest first."""
    return as_table(form, EXPORTED, _rows(actor), sheet="items")


def to_fill_in(shipment: Shipment, left: Left) -> Iterator[bytes]:
    """A row for each unit that is to be registered, with what is known of it; consumables stand in one row."""
    parts = [(line, units, 1) if is_counted(line.line.category or "") else (line, 1, units) for line, units in left]
    rows = [(_known(shipment, line, units), times) for line, units, times in parts]
    repeated = (row for row, times in rows for row in repeat(row, times))
    return as_table("csv", OF_RECEIPT, islice(repeated, MOST_CSV_ROWS), sheet="items")


def _known(shipment: Shipment, line: ReceiptLine, units: int) -> list[str]:
    value = line.line.unit_value
    known = {
        "category": line.line.category,
        "quantity": units,
        "value": Money(value.minor * units, value.currency).canonical if value else "",
        "currency": value.currency if value else "",
        "shipment": shipment.ref,
        "receipt": line.receipt.number,
        "shipment_line": line.line.number,
        "received_on": line.receipt.received_on,
    }
    return [_text(known.get(name)) for name in OF_RECEIPT]


def _rows(actor: Actor) -> Iterator[list[str]]:
    """A thousand at once, so that memory stays flat however many there are."""
    after = 0
    while True:
        query = standing(actor).where(Item.id > after).order_by(Item.id).limit(AT_ONCE)
        found = db.session.execute(query).all()
        for one in found:
            yield cells(one)
        if len(found) < AT_ONCE:
            return
        after = found[-1].id


def cells(stands: Standing) -> list[str]:
    """One item as the cells of a row."""
    special = {
        "value": str(Money(stands.value_minor, stands.currency).canonical),
        "label": _LABEL_CELLS[stands.label.value],
        "attributes": joined(stands.attributes),
    }
    return [special[name] if name in special else _text(getattr(stands, name)) for name in EXPORTED]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()
    return str(value.value) if isinstance(value, Enum) else str(value)
