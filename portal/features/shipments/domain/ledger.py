"""What of a shipment stands in the ledger: every unit that was sent, and what became of it."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from portal.features.shipments.domain.vocabulary import Outcome, Reason, ReceiptKind
from portal.kernel.equipment import EQUIPMENT
from portal.ledger.entries import EntryKind

SUBJECT = "shipment"


class ShipmentEntry(EntryKind):
    DISPATCHED = "shipment.dispatched"
    RECEIVED = "shipment.received"
    LOST = "shipment.lost"
    FOUND = "shipment.found"
    RETURNED = "shipment.returned"
    CLOSED = "shipment.closed"
    LINKED = "shipment.linked"


MEANT: Mapping[str, Callable[[Any], Any]] = {
    "reason": Reason,
    "category": EQUIPMENT.__getitem__,
    "dispatched_on": date.fromisoformat,
}
"""What the written values of an entry were."""
OF_RECEIPT: Mapping[ReceiptKind, ShipmentEntry] = {
    ReceiptKind.COUNT: ShipmentEntry.RECEIVED,
    ReceiptKind.LOST: ShipmentEntry.LOST,
    ReceiptKind.FOUND: ShipmentEntry.FOUND,
    ReceiptKind.RETURNED: ShipmentEntry.RETURNED,
}
_COUNTED = frozenset(OF_RECEIPT.values())


def derived(entries: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[int, dict[str, int]]:
    """By line: how many units were sent, and what became of them, from entries (kind and content) alone."""
    found: dict[int, dict[str, int]] = {}
    for kind, content in entries:
        if kind == ShipmentEntry.DISPATCHED:
            found.setdefault(content["line"], _nothing())["sent"] += content["sent"]
        elif kind in _COUNTED:
            line = found.setdefault(content["line"], _nothing())
            for outcome in Outcome:
                line[outcome.value] += content[outcome.value]
    return found


def _nothing() -> dict[str, int]:
    return dict.fromkeys(("sent", *(outcome.value for outcome in Outcome)), 0)
