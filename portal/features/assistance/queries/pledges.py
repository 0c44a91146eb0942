"""Who sees which pledges, and what is read of them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select
from sqlalchemy.orm import joinedload

from portal.features.agencies.models import Agency
from portal.features.assistance.domain.disclosure import NAMED_ONLY, OVERSEERS
from portal.features.assistance.domain.lifecycles import HOLDING, PLEDGE_LIVE
from portal.features.assistance.models import Pledge, PledgeWaiting, Request, RequestRelease, ServiceDelivery
from portal.features.assistance.queries.records import with_seen
from portal.features.assistance.queries.sight import readable
from portal.infra.db import db, first
from portal.kernel.labels import Tlp
from portal.kernel.policy import Actor
from portal.kernel.reference import parse_reference

MOST_SHOWN = 20
WITH_PARTIES = (
    joinedload(Pledge.line),
    joinedload(Pledge.agency).joinedload(Agency.state),
    joinedload(Pledge.implementer),
    joinedload(Pledge.request).joinedload(Request.agency).joinedload(Agency.state),
    joinedload(Pledge.request).selectinload(Request.lines),
    joinedload(Pledge.request).selectinload(Request.fields),
)


def pledges_seen(actor: Actor | None) -> ColumnElement[bool]:
    """Pledges that the actor may see, joined with their request: the twin of `Pledge.disclosed_to`."""
    if actor is None or actor.agency_id is None:
        return false()
    named = exists().where(RequestRelease.request_id == Request.id, RequestRelease.person_id == actor.person_id)
    ways = [
        Request.agency_id == actor.agency_id,
        and_(
            Pledge.agency_id == actor.agency_id,
            or_(Request.label != Tlp.RED, and_(Request.opened_at.is_not(None), named)),
        ),
        and_(
            Pledge.implementer_id == actor.agency_id,
            or_(Request.label.not_in(sorted(NAMED_ONLY)), readable(actor)),
        ),
    ]
    if actor.role in OVERSEERS:
        ways.append(readable(actor))
    return or_(*ways)


def find_pledge(actor: Actor | None, ref: str, **_rest: Any) -> Pledge | None:
    """The pledge behind a reference if the actor may see it, with how they are connected to its request."""
    known = parse_reference(ref)
    if known is None or actor is None:
        return None
    query = select(Pledge).join(Request, Request.id == Pledge.request_id)
    pledge: Pledge | None = first(query.where(Pledge.ref == known, pledges_seen(actor)).options(*WITH_PARTIES))
    if pledge is not None:
        with_seen(pledge.request, actor)
    return pledge


def pledges_of(request_id: int) -> Sequence[Pledge]:
    """Those that count on the lines of a request, in the order they were made, with their donors."""
    query = select(Pledge).where(Pledge.request_id == request_id, Pledge.state.in_(sorted(HOLDING)))
    return db.session.scalars(query.options(joinedload(Pledge.agency)).order_by(Pledge.id)).all()


def own_on(line_id: int, agency_id: int | None) -> Sequence[Pledge]:
    """What an agency has pledged to a line itself and has not ended: a form that is sent again shows it."""
    query = select(Pledge).where(
        Pledge.line_id == line_id, Pledge.agency_id == agency_id, Pledge.state.in_(sorted(PLEDGE_LIVE))
    )
    return db.session.scalars(query.order_by(Pledge.id).limit(MOST_SHOWN)).all()


def deliveries_of(pledge_id: int) -> Sequence[ServiceDelivery]:
    """In the order in which they were recorded."""
    query = select(ServiceDelivery).where(ServiceDelivery.pledge_id == pledge_id)
    return db.session.scalars(query.order_by(ServiceDelivery.number)).all()


def waits(line_id: int, person_id: int | None) -> bool:
    """Whether this person asked to be told."""
    query = select(PledgeWaiting.id).filter_by(line_id=line_id, person_id=person_id)
    return db.session.scalar(query) is not None
