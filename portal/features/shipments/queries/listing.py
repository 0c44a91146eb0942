"""The list of shipments, newest first, and the rows of its export."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from portal.features.agencies.models import Agency
from portal.features.assistance.models import Pledge
from portal.features.shipments.domain.lifecycle import STATES
from portal.features.shipments.domain.vocabulary import Box
from portal.features.shipments.models import Shipment, ShipmentLine
from portal.features.shipments.queries.records import WITH_PARTIES, seen_by
from portal.features.shipments.queries.sight import visible
from portal.infra.db import db
from portal.kernel.policy import Actor

MOST_EXPORTED = 10_000
_CHUNK = 100
FOR_LIST = (
    joinedload(Shipment.agency).joinedload(Agency.state),
    joinedload(Shipment.recipient).joinedload(Agency.state),
    selectinload(Shipment.lines).joinedload(ShipmentLine.pledge).joinedload(Pledge.request),
)


def listed(actor: Actor, box: Box) -> Select[Any]:
    """Shipments of one kind that the actor sees, each with its id; whoever runs it says in which order."""
    query = select(Shipment).where(visible(actor)).options(*FOR_LIST).add_columns(Shipment.id)
    if box in STATES:
        query = query.where(Shipment.state.in_(sorted(STATES[box])))
    if box is Box.DIFFERENCES:
        query = query.where(Shipment.differs > Shipment.acknowledged)
    return query


def every(actor: Actor, box: Box) -> Iterator[Shipment]:
    """All of them for an export, in pieces, each with how the actor is connected to what it answers."""
    ids = db.session.scalars(
        listed(actor, box).with_only_columns(Shipment.id).order_by(Shipment.id.desc()).limit(MOST_EXPORTED)
    ).all()
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        query = select(Shipment).where(Shipment.id.in_(chunk)).options(*WITH_PARTIES).order_by(Shipment.id.desc())
        for shipment in db.session.scalars(query).unique():
            yield seen_by(shipment, actor)
        db.session.expunge_all()
