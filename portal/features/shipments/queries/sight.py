"""Who sees which shipment, as SQL: the twin of `Shipment.disclosed_to`."""

from sqlalchemy import ColumnElement, and_, exists, false, or_, select

from portal.features.assistance.domain.disclosure import NAMED_ONLY, OVERSEERS
from portal.features.assistance.models import Pledge, Request
from portal.features.assistance.queries.pledges import pledges_seen
from portal.features.shipments.models import Shipment, ShipmentLine
from portal.kernel.policy import Actor


def visible(actor: Actor | None) -> ColumnElement[bool]:
    """Of its sides, and overseers where its own label lets them; never with a commitment that the actor may not see."""
    if actor is None or actor.agency_id is None:
        return false()
    ways = [
        Shipment.agency_id == actor.agency_id,
        Shipment.recipient_id == actor.agency_id,
        Shipment.implementer_id == actor.agency_id,
    ]
    if actor.role in OVERSEERS:
        ways.append(Shipment.own_label.not_in(sorted(NAMED_ONLY)))
    return and_(or_(*ways), ~_with_an_unseen_commitment(actor))


def _with_an_unseen_commitment(actor: Actor) -> ColumnElement[bool]:
    seen = (
        select(Pledge.id)
        .join(Request, Request.id == Pledge.request_id)
        .where(Pledge.id == ShipmentLine.pledge_id, pledges_seen(actor))
        .correlate(ShipmentLine)
    )
    return exists().where(ShipmentLine.shipment_id == Shipment.id, ShipmentLine.pledge_id.is_not(None), ~seen.exists())
