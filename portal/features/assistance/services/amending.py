"""Changes open requests: typed in the same steps, then published at once as a new version."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.features.agencies.models import Agency
from portal.features.assistance.domain.asking import STEPS, RequestTerms
from portal.features.assistance.domain.drafting import BASE, SAVED_STEPS
from portal.features.assistance.domain.lifecycles import PLEDGE_LIVE, RequestState
from portal.features.assistance.domain.terms import changed_lines, terms_of
from portal.features.assistance.models import Pledge, Request, RequestLine
from portal.features.assistance.services.claims import make_room
from portal.features.assistance.services.drafts import as_typed
from portal.features.assistance.services.handing_in import as_draft, checked, note_confirmed_texts
from portal.features.assistance.services.holding import hold_request
from portal.features.assistance.services.writing import index_words, write_terms, write_version
from portal.infra.db import db
from portal.infra.history import advance
from portal.kernel.errors import Frozen, IllegalTransition, Problem, Rejected, Stale
from portal.kernel.policy import Actor


def begin_amendment(request: Request, *, by: Actor, at: datetime) -> Request:
    """Open the steps for the published terms; an amendment somebody already began is continued."""
    _refuse_unless_open(request)
    if request.draft.get(BASE) != request.terms_version:
        request.draft = as_typed(terms_of(request)) | {BASE: request.terms_version, SAVED_STEPS: list(STEPS)}
        request.draft_saved_at, request.draft_saved_by = at, by.person_id
    return request


def discard_amendment(request: Request, *, by: Actor, at: datetime) -> Request:
    """Leave the published terms as they are."""
    if request.state == RequestState.OPEN:
        request.draft = {}
        request.draft_saved_at, request.draft_saved_by = at, by.person_id
    return request


def amend(request: Request, *, by: Actor, at: datetime, reason: str | None = None) -> Request:
    """Publish the changed terms as the next version. Never less of a line than what is pledged of it."""
    hold_request(request.id)  # before its lines, as those who pledge do: nobody waits in a circle
    _refuse_unless_open(request)
    if request.draft.get(BASE) != request.terms_version:
        raise Stale(Problem("changed_meanwhile"))
    terms = checked(request, at=at)
    before = terms_of(request)
    _make_room(request, terms.lines)
    write_terms(request, terms)
    db.session.flush()
    after = terms_of(request)
    changed = sorted(name for name in after if name != "lines" and before.get(name) != after[name])
    lines = changed_lines(before, after)
    if not changed and not lines:
        raise Rejected(Problem("nothing_changed"))
    version = write_version(request, at=at)
    details = {"version": version.number, "changed": changed, "lines": lines}
    note_confirmed_texts(request, by=by, at=at)
    request.draft = {}
    index_words(request)
    advance(request.lifecycle, request, "amend", by=by, at=at, reason=reason, details=details)
    return request


def amend_whole(command: RequestTerms, *, request: Request, by: Actor, at: datetime) -> Request:
    """Publish these terms in place of the current ones."""
    begin_amendment(request, by=by, at=at)
    request.draft = as_draft(command) | {BASE: request.terms_version}
    return amend(request, by=by, at=at)


def _refuse_unless_open(request: Request) -> None:
    if request.frozen:
        raise Frozen
    if request.state != RequestState.OPEN:
        raise IllegalTransition(request.lifecycle.name, "amend", request.state)


def _make_room(request: Request, given: Iterable[Any]) -> None:
    """Set new quantities first, guarded against claims that come in at the same moment; lines left out need zero."""
    wanted = {line.number: (place, line.quantity) for place, line in enumerate(given) if line.number}
    found: list[Problem] = []
    for line in request.live_lines:
        place, quantity = wanted.get(line.number, (None, None))
        if quantity is None:
            if line.pledged:
                found.append(_below(line, None))
        elif quantity != line.quantity and not make_room(line, quantity):
            found.append(_below(line, f"lines-{place}-quantity"))
    if found:
        raise Rejected(*found)


def _below(line: RequestLine, field: str | None) -> Problem:
    refs = ", ".join(pledge.ref for pledge, _ in pledges_on(line.id))
    return Problem("below_pledged", field, {"pledged": line.pledged, "what": line.what, "pledges": refs})


def pledges_on(line_id: int) -> Sequence[Any]:
    """Live pledges on a line with the donor's key: those to be released first."""
    query = (
        select(Pledge, Agency.key)
        .join(Agency, Agency.id == Pledge.agency_id)
        .where(Pledge.line_id == line_id, Pledge.state.in_(PLEDGE_LIVE))
        .order_by(Pledge.id)
    )
    return db.session.execute(query).all()
