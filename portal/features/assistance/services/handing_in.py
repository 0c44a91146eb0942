"""From a draft to the secretariat: handed in, seen by a second pair of eyes, endorsed where the State wants it."""

from datetime import datetime

from portal.features.agencies.models import Agency
from portal.features.assistance.domain.asking import STEPS, RequestTerms
from portal.features.assistance.domain.drafting import (
    CONFIRMED,
    SAVED_STEPS,
    problems,
    texts_that_look_like_cases,
    whole,
)
from portal.features.assistance.models import Request
from portal.features.assistance.services.drafts import as_typed, create_draft
from portal.features.assistance.services.writing import write_terms, write_version
from portal.features.exchanges.queries import others_may_approve
from portal.infra.history import advance, note
from portal.kernel.contract import decode
from portal.kernel.errors import Frozen, Rejected
from portal.kernel.policy import Actor


def submit_request(request: Request, *, by: Actor, at: datetime, reason: str | None = None) -> Request:
    """Check everything the draft says and hand it to the approver; or refuse with every problem of every step."""
    if request.frozen:
        raise Frozen
    request.lifecycle.step(request.state, "submit")
    write_terms(request, checked(request, at=at))
    request.submitted_by = by.person_id
    request.returned_at = None
    wrote = {request.author_id, request.submitted_by, request.draft_saved_by} - {None}
    request.without_second_approver = not others_may_approve(request.agency_id, wrote, at=at)
    advance(request.lifecycle, request, "submit", by=by, at=at, reason=reason)
    note_confirmed_texts(request, by=by, at=at)
    return request


def submit_whole(command: RequestTerms, *, agency: Agency, by: Actor, at: datetime) -> Request:
    """Begin a request with these terms and send it for approval; the same rules as for one written in steps."""
    return submit_request(create_draft(agency, by=by, at=at, start=as_draft(command)), by=by, at=at)


def resubmit_whole(command: RequestTerms, *, request: Request, by: Actor, at: datetime) -> Request:
    """Hand in a draft, such as one that came back, with these terms in place of what it said."""
    if request.frozen:
        raise Frozen
    request.lifecycle.step(request.state, "submit")
    request.draft, request.draft_saved_at, request.draft_saved_by = as_draft(command), at, by.person_id
    return submit_request(request, by=by, at=at)


def as_draft(command: RequestTerms) -> dict[str, object]:
    """The draft that a person would have typed to say the same."""
    draft = as_typed(command.model_dump(mode="json", exclude={"text_confirmed"}))
    confirmed = sorted(texts_that_look_like_cases(draft).values()) if command.text_confirmed else []
    return draft | {SAVED_STEPS: list(STEPS), CONFIRMED: confirmed}


def checked(request: Request, *, at: datetime) -> RequestTerms:
    """The draft as checked terms; refused with everything that stands in the way."""
    if found := problems(request.draft, today=at.date()):
        raise Rejected(*found)
    return decode(RequestTerms, whole(request.draft))


def note_confirmed_texts(request: Request, *, by: Actor, at: datetime) -> None:
    """The history keeps the fact that text was looked at again, never the text."""
    if fields := sorted(texts_that_look_like_cases(request.draft)):
        note(request.lifecycle, request, "confirm_text", by=by, at=at, details={"fields": fields})


def approve(request: Request, *, by: Actor, at: datetime, reason: str | None = None) -> Request:
    """The approver's act: to the secretariat, or on to the coordinator where the State switched that on."""
    if request.endorsement_needed:
        advance(request.lifecycle, request, "pass_on", by=by, at=at, reason=reason)
        return request
    return _to_screening(request, "approve", by=by, at=at, reason=reason)


def endorse(request: Request, *, by: Actor, at: datetime, reason: str | None = None) -> Request:
    return _to_screening(request, "endorse", by=by, at=at, reason=reason)


def return_request(request: Request, *, by: Actor, at: datetime, reason: str | None = None) -> Request:
    """Back to the authors, with what is to be mended."""
    request.returned_at = at
    advance(request.lifecycle, request, "return", by=by, at=at, reason=reason)
    return request


def _to_screening(request: Request, step: str, *, by: Actor, at: datetime, reason: str | None) -> Request:
    request.screening_at = at
    version = write_version(request, at=at)
    advance(request.lifecycle, request, step, by=by, at=at, reason=reason, details={"version": version.number})
    return request
