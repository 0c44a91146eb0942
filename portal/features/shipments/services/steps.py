"""What every step of a shipment has in common: the locks, the version that was seen, and what follows a step."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from portal.features.assistance.models import Pledge
from portal.features.assistance.services.pledge_steps import hold_request
from portal.features.shipments.domain.lifecycle import SHIPMENT
from portal.features.shipments.domain.moved import ShipmentMoved
from portal.features.shipments.domain.preparing import LONGEST_WAY
from portal.features.shipments.models import Shipment, ShipmentLine
from portal.features.shipments.queries.records import WITH_PARTIES
from portal.infra.db import db
from portal.infra.history import advance
from portal.kernel.errors import Frozen, Problem
from portal.kernel.policy import Actor

EAST_OF_US = timedelta(hours=14)
"""Where a day begins first: it is a day there while it is still the day before in UTC."""


def held(shipment: Shipment, *, also: Sequence[int] = ()) -> Shipment:
    """The shipment as it is now, held until the transaction ends: first its requests and those named, in order,
    then itself.

    Everyone who touches pledges takes the same locks in the same order, so nobody waits in a circle.
    """
    db.session.flush()
    requests = _requests_of(shipment.id)
    for request_id in sorted({*requests, *also}):
        hold_request(request_id)
    query = select(Shipment).where(Shipment.id == shipment.id)
    db.session.execute(query.with_only_columns(Shipment.id).with_for_update(key_share=True))
    if _requests_of(shipment.id) != requests:
        raise ShipmentMoved(shipment.ref)
    found = db.session.scalars(query.options(*WITH_PARTIES).execution_options(populate_existing=True))
    return found.unique().one()


def for_step(shipment: Shipment, name: str, *, version: int, by: Actor) -> Shipment:
    """Held, still what this person saw, and not frozen: from here on the step called `name` may be taken."""
    shipment = held(shipment)
    if shipment.version != version or shipment.state not in SHIPMENT.transitions[name].sources:
        raise ShipmentMoved(shipment.ref)
    refuse_frozen(shipment, by)
    return shipment


def refuse_frozen(shipment: Shipment, by: Actor) -> None:
    if shipment.frozen or by.suspended:
        raise Frozen


def take(
    shipment: Shipment,
    name: str,
    *,
    by: Actor,
    at: datetime,
    reason: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Take a step. What one side had asked for before no longer stands."""
    advance(SHIPMENT, shipment, name, by=by, at=at, reason=reason, details=details)
    shipment.asked = shipment.asked_by = None


def late(on: date, field: str, *, at: datetime, after: date | None = None, before: str = "") -> list[Problem]:
    """What is wrong with the day of something that happened: to come, too long ago, or before what came first."""
    found = []
    if on > (at + EAST_OF_US).date():
        found.append(Problem("day_to_come", field))
    elif on < at.date() - LONGEST_WAY:
        found.append(Problem("day_too_long_ago", field))
    if after is not None and on < after:
        found.append(Problem(before, field, {"day": after.isoformat()}))
    return found


def _requests_of(shipment_id: int) -> Sequence[int]:
    query = select(Pledge.request_id).join(ShipmentLine, ShipmentLine.pledge_id == Pledge.id)
    return db.session.scalars(
        query.where(ShipmentLine.shipment_id == shipment_id).distinct().order_by(Pledge.request_id)
    ).all()
