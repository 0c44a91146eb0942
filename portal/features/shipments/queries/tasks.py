"""What waits for someone in shipments, derived from the shipments themselves."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from portal.features.shipments.domain.lifecycle import ON_THE_WAY, RECEIVABLE, ShipmentState
from portal.features.shipments.domain.vocabulary import Asked
from portal.features.shipments.models import Shipment
from portal.features.shipments.policy import DONORS, WRITERS, approver
from portal.features.shipments.queries.sight import visible
from portal.infra.db import db
from portal.kernel.policy import Actor
from portal.kernel.tasks import Task

MOST = 50
LIVE = frozenset({ShipmentState.PREPARING}) | ON_THE_WAY | RECEIVABLE
ICONS = {"receive": "box", "close": "okc", "differences": "tri", "under_way": "truck", "dispatch": "truck"}


def tasks(actor: Actor, *, at: datetime) -> list[Task]:  # noqa: ARG001 - every source of tasks is asked alike
    """Of this actor: to send, to receive, to close, to confirm, and differences to read."""
    if actor.agency_id is None or actor.suspended or not (DONORS | WRITERS).holds(actor, None):
        return []
    ours = or_(
        Shipment.agency_id == actor.agency_id,
        Shipment.recipient_id == actor.agency_id,
        Shipment.implementer_id == actor.agency_id,
    )
    query = (
        select(Shipment)
        .where(visible(actor), ours)
        .where(
            or_(
                Shipment.state.in_(sorted(LIVE)),
                Shipment.differs > Shipment.acknowledged,
                Shipment.asked.is_not(None),
            )
        )
        .options(joinedload(Shipment.agency), joinedload(Shipment.recipient), selectinload(Shipment.lines))
        .order_by(Shipment.id.desc())
        .limit(MOST)
    )
    return [task for shipment in db.session.scalars(query) if (task := _of(actor, shipment))]


def _of(actor: Actor, shipment: Shipment) -> Task | None:
    code = _code(actor, shipment)
    if code is None:
        return None
    return Task(
        code=f"shipment.{code}",
        ref=shipment.ref,
        endpoint="shipments.shipment",
        args={"ref": shipment.ref},
        params={"title": shipment.waybill or shipment.ref},
        since=shipment.created_at,
        icon=ICONS.get(code, "two"),
        waits_on_us=code != "under_way",
    )


def _code(actor: Actor, shipment: Shipment) -> str | None:
    receives = actor.agency_id == shipment.recipient_id
    if shipment.asked is not None and shipment.asked_by != shipment.side_of(actor.agency_id):
        return f"confirm_{shipment.asked}" if _confirms(actor, shipment.asked, receives=receives) else None
    if receives:
        return _of_recipient(actor, shipment)
    if not (DONORS.holds(actor, None) or actor.agency_id == shipment.implementer_id):
        return None
    if shipment.differs > shipment.acknowledged:
        return "differences"
    return "dispatch" if shipment.state == ShipmentState.PREPARING else None


def _of_recipient(actor: Actor, shipment: Shipment) -> str | None:
    if not WRITERS.holds(actor, None):
        return None
    if shipment.state in ON_THE_WAY:
        return "under_way"
    if shipment.state not in RECEIVABLE:
        return None
    if shipment.open:
        return "receive"
    return "close" if approver.holds(actor, None) else None


def _confirms(actor: Actor, asked: Asked, *, receives: bool) -> bool:
    """Lost is said by whoever sends or stores; the rest is decided by an approver of the recipient, or the donor."""
    if not receives:
        return DONORS.holds(actor, None) or asked is Asked.LOSE
    return WRITERS.holds(actor, None) if asked is Asked.LOSE else approver.holds(actor, None)
