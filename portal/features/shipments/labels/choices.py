"""Words and looks of shipments' states and choices."""

from typing import Any

from portal.features.shipments.domain.lifecycle import ShipmentState
from portal.features.shipments.domain.vocabulary import Box, Mode, Outcome, Reason, ReceiptKind
from portal.web.i18n import later_in_context as _in

S = ShipmentState
STATES: dict[Any, Any] = {
    ShipmentState: {
        S.PREPARING: _in("shipment", "Being prepared"),
        S.DISPATCHED: _in("shipment", "On its way"),
        S.AT_BORDER: _in("shipment", "At the border"),
        S.ARRIVED: _in("shipment", "Arrived"),
        S.RECEIVING: _in("shipment", "Being received"),
        S.CLOSED: _in("shipment", "Closed"),
        S.LOST: _in("shipment", "Lost"),
        S.CANCELLED: _in("shipment", "Cancelled"),
        S.RETURNED: _in("shipment", "Returned"),
    },
}
TAGS: dict[Any, Any] = {
    ShipmentState: {
        S.PREPARING: ("", "dash"),
        S.DISPATCHED: ("open", "truck"),
        S.AT_BORDER: ("warn", "flag"),
        S.ARRIVED: ("go", "pin"),
        S.RECEIVING: ("go", "half"),
        S.CLOSED: ("ok", "okc"),
        S.LOST: ("bad", "oct"),
        S.CANCELLED: ("", "bar"),
        S.RETURNED: ("", "undo"),
    },
}
CHOICES: dict[Any, Any] = {
    Mode: {
        Mode.ROAD: _in("transport", "Road"),
        Mode.SEA: _in("transport", "Sea"),
        Mode.AIR: _in("transport", "Air"),
        Mode.RAIL: _in("transport", "Rail"),
        Mode.COURIER: _in("transport", "Courier"),
        Mode.BY_HAND: _in("transport", "Carried by hand"),
    },
    Outcome: {
        Outcome.RECEIVED: _in("units", "In good order"),
        Outcome.DAMAGED: _in("units", "Damaged"),
        Outcome.MISSING: _in("units", "Missing"),
        Outcome.REFUSED: _in("units", "Refused"),
        Outcome.RETURNED: _in("units", "Returned"),
    },
    Reason: {
        Reason.DAMAGED: _in("reason", "Damaged on the way"),
        Reason.MISSING: _in("reason", "Not in the delivery"),
        Reason.WRONG_ITEM: _in("reason", "Not what was agreed"),
        Reason.REFUSED: _in("reason", "Refused at the door"),
        Reason.EXCESS: _in("reason", "More than was agreed"),
        Reason.CUSTOMS_HELD: _in("reason", "Held by customs"),
        Reason.FOUND_LATER: _in("reason", "Found later"),
        Reason.OTHER: _in("reason", "Other"),
    },
    ReceiptKind: {
        ReceiptKind.COUNT: _in("receipt", "Count"),
        ReceiptKind.LOST: _in("receipt", "Lost on the way"),
        ReceiptKind.FOUND: _in("receipt", "Found again, to be counted"),
        ReceiptKind.RETURNED: _in("receipt", "Sent back"),
    },
    Box: {
        Box.ALL: _in("shipments", "All"),
        Box.PREPARING: _in("shipments", "Being prepared"),
        Box.UNDER_WAY: _in("shipments", "On their way"),
        Box.TO_RECEIVE: _in("shipments", "To receive"),
        Box.DIFFERENCES: _in("shipments", "With differences"),
        Box.ENDED: _in("shipments", "Ended"),
    },
}
