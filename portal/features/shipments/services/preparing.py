"""A shipment is written down, changed and cancelled before it leaves."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy.orm.attributes import flag_modified

from portal.features.agencies.models import Agency
from portal.features.assistance.models import Pledge
from portal.features.shipments.domain.lifecycle import SHIPMENT, ShipmentState
from portal.features.shipments.domain.moved import ShipmentMoved
from portal.features.shipments.domain.moving import CancelShipment
from portal.features.shipments.domain.preparing import CommittedLine, GiftLine, PrepareShipment
from portal.features.shipments.models import Shipment, ShipmentLine
from portal.features.shipments.policy import DONORS
from portal.features.shipments.queries.commitments import to_send
from portal.features.shipments.services.steps import for_step, held, refuse_frozen, take
from portal.infra.db import db
from portal.infra.history import begin, note
from portal.kernel.errors import Frozen, NotAllowed, Problem, Rejected
from portal.kernel.policy import Actor
from portal.kernel.reference import Kind, new_reference

SAID = (
    *("mode", "carrier", "driver", "waybill", "customs_ref", "port_from", "port_to"),
    *("destination", "contact", "remarks", "ready_on"),
)


def prepare(command: PrepareShipment, *, recipient: Agency, by: Actor, at: datetime) -> Shipment:
    """Write down a shipment to one recipient, from commitments of one donor or from what nobody asked for."""
    if by.suspended or recipient.suspended:
        raise Frozen
    pledges = _pledges(command, by, recipient.id)
    donor_id, implementer_id = _sending_sides(command, pledges, by)
    if donor_id == recipient.id:
        raise Rejected(Problem("own_recipient"))
    _check(command, pledges)
    shipment = Shipment(
        ref=new_reference(Kind.SHIPMENT, at.year),
        agency_id=donor_id,
        recipient_id=recipient.id,
        implementer_id=implementer_id,
        author_id=by.person_id,
        created_at=at,
        receipts=0,
        differs=0,
        acknowledged=0,
        own_label=command.label,
        lines=list(_lines(command, pledges)),
        **{name: getattr(command, name) for name in SAID},
    )
    shipment.agency, shipment.recipient = db.session.get_one(Agency, donor_id), recipient
    begin(SHIPMENT, shipment, by=by, at=at, details={"units": shipment.sent})
    _note_text(command, shipment, by=by, at=at)
    return shipment


def change(command: PrepareShipment, *, shipment: Shipment, by: Actor, at: datetime) -> Shipment:
    """Say it anew, as long as it has not left."""
    shipment = held(shipment)
    if shipment.version != command.version or shipment.state != ShipmentState.PREPARING:
        raise ShipmentMoved(shipment.ref)
    refuse_frozen(shipment, by)
    pledges = _pledges(command, by, shipment.recipient_id)
    donor_id, _implementer_id = _sending_sides(command, pledges, by) if pledges else (shipment.agency_id, None)
    if donor_id != shipment.agency_id:
        raise Rejected(Problem("one_donor_only"))
    _check(command, pledges)
    shipment.lines.clear()
    db.session.flush()
    shipment.lines.extend(_lines(command, pledges))
    shipment.own_label = command.label
    for name in SAID:
        setattr(shipment, name, getattr(command, name))
    flag_modified(shipment, "remarks")  # lines alone would leave the version as it was
    note(SHIPMENT, shipment, "change", by=by, at=at, details={"units": shipment.sent})
    _note_text(command, shipment, by=by, at=at)
    return shipment


def cancel(command: CancelShipment, *, shipment: Shipment, by: Actor, at: datetime) -> Shipment:
    shipment = for_step(shipment, "cancel", version=command.version, by=by)
    take(shipment, "cancel", by=by, at=at, reason=command.reason)
    return shipment


def _pledges(command: PrepareShipment, by: Actor, recipient_id: int) -> list[Pledge]:
    """The commitments that are named, in the order of the lines; none that this side may not send from."""
    known = {pledge.ref: pledge for pledge in to_send(by, recipient_id)} if command.lines else {}
    unknown = [n for n, line in enumerate(command.lines) if line.pledge not in known]
    if unknown:
        raise Rejected(*(Problem("commitment_not_open", f"lines-{n}-quantity") for n in unknown))
    return [known[line.pledge] for line in command.lines]


def _sending_sides(command: PrepareShipment, pledges: Sequence[Pledge], by: Actor) -> tuple[int, int | None]:
    """The donor, and the implementer where one carries it out. Gifts are sent by a donor itself."""
    donors = {pledge.agency_id for pledge in pledges}
    if len(donors) > 1:
        raise Rejected(Problem("one_donor_only"))
    if by.agency_id is None or (command.gifts and not DONORS.holds(by, None)):
        raise NotAllowed("shipments:prepare")
    if not donors:
        return by.agency_id, None
    [donor_id] = donors
    if command.gifts and donor_id != by.agency_id:
        raise Rejected(Problem("gifts_by_donor"))
    implementers = {pledge.implementer_id for pledge in pledges}
    if donor_id != by.agency_id:
        return donor_id, by.agency_id
    return donor_id, implementers.pop() if len(implementers) == 1 else None


def _check(command: PrepareShipment, pledges: Sequence[Pledge]) -> None:
    found = [
        Problem("too_large", f"lines-{place}-quantity", {"max": pledge.to_ship})
        for place, (line, pledge) in enumerate(zip(command.lines, pledges, strict=True))
        if line.quantity > pledge.to_ship
    ]
    if found:
        raise Rejected(*found)


def _note_text(command: PrepareShipment, shipment: Shipment, *, by: Actor, at: datetime) -> None:
    """The audit keeps that somebody looked again, not the text."""
    if command.doubted:
        note(SHIPMENT, shipment, "confirm_text", by=by, at=at, details={"fields": command.doubted})


def _lines(command: PrepareShipment, pledges: Sequence[Pledge]) -> Iterator[ShipmentLine]:
    numbers = iter(range(1, len(command.lines) + len(command.gifts) + 1))
    for line, pledge in zip(command.lines, pledges, strict=True):
        yield _committed(line, pledge, next(numbers))
    for gift in command.gifts:
        yield _given(gift, next(numbers))


def _committed(line: CommittedLine, pledge: Pledge, number: int) -> ShipmentLine:
    return ShipmentLine(
        number=number,
        pledge=pledge,
        category=pledge.line.category,
        what=pledge.line.what,
        unit=pledge.line.unit,
        unit_minor=pledge.unit_minor,
        currency=pledge.currency,
        packages=line.packages,
        weight_kg=line.weight_kg,
        sent=line.quantity,
        **FROM_ZERO,
    )


def _given(gift: GiftLine, number: int) -> ShipmentLine:
    return ShipmentLine(
        number=number,
        pledge=None,
        category=gift.category,
        what=gift.what,
        unit=gift.unit,
        unit_minor=gift.unit_value.minor if gift.unit_value else None,
        currency=gift.unit_value.currency if gift.unit_value else None,
        packages=gift.packages,
        weight_kg=gift.weight_kg,
        sent=gift.quantity,
        **FROM_ZERO,
    )


FROM_ZERO = dict.fromkeys(("received", "damaged", "missing", "refused", "returned", "settled"), 0)
