"""A shipment leaves, reaches a border, arrives; the recipient closes it; the sender reads the differences."""

from datetime import datetime

from portal.features.assistance.services import count_short, receive_shipped, ship
from portal.features.assistance.services.pledge_steps import held_pledge
from portal.features.shipments.domain.lifecycle import ENDED, SENT, SHIPMENT
from portal.features.shipments.domain.moved import ShipmentMoved
from portal.features.shipments.domain.moving import (
    Acknowledge,
    ArriveShipment,
    CloseShipment,
    DispatchShipment,
    LinkLine,
    ReachBorder,
)
from portal.features.shipments.models import Shipment, ShipmentLine
from portal.features.shipments.queries.commitments import linkable
from portal.features.shipments.services.books import book_close, book_dispatch, book_link
from portal.features.shipments.services.steps import for_step, held, late, refuse_frozen, take
from portal.infra.db import db
from portal.infra.history import note
from portal.kernel.errors import Problem, Rejected
from portal.kernel.policy import Actor


def dispatch(command: DispatchShipment, *, shipment: Shipment, by: Actor, at: datetime) -> Shipment:
    """It leaves: each line claims its units of its commitment with one guarded UPDATE, all of them or none."""
    shipment = for_step(shipment, "dispatch", version=command.version, by=by)
    if found := late(command.dispatched_on, "dispatched_on", at=at):
        raise Rejected(*found)
    for line in shipment.lines:
        if line.pledge is not None:
            ship(line.pledge, line.sent, field=f"lines-{line.number}")
    shipment.dispatched_on = command.dispatched_on
    take(shipment, "dispatch", by=by, at=at, details={"units": shipment.sent, "on": _said(command.dispatched_on)})
    book_dispatch(shipment, by=by, at=at)
    return shipment


def reach_border(command: ReachBorder, *, shipment: Shipment, by: Actor, at: datetime) -> Shipment:
    shipment = for_step(shipment, "reach_border", version=command.version, by=by)
    before = shipment.dispatched_on
    if found := late(command.border_on, "border_on", at=at, after=before, before="before_dispatch"):
        raise Rejected(*found)
    shipment.border_on = command.border_on
    take(shipment, "reach_border", by=by, at=at, details={"on": _said(command.border_on)})
    return shipment


def arrive(command: ArriveShipment, *, shipment: Shipment, by: Actor, at: datetime) -> Shipment:
    shipment = for_step(shipment, "arrive", version=command.version, by=by)
    before = shipment.border_on or shipment.dispatched_on
    if found := late(command.arrived_on, "arrived_on", at=at, after=before, before="before_dispatch"):
        raise Rejected(*found)
    shipment.arrived_on = command.arrived_on
    take(shipment, "arrive", by=by, at=at, details={"on": _said(command.arrived_on)})
    return shipment


def close(command: CloseShipment, *, shipment: Shipment, by: Actor, at: datetime) -> Shipment:
    """Every line is accounted for: what fell short may be sent again, and the donor is told of it."""
    shipment = for_step(shipment, "close", version=command.version, by=by)
    details = {"sent": shipment.sent, "received": shipment.received, "short": shipment.short}
    take(shipment, "close", by=by, at=at, details=details)
    settle(shipment)
    book_close(shipment, by=by, at=at)
    return shipment


def settle(shipment: Shipment) -> None:
    """Tell the commitments what did not arrive in good order, once for each unit."""
    for line in shipment.lines:
        if line.pledge is not None and line.short > line.settled:
            line.settled += count_short(line.pledge, line.short - line.settled)


def acknowledge(command: Acknowledge, *, shipment: Shipment, by: Actor, at: datetime) -> Shipment:
    """The sender has read what fell short; both sides' figures stay as they were given."""
    shipment = held(shipment)
    if shipment.version != command.version:
        raise ShipmentMoved(shipment.ref)
    refuse_frozen(shipment, by)
    if shipment.differs <= shipment.acknowledged:
        raise Rejected(Problem("no_differences"))
    shipment.acknowledged = shipment.receipts
    note(SHIPMENT, shipment, "acknowledge", by=by, at=at, reason=command.answer or None)
    return shipment


def link(command: LinkLine, *, shipment: Shipment, number: int, by: Actor, at: datetime) -> ShipmentLine:
    """Count a donation that nobody had asked for on a commitment made since: sent, and what of it was received."""
    pledges = {p.ref: p for p in linkable(by, shipment.agency_id, shipment.recipient_id, 1)}
    chosen = pledges.get(command.pledge)
    if chosen is None:
        raise Rejected(Problem("commitment_not_open", "pledge"))
    shipment = held(shipment, also=[chosen.request_id])
    pledge = held_pledge(chosen.id, chosen.request_id)
    line = next((one for one in shipment.lines if one.number == number), None)
    if shipment.version != command.version or line is None or line.pledge is not None or shipment.state not in SENT:
        raise ShipmentMoved(shipment.ref)
    refuse_frozen(shipment, by)
    if any(one.pledge_id == pledge.id for one in shipment.lines):
        raise Rejected(Problem("commitment_twice", "pledge"))
    ship(pledge, line.sent, field="pledge")
    line.pledge = pledge
    db.session.flush()
    counted = receive_shipped(pledge, line.received, at=at)
    if shipment.state in ENDED:
        settle(shipment)
    details = {"line": line.number, "pledge": pledge.ref, "units": line.sent, "received": counted}
    note(SHIPMENT, shipment, "link", by=by, at=at, details=details)
    book_link(shipment, line, counted=counted, by=by, at=at)
    return line


def _said(day: object) -> str:
    return str(day)
