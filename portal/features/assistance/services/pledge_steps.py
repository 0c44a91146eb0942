"""What every step of a pledge has in common: the lock, the version that was seen, and what follows a step."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.features.assistance.domain.lifecycles import PLEDGE, PLEDGE_LIVE
from portal.features.assistance.domain.moved import PledgeMoved
from portal.features.assistance.models import Pledge, Request
from portal.features.assistance.queries.pledges import WITH_PARTIES
from portal.features.assistance.queries.records import loaded
from portal.features.assistance.services.counterparts import follow
from portal.features.assistance.services.holding import hold_request
from portal.infra.db import db
from portal.infra.history import advance
from portal.kernel.errors import Frozen
from portal.kernel.policy import Actor


def held_request(request_id: int) -> Request:
    """The request and its lines as they are now, held."""
    hold_request(request_id)
    query = loaded(select(Request).where(Request.id == request_id))
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def held_pledge(pledge_id: int, request_id: int) -> Pledge:
    """The pledge and its request as they are now, held."""
    hold_request(request_id)
    query = select(Pledge).where(Pledge.id == pledge_id).options(*WITH_PARTIES)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def for_step(pledge: Pledge, name: str, *, version: int, by: Actor) -> Pledge:
    """Held, still what this person saw, and not frozen: from here on the step called `name` may be taken."""
    pledge = held_pledge(pledge.id, pledge.request_id)
    require_seen(pledge, name, version=version)
    refuse_frozen(pledge, by)
    return pledge


def require_seen(pledge: Pledge, name: str, *, version: int) -> None:
    if pledge.version != version or pledge.state not in PLEDGE.transitions[name].sources:
        raise PledgeMoved(pledge.ref)


def refuse_frozen(pledge: Pledge, by: Actor) -> None:
    if pledge.frozen or by.suspended:
        raise Frozen


def take(
    pledge: Pledge,
    name: str,
    *,
    by: Actor,
    at: datetime,
    reason: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Take a step, and let the request know who is connected to it. What was asked for before ends with the pledge."""
    advance(PLEDGE, pledge, name, by=by, at=at, reason=reason, details=details)
    if pledge.state not in PLEDGE_LIVE:
        pledge.reduce_to = pledge.close_asked_by = None
    follow(pledge.request_id, pledge.agency_id)
