"""Writes checked terms into a request: its columns, its lines, its version, and the words it is found by."""

import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import attributes, joinedload, selectinload

from portal.features.agencies.models import Agency
from portal.features.assistance.domain.asking import Line
from portal.features.assistance.domain.finding import LIVE_STAGE, REACH, stage, terms_for
from portal.features.assistance.domain.lifecycles import SHOWN, RequestState
from portal.features.assistance.domain.rungs import fair_day, open_share, sustainment_score
from portal.features.assistance.domain.terms import PLAIN, terms_of
from portal.features.assistance.models import Request, RequestLine, RequestTerm, RequestVersion
from portal.features.assistance.services.unmet import recount
from portal.infra.db import db
from portal.kernel.reference import Kind, new_reference
from portal.kernel.states import STATES

LINE_PLAIN = (
    *("kind", "category", "what", "unit", "days", "existing", "existing_condition", "required", "accepts_used"),
    *("needs_training", "alternatives", "export_answer"),
)


def new_request(agency: Agency, *, at: datetime) -> Request:
    """An empty request of an agency, not yet in the session, with its lists loaded (and empty)."""
    request = Request(ref=new_reference(Kind.REQUEST, at.year), state=RequestState.DRAFT, draft={})
    request.agency = agency
    for name in ("lines", "fields"):
        attributes.set_committed_value(request, name, [])
    return request


def write_terms(request: Request, terms: Any) -> None:
    """Put checked terms into the columns; quantities of lines that are there already are claimed elsewhere."""
    for name in PLAIN:
        value = getattr(terms, name)
        plain = [_json(one) for one in value] if isinstance(value, tuple) else value
        setattr(request, name, plain)
    _write_lines(request, terms.lines)


def _write_lines(request: Request, given: Sequence[Line]) -> None:
    """Lines keep their numbers once the request was open; before that they are counted from one."""
    fixed = request.opened_at is not None
    known = {line.number: line for line in request.lines}
    following = max(known, default=0) + 1
    kept: set[int] = set()
    for place, one in enumerate(given, start=1):
        line = known.get((one.number or 0) if fixed else place)
        if line is None:
            line = RequestLine(number=following if fixed else place, quantity=one.quantity, pledged=0, received=0)
            request.lines.append(line)
            following += 1
        elif not fixed:
            line.quantity = one.quantity
        kept.add(line.number)
        _write_line(line, one)
    for line in list(request.lines):
        line.live = line.number in kept
        if not line.live and not fixed:
            request.lines.remove(line)


def _write_line(line: RequestLine, given: Line) -> None:
    for name in LINE_PLAIN:
        setattr(line, name, getattr(given, name))
    line.est_minor = given.unit_cost.minor if given.unit_cost else None
    line.est_currency = given.unit_cost.currency if given.unit_cost else None
    line.spec = dict(given.spec)
    answers = given.sustainment.model_dump(mode="json") if given.sustainment else None
    line.sustainment = answers
    score = sustainment_score(answers)
    line.sustainment_points = score.score if score else None


def _json(value: Any) -> Any:
    return value.model_dump(mode="json") if hasattr(value, "model_dump") else getattr(value, "value", value)


def write_version(request: Request, *, at: datetime) -> RequestVersion:
    """Add the next version of the terms."""
    db.session.flush()
    request.terms_version += 1
    terms = terms_of(request)
    canonical = json.dumps(terms, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    version = RequestVersion(
        request_id=request.id,
        number=request.terms_version,
        terms=terms,
        hash=hashlib.sha256(canonical.encode()).hexdigest(),
        at=at,
    )
    db.session.add(version)
    return version


def index_words(request: Request) -> None:
    """Write what a shown request is found by, in place of what was there; nothing for one that is not shown."""
    db.session.flush()
    recount(request.id)
    db.session.execute(delete(RequestTerm).where(RequestTerm.request_id == request.id))
    if request.state not in SHOWN or request.opened_at is None or request.needed_by is None:
        return
    request.fair_on = _fair_on(request)
    common = {
        "request_id": request.id,
        "stage": stage(request.state),
        "reach": REACH[request.label],
        "opened_at": request.opened_at,
        "needed_by": request.needed_by,
        "fair_on": request.fair_on,
    }
    found = sorted({term[:60] for term in terms_for(request, rules=request.rules, agency=request.agency)})
    db.session.execute(insert(RequestTerm), [common | {"term": term} for term in found])


def recount_fair_share(*, at: datetime) -> int:  # noqa: ARG001 - every timed job gets the instant
    """Bring the fair-share order up to what was pledged and released, and say how many requests moved.

    Done by the clock: a pledge must never wait for another one on the same request to rewrite its place in a list.
    """
    moved = 0
    query = select(Request).where(Request.stage == LIVE_STAGE, Request.first_pledged_at.is_not(None))
    query = query.options(joinedload(Request.agency), selectinload(Request.lines)).order_by(Request.id)
    for request in db.session.scalars(query.execution_options(yield_per=500)):
        day = _fair_on(request)
        if day != request.fair_on:
            for table, key in ((Request, Request.id), (RequestTerm, RequestTerm.request_id)):
                db.session.execute(
                    update(table).where(key == request.id).values(fair_on=day),
                    execution_options={"synchronize_session": False},
                )
            moved += 1
    return moved


def _fair_on(request: Request) -> date:
    state = STATES.get(request.agency.state_iso2 or "")
    if request.opened_at is None:
        raise ValueError("only what is open has a place among open needs")
    return fair_day(
        opened_on=request.opened_at.date(),
        open_share=open_share(request.live_lines),
        in_special_situation=state is not None and state.in_special_situation,
    )
