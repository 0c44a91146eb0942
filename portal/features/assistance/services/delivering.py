"""Delivery of services: recorded by the donor's side, confirmed by the recipient, counted as received."""

from datetime import datetime

from sqlalchemy import func, select

from portal.features.assistance.domain.lifecycles import PLEDGE, PledgeState
from portal.features.assistance.domain.moved import PledgeMoved
from portal.features.assistance.domain.pledging import ConfirmService, RecordService
from portal.features.assistance.domain.vocabulary import SERVICES, LineKind, Unit
from portal.features.assistance.models import Pledge, ServiceDelivery
from portal.features.assistance.services.claims import receive
from portal.features.assistance.services.endings import fulfil_if_done
from portal.features.assistance.services.pledge_steps import held_pledge, refuse_frozen, take
from portal.infra.db import db
from portal.infra.history import note
from portal.kernel.errors import Conflict, Problem, Rejected
from portal.kernel.policy import SYSTEM, Actor


def record_service(command: RecordService, *, pledge: Pledge, by: Actor, at: datetime) -> ServiceDelivery:
    """Write down what was delivered of a committed pledge: never more than it still owes."""
    pledge = held_pledge(pledge.id, pledge.request_id)
    refuse_frozen(pledge, by)
    if pledge.state != PledgeState.COMMITTED:
        raise PledgeMoved(pledge.ref)
    if found := _problems(command, pledge, at=at):
        raise Rejected(*found)
    last = db.session.scalar(select(func.max(ServiceDelivery.number)).where(ServiceDelivery.pledge_id == pledge.id))
    delivery = ServiceDelivery(
        pledge_id=pledge.id,
        number=(last or 0) + 1,
        starts_on=command.starts_on,
        ends_on=command.ends_on,
        quantity=command.quantity,
        attended=command.attended,
        note=command.note,
        recorded_by=by.person_id,
        recorded_at=at,
    )
    db.session.add(delivery)
    details = {"number": delivery.number, "quantity": delivery.quantity}
    note(PLEDGE, pledge, "record_service", by=by, at=at, details=details)
    return delivery


def confirm_service(command: ConfirmService, *, pledge: Pledge, by: Actor, at: datetime) -> ServiceDelivery:
    """The recipient's word on one delivery, all of it, a part, or nothing: only this counts as received."""
    pledge = held_pledge(pledge.id, pledge.request_id)
    refuse_frozen(pledge, by)
    query = select(ServiceDelivery).filter_by(pledge_id=pledge.id, number=command.number)
    delivery = db.session.scalars(query.execution_options(populate_existing=True)).first()
    if delivery is None:
        raise Rejected(Problem("unknown_delivery"))
    if delivery.accepted is not None:
        raise Conflict(Problem("delivery_answered"))
    if pledge.state not in {PledgeState.COMMITTED, PledgeState.DISPUTED}:
        raise PledgeMoved(pledge.ref)
    if command.accepted > delivery.quantity:
        raise Rejected(Problem("too_large", "accepted", {"max": delivery.quantity}))
    if command.accepted < delivery.quantity and not command.reason:
        raise Rejected(Problem("required", "reason"))
    delivery.accepted, delivery.reason = command.accepted, command.reason
    delivery.confirmed_by, delivery.confirmed_at = by.person_id, at
    pledge.received += command.accepted
    details = {"number": delivery.number, "accepted": command.accepted, "quantity": delivery.quantity}
    note(PLEDGE, pledge, "confirm_service", by=by, at=at, reason=command.reason or None, details=details)
    if command.accepted:
        receive(pledge.line, command.accepted)
    fulfil_if_received(pledge, at=at)
    return delivery


def fulfil_if_received(pledge: Pledge, *, at: datetime) -> bool:
    """The portal's own step, when all of it was received; the request may be fulfilled by it too."""
    if pledge.state != PledgeState.COMMITTED or pledge.received < pledge.quantity:
        return False
    take(pledge, "fulfil", by=SYSTEM, at=at)
    fulfil_if_done(pledge.request, at=at)
    return True


def unanswered(pledge: Pledge) -> int:
    """Units that were delivered and that the recipient has not answered for yet."""
    query = select(func.coalesce(func.sum(ServiceDelivery.quantity), 0)).where(
        ServiceDelivery.pledge_id == pledge.id, ServiceDelivery.accepted.is_(None)
    )
    return int(db.session.scalar(query) or 0)


def undelivered(pledge: Pledge) -> int:
    """Units that may still be recorded as delivered."""
    return pledge.quantity - pledge.received - unanswered(pledge)


def _problems(command: RecordService, pledge: Pledge, *, at: datetime) -> list[Problem]:
    found = []
    if pledge.line.kind not in SERVICES:
        found.append(Problem("received_through_shipments"))
    left = undelivered(pledge)
    if command.quantity > left:
        found.append(Problem("too_large", "quantity", {"max": left}))
    if pledge.line.unit == Unit.PERSON and command.attended is not None and command.attended > command.quantity:
        found.append(Problem("too_large", "attended", {"max": command.quantity}))
    licence = pledge.line.kind == LineKind.SOFTWARE
    if command.starts_on > at.date() or (command.ends_on > at.date() and not licence):
        found.append(Problem("not_over_yet", "starts_on" if command.starts_on > at.date() else "ends_on"))
    return found
