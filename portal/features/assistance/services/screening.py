"""The secretariat's part: due diligence, opening, sending back with questions, holding and resuming."""

from datetime import datetime

from portal.features.assistance.domain.acts import RecordDiligence
from portal.features.assistance.domain.lifecycles import LIVE, RequestState
from portal.features.assistance.models import DueDiligence, Request
from portal.features.assistance.services.unmet import recount
from portal.features.assistance.services.writing import index_words
from portal.infra.db import db
from portal.infra.history import advance, note
from portal.kernel.errors import Frozen, IllegalTransition, Problem, Rejected
from portal.kernel.policy import Actor


def record_diligence(command: RecordDiligence, *, request: Request, by: Actor, at: datetime) -> DueDiligence:
    """Add a record; the latest counts. Open pledges stay as they are: only accepting asks for it."""
    if request.frozen:
        raise Frozen
    if request.state not in LIVE | {RequestState.SCREENING}:
        raise IllegalTransition(request.lifecycle.name, "record_diligence", request.state)
    if command.valid_until is not None and command.valid_until < at.date():
        raise Rejected(Problem("day_over", "valid_until"))
    record = DueDiligence(
        request_id=request.id,
        outcome=command.outcome,
        risk=command.risk,
        factors=[factor.value for factor in command.factors],
        mitigation=command.mitigation,
        valid_until=command.valid_until,
        reviewer_id=by.person_id,
        at=at,
    )
    db.session.add(record)
    request.diligence_outcome, request.diligence_risk = command.outcome, command.risk
    request.diligence_until = command.valid_until
    details = {"outcome": command.outcome.value, "risk": command.risk.value if command.risk else None}
    note(request.lifecycle, request, "record_diligence", by=by, at=at, details=details)
    return record


def open_request(request: Request, *, by: Actor, at: datetime, reason: str | None = None) -> Request:
    """Donors see it from now on. Everything they will see is in place before the step is announced."""
    first = request.opened_at is None
    request.opened_at = at if first else request.opened_at
    advance(request.lifecycle, request, "open", by=by, at=at, reason=reason)
    request.draft = {}
    index_words(request)
    return request


def send_back(request: Request, *, by: Actor, at: datetime, reason: str | None = None) -> Request:
    """Back to the agency with questions: the screening clock stops, and starts anew when it comes back."""
    request.returned_at = at
    advance(request.lifecycle, request, "send_back", by=by, at=at, reason=reason)
    return request


def hold(request: Request, *, by: Actor, at: datetime, reason: str | None = None) -> Request:
    """Pledges stay; nothing is pledged or accepted until it goes on."""
    advance(request.lifecycle, request, "hold", by=by, at=at, reason=reason)
    recount(request.id)
    return request


def resume(request: Request, *, by: Actor, at: datetime, reason: str | None = None) -> Request:
    advance(request.lifecycle, request, "resume", by=by, at=at, reason=reason)
    recount(request.id)
    return request
