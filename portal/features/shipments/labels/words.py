"""The words of a shipment's steps, of its history, and of the tasks that it gives people."""

from typing import Any

from portal.features.shipments.domain.ledger import ShipmentEntry
from portal.web.i18n import later as _
from portal.web.i18n import later_in_context as _in

STEPS = {
    "shipment.begin.done": _("Shipment prepared"),
    "shipment.change.done": _("Shipment changed"),
    "shipment.confirm_text.done": _("Text that looked like case data was checked by its writer"),
    "shipment.dispatch": _("Say that it has left"),
    "shipment.dispatch.done": _("Shipment has left"),
    "shipment.cancel": _("Cancel the shipment"),
    "shipment.cancel.done": _("Shipment cancelled"),
    "shipment.cancel.effect": _("It is not sent. Its units stay with their commitments."),
    "shipment.reach_border": _("Say that it is at the border"),
    "shipment.reach_border.done": _("Shipment is at the border"),
    "shipment.arrive": _("Say that it has arrived"),
    "shipment.arrive.done": _("Shipment has arrived"),
    "shipment.receive": _("Enter what you received"),
    "shipment.receive.done": _("Receipt entered"),
    "shipment.close": _("Close: everything is accounted for"),
    "shipment.close.done": _("Shipment closed"),
    "shipment.lose": _("Say that it is lost"),
    "shipment.lose.done": _("Both sides say that it is lost"),
    "shipment.ask_lose.done": _("One side says that it is lost. The other side has to confirm"),
    "shipment.reopen": _("Say that something was found"),
    "shipment.reopen.done": _("What was missing is found and is counted again"),
    "shipment.ask_reopen.done": _("One side says that something was found. The other side has to confirm"),
    "shipment.return": _("Send back what is left"),
    "shipment.return.done": _("What was left goes back"),
    "shipment.ask_return.done": _("One side wants to send back what is left. The other side has to confirm"),
    "shipment.acknowledge": _("Say that you read the differences"),
    "shipment.acknowledge.done": _("The sender read the differences"),
    "shipment.link": _("Count it on a commitment"),
    "shipment.link.done": _("A donation is counted on a commitment"),
}
TASKS = {
    "shipment.dispatch": _("Send the shipment, or say that it has left: %(title)s"),
    "shipment.dispatch.button": _("Open"),
    "shipment.under_way": _("A shipment is on its way: %(title)s"),
    "shipment.under_way.button": _("Open"),
    "shipment.receive": _("Enter what you received: %(title)s"),
    "shipment.receive.button": _("Receive"),
    "shipment.close": _("Close the shipment: %(title)s"),
    "shipment.close.button": _("Open"),
    "shipment.differences": _("Read what did not arrive in good order: %(title)s"),
    "shipment.differences.button": _("Read"),
    "shipment.confirm_lose": _("Confirm that the shipment is lost: %(title)s"),
    "shipment.confirm_lose.button": _("Open"),
    "shipment.confirm_reopen": _("Confirm that something was found: %(title)s"),
    "shipment.confirm_reopen.button": _("Open"),
    "shipment.confirm_return": _("Confirm that the rest goes back: %(title)s"),
    "shipment.confirm_return.button": _("Open"),
}
ENTRIES: dict[Any, Any] = {
    ShipmentEntry: {
        ShipmentEntry.DISPATCHED: _("Units of a shipment were sent"),
        ShipmentEntry.RECEIVED: _("Units of a shipment were counted"),
        ShipmentEntry.LOST: _("Units of a shipment are lost"),
        ShipmentEntry.FOUND: _("Units of a shipment were found"),
        ShipmentEntry.RETURNED: _("Units of a shipment were sent back"),
        ShipmentEntry.CLOSED: _("A line of a shipment was closed"),
        ShipmentEntry.LINKED: _("A donation was counted on a commitment"),
    },
}
FACTS = {
    "ledger.shipment.line": _("Line"),
    "ledger.shipment.receipt": _("Receipt"),
    "ledger.shipment.pledge": _("Pledge"),
    "ledger.shipment.category": _("Kind of equipment"),
    "ledger.shipment.unit_value": _("Value of one"),
    "ledger.shipment.sent": _("Sent"),
    "ledger.shipment.received": _in("units", "In good order"),
    "ledger.shipment.damaged": _in("units", "Damaged"),
    "ledger.shipment.missing": _in("units", "Missing"),
    "ledger.shipment.refused": _in("units", "Refused"),
    "ledger.shipment.returned": _in("units", "Returned"),
    "ledger.shipment.counted": _("Counted on the commitment"),
    "ledger.shipment.settled": _("Can be sent again"),
    "ledger.shipment.reason": _("Reason"),
    "ledger.shipment.dispatched_on": _("Left on"),
}
