"""The end of a request: declined, withdrawn, closed partly or unmet, or fulfilled."""

from datetime import datetime

from sqlalchemy import exists, select

from portal.features.assistance.domain.acts import CloseRequest
from portal.features.assistance.domain.lifecycles import PledgeState, RequestState
from portal.features.assistance.models import Pledge, Request
from portal.features.assistance.services.counterparts import release_pledges
from portal.features.assistance.services.pledge_steps import held_request
from portal.features.assistance.services.writing import index_words
from portal.infra.db import db
from portal.infra.history import advance
from portal.kernel.errors import Problem, Rejected
from portal.kernel.policy import SYSTEM, Actor

UNCOMMITTED = (PledgeState.OFFERED, PledgeState.ACCEPTED)
NOT_RECEIVED = (*UNCOMMITTED, PledgeState.COMMITTED)


def decline(request: Request, *, by: Actor, at: datetime, reason: str | None = None) -> Request:
    advance(request.lifecycle, request, "decline", by=by, at=at, reason=reason)
    request.closed_at = at
    request.draft = {}
    return request


def withdraw(request: Request, *, by: Actor, at: datetime, reason: str | None = None) -> Request:
    """Take the request back. Its pledges are released, their donors are told."""
    held_request(request.id)
    on_its_way = exists().where(Pledge.request_id == request.id, Pledge.shipped > Pledge.short)
    if db.session.scalar(select(on_its_way)):
        raise Rejected(Problem("something_shipped"))
    advance(request.lifecycle, request, "withdraw", by=by, at=at, reason=reason)
    release_pledges(request, states=NOT_RECEIVED, at=at)
    request.closed_at = at
    request.draft = {}
    index_words(request)
    return request


def close(command: CloseRequest, *, request: Request, by: Actor, at: datetime) -> Request:
    """End it without everything. What is committed stays receivable; what nobody committed to is released."""
    held_request(request.id)
    received = any(line.received for line in request.lines)
    pledged = any(line.pledged for line in request.lines)
    if received and not command.partly:
        raise Rejected(Problem("something_received", "partly"))
    if command.partly and not pledged:
        raise Rejected(Problem("nothing_pledged", "partly"))
    step = "close_partly" if command.partly else "close_unmet"
    details = {"cause": command.cause.value} | ({"text_confirmed": True} if command.doubted else {})
    advance(request.lifecycle, request, step, by=by, at=at, reason=command.reason, details=details)
    request.closing_cause, request.closed_at = command.cause, at
    states = UNCOMMITTED if command.partly else NOT_RECEIVED
    release_pledges(request, states=states, at=at)
    request.draft = {}
    index_words(request)
    return request


def fulfil_if_done(request: Request, *, at: datetime) -> bool:
    """The portal's own step: every live line was received in full. Call it after each delivery."""
    done = all(line.received == line.quantity for line in request.live_lines)
    if not done or request.state != RequestState.OPEN:
        return False
    advance(request.lifecycle, request, "fulfil", by=SYSTEM, at=at)
    request.closed_at = at
    index_words(request)
    return True
