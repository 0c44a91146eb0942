"""Commitments of which something may still be sent, and where they go."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import joinedload

from portal.features.agencies.domain import AgencyStatus
from portal.features.agencies.models import Agency
from portal.features.assistance.domain.lifecycles import PledgeState
from portal.features.assistance.domain.vocabulary import LineKind
from portal.features.assistance.models import Pledge, Request, RequestLine
from portal.features.assistance.queries.pledges import WITH_PARTIES, pledges_seen
from portal.infra.db import db, first
from portal.kernel.policy import Actor

MOST = 100


def to_send(actor: Actor, recipient_id: int, *, kept: Sequence[int] = ()) -> Sequence[Pledge]:
    """Commitments of the actor's side to one recipient with units left to send, and those kept in any case."""
    query = _sendable(actor).where(Request.agency_id == recipient_id)
    query = query.where(or_(_something_left(), Pledge.id.in_(kept))) if kept else query.where(_something_left())
    return db.session.scalars(query.options(*WITH_PARTIES).order_by(Pledge.id).limit(MOST)).all()


def recipients(actor: Actor) -> Sequence[Agency]:
    """The agencies for which the actor's side has something to send."""
    ids = _sendable(actor).where(_something_left()).with_only_columns(Request.agency_id).distinct()
    query = select(Agency).where(Agency.id.in_(ids)).options(joinedload(Agency.state)).order_by(Agency.key)
    return db.session.scalars(query.limit(MOST)).all()


def agency_by_key(key: str) -> Agency | None:
    """A verified agency, for a donation that nobody has asked for."""
    query = select(Agency).where(Agency.key == key, Agency.status == AgencyStatus.VERIFIED)
    found: Agency | None = first(query.options(joinedload(Agency.state)))
    return found


def linkable(actor: Actor, donor_id: int, recipient_id: int, units: int) -> Sequence[Pledge]:
    """Commitments of a donor to a recipient that still have room for so many units."""
    query = _sendable(actor).where(
        Pledge.agency_id == donor_id,
        Request.agency_id == recipient_id,
        Pledge.quantity - Pledge.shipped + Pledge.short >= units,
    )
    return db.session.scalars(query.options(*WITH_PARTIES).order_by(Pledge.id).limit(MOST)).all()


def _sendable(actor: Actor) -> Select[Any]:
    return (
        select(Pledge)
        .join(Request, Request.id == Pledge.request_id)
        .join(RequestLine, RequestLine.id == Pledge.line_id)
        .where(
            pledges_seen(actor),
            Pledge.state == PledgeState.COMMITTED,
            RequestLine.kind == LineKind.EQUIPMENT,
            or_(Pledge.agency_id == actor.agency_id, Pledge.implementer_id == actor.agency_id),
        )
    )


def _something_left() -> ColumnElement[bool]:
    return Pledge.shipped - Pledge.short < Pledge.quantity
