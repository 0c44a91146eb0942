"""What waits for someone, derived from the requests themselves."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select

from portal.features.agencies.models import Agency
from portal.features.assistance.domain.clock import SCREENING
from portal.features.assistance.domain.lifecycles import LIVE, RequestState
from portal.features.assistance.models import Request, RequestQuestion
from portal.features.assistance.policy import WRITERS
from portal.features.assistance.queries.sight import readable
from portal.infra.db import db
from portal.infra.history import StateChange
from portal.kernel.policy import Actor, Role
from portal.kernel.tasks import Task

MOST = 50
RENEW_BEFORE = timedelta(days=30)
COLUMNS = (
    *(Request.id, Request.ref, Request.title, Request.state, Request.author_id, Request.submitted_by),
    *(Request.draft_saved_by, Request.returned_at, Request.screening_at, Request.without_second_approver),
)
S = RequestState


def tasks(actor: Actor, *, at: datetime) -> list[Task]:
    """Of this actor: what came back, what to approve, endorse, answer or screen, and what others still have to do."""
    found = [*_of_own_agency(actor, at), *_of_own_state(actor, at), *_of_secretariat(actor, at)]
    return sorted(found, key=lambda task: task.since)


def _of_own_agency(actor: Actor, at: datetime) -> Iterator[Task]:
    if actor.agency_id is None or actor.suspended or not WRITERS.holds(actor, None):
        return
    own = select(*COLUMNS).where(Request.agency_id == actor.agency_id)
    waiting = [S.DRAFT, S.SUBMITTED, S.ENDORSING, S.SCREENING]
    rows = db.session.execute(_newest(own.where(Request.state.in_(waiting)))).all()
    since = _handed_in([row.id for row in rows if row.state in {S.SUBMITTED, S.ENDORSING}])
    for row in rows:
        if row.state == S.DRAFT:
            if row.returned_at:
                yield _task("mend", row, row.returned_at, icon="undo")
        elif row.state == S.SUBMITTED and actor.role == Role.APPROVER and _other_wrote(actor, row):
            yield _task("approve", row, since.get(row.id, at), icon="eye")
        else:
            yield _task("waits", row, row.screening_at or since.get(row.id, at), icon="clock", waits_on_us=False)
    yield from _unanswered(actor)


def _unanswered(actor: Actor) -> Iterator[Task]:
    query = (
        select(*COLUMNS, RequestQuestion.asked_at)
        .join(RequestQuestion, RequestQuestion.request_id == Request.id)
        .where(
            Request.agency_id == actor.agency_id,
            Request.state.in_([*LIVE, S.SCREENING]),
            RequestQuestion.answer.is_(None),
        )
        .order_by(RequestQuestion.id)
        .limit(MOST)
    )
    seen: set[int] = set()
    for row in db.session.execute(query):
        if row.id not in seen:
            seen.add(row.id)
            yield _task("answer", row, row.asked_at, icon="chat")


def _of_own_state(actor: Actor, at: datetime) -> Iterator[Task]:
    if actor.role != Role.COORDINATOR or actor.state is None or actor.suspended:
        return
    query = select(*COLUMNS).join(Agency, Agency.id == Request.agency_id).where(Agency.state_iso2 == actor.state)
    rows = db.session.execute(_newest(query.where(Request.state.in_([S.SUBMITTED, S.ENDORSING])))).all()
    since = _handed_in([row.id for row in rows])
    for row in rows:
        if row.state == S.ENDORSING:
            yield _task("endorse", row, since.get(row.id, at), icon="eye")
        elif row.without_second_approver and _other_wrote(actor, row):
            yield _task("approve", row, since.get(row.id, at), icon="eye")


def _of_secretariat(actor: Actor, at: datetime) -> Iterator[Task]:
    """Screening with its clock, and due diligence that ends soon. What they may not read has only its reference."""
    if actor.role != Role.SECRETARIAT:
        return
    query = select(*COLUMNS, readable(actor).label("read")).where(Request.state == S.SCREENING)
    for row in db.session.execute(query.order_by(Request.screening_at, Request.id).limit(MOST)):
        yield _task("screen", row, row.screening_at, icon="eye", due_at=row.screening_at + SCREENING, read=row.read)
    ending = and_(
        Request.state.in_(LIVE),
        or_(Request.diligence_until.is_(None), Request.diligence_until < (at + RENEW_BEFORE).date()),
    )
    renew = select(*COLUMNS, Request.opened_at).where(ending, readable(actor))
    for row in db.session.execute(renew.order_by(Request.opened_at, Request.id).limit(MOST)):
        yield _task("renew_diligence", row, row.opened_at or at, icon="shield")


def _newest(query: Any) -> Any:
    return query.order_by(Request.id.desc()).limit(MOST)


def _other_wrote(actor: Actor, row: Any) -> bool:
    return actor.person_id not in {row.author_id, row.submitted_by, row.draft_saved_by}


def _handed_in(ids: list[int]) -> dict[int, datetime]:
    """When each request came to where it is now."""
    if not ids:
        return {}
    query = (
        select(StateChange.subject_id, StateChange.at)
        .where(StateChange.lifecycle == "request", StateChange.subject_id.in_(ids))
        .where(StateChange.transition.in_(["submit", "pass_on"]))
        .order_by(StateChange.id)
    )
    return dict(db.session.execute(query).all())


def _task(
    code: str,
    row: Any,
    since: datetime,
    *,
    icon: str,
    waits_on_us: bool = True,
    due_at: datetime | None = None,
    read: bool = True,
) -> Task:
    return Task(
        code=f"request.{code}",
        ref=row.ref,
        endpoint="assistance.request",
        args={"ref": row.ref},
        params={"title": row.title if read and row.title else row.ref},
        since=since,
        due_at=due_at,
        icon=icon,
        waits_on_us=waits_on_us,
    )
