"""Single requests, with everything a page or a service needs of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from portal.features.agencies.models import Agency
from portal.features.assistance.domain.disclosure import Seen
from portal.features.assistance.domain.lifecycles import REQUEST
from portal.features.assistance.models import (
    DueDiligence,
    Request,
    RequestCounterpart,
    RequestQuestion,
    RequestRelease,
    RequestVersion,
)
from portal.features.assistance.queries.sight import visible
from portal.features.people.models import Membership, Person
from portal.infra.db import db, first
from portal.infra.history import StateChange
from portal.kernel.policy import Actor, Role
from portal.kernel.reference import parse_reference


def loaded(query: Select[Any]) -> Select[Any]:
    """With agency, State, lines and field rules: what services and pages touch."""
    return query.options(
        joinedload(Request.agency).joinedload(Agency.state),
        selectinload(Request.lines),
        selectinload(Request.fields),
    )


def by_id(request_id: int) -> Request | None:
    """For services that already decided who may see it."""
    return first(loaded(select(Request).where(Request.id == request_id)))


def find(actor: Actor | None, ref: str, **_rest: Any) -> Request | None:
    """The request behind a reference if the actor may know of it, with how they are connected to it."""
    known = parse_reference(ref)
    if known is None:
        return None
    request = first(loaded(select(Request).where(Request.ref == known, visible(actor))))
    return with_seen(request, actor) if request else None


def with_seen(request: Request, actor: Actor | None) -> Request:
    """Tell the request how the actor is connected to it, for the rules that ask."""
    if actor is not None:
        request.seen = _seen(request, actor)
    return request


def _seen(request: Request, actor: Actor) -> Seen:
    counterpart = select(RequestCounterpart.live, RequestCounterpart.agreed).where(
        RequestCounterpart.request_id == request.id, RequestCounterpart.agency_id == actor.agency_id
    )
    live, agreed = db.session.execute(counterpart).first() or (0, 0)
    rows = db.session.execute(
        select(RequestRelease.person_id, RequestRelease.exact).where(
            RequestRelease.request_id == request.id,
            or_(RequestRelease.agency_id == actor.agency_id, RequestRelease.person_id == actor.person_id),
        )
    ).all()
    to_agency = [row for row in rows if row.person_id is None]
    return Seen(
        live=live > 0,
        agreed=agreed > 0,
        released_to_agency=bool(to_agency),
        released_exactly=any(row.exact for row in to_agency),
        released_to_person=len(to_agency) < len(rows),
    )


def closing_reason(request_id: int) -> str:
    """What was said when a request was closed, for donors who read it."""
    query = select(StateChange.reason).where(
        StateChange.lifecycle == REQUEST.name,
        StateChange.subject_id == request_id,
        StateChange.transition.in_(("close_partly", "close_unmet")),
    )
    return db.session.scalar(query) or ""


def versions(request_id: int) -> Sequence[RequestVersion]:
    """Newest first."""
    query = select(RequestVersion).where(RequestVersion.request_id == request_id)
    return db.session.scalars(query.order_by(RequestVersion.number.desc())).all()


@dataclass(frozen=True, slots=True)
class Released:
    """An agency (its key) or a person (their name) to whom a request was released."""

    number: int
    key: str | None
    name: str | None
    exact: bool
    at: datetime
    pledged: bool
    """A live pledge of this agency stands on it."""


def released_to(request_id: int) -> Sequence[Released]:
    """In the order in which they were named."""
    pledged = (RequestCounterpart.live > 0) | (RequestCounterpart.agreed > 0)
    query = (
        select(RequestRelease.id, Agency.key, Person.name, RequestRelease.exact, RequestRelease.at, pledged)
        .select_from(RequestRelease)
        .outerjoin(Agency, Agency.id == RequestRelease.agency_id)
        .outerjoin(Person, Person.id == RequestRelease.person_id)
        .outerjoin(
            RequestCounterpart,
            and_(
                RequestCounterpart.request_id == RequestRelease.request_id,
                RequestCounterpart.agency_id == RequestRelease.agency_id,
            ),
        )
        .where(RequestRelease.request_id == request_id)
        .order_by(RequestRelease.id)
    )
    return [Released(*row[:5], pledged=bool(row[5])) for row in db.session.execute(query)]


def questions(request_id: int) -> Sequence[RequestQuestion]:
    """In the order they were asked, with the agency of who asked."""
    query = select(RequestQuestion).where(RequestQuestion.request_id == request_id)
    return db.session.scalars(query.options(joinedload(RequestQuestion.agency)).order_by(RequestQuestion.number)).all()


def asker(request_id: int, number: int) -> tuple[int | None, int]:
    """Who asked a question, and for which agency."""
    query = select(RequestQuestion.asked_by, RequestQuestion.agency_id).where(
        RequestQuestion.request_id == request_id, RequestQuestion.number == number
    )
    person_id, agency_id = db.session.execute(query).one()
    return person_id, agency_id


def diligence(request_id: int) -> Sequence[Any]:
    """The records of due diligence with the reviewer's name, the latest first."""
    query = (
        select(DueDiligence, Person.name)
        .join(Person, Person.id == DueDiligence.reviewer_id)
        .where(DueDiligence.request_id == request_id)
        .order_by(DueDiligence.id.desc())
    )
    return db.session.execute(query).all()


def counterparts(request_id: int) -> Sequence[int]:
    """The agencies with a live pledge on a request."""
    query = select(RequestCounterpart.agency_id).where(
        RequestCounterpart.request_id == request_id, RequestCounterpart.live > 0
    )
    return db.session.scalars(query).all()


def is_donor(agency_id: int, *, at: datetime) -> bool:
    """An agency is a donor while one of its people is a donor officer or a donor approver."""
    query = select(func.count()).where(
        Membership.agency_id == agency_id,
        Membership.role.in_([Role.DONOR_OFFICER, Role.DONOR_APPROVER]),
        Membership.starts_at <= at,
        or_(Membership.ends_at.is_(None), Membership.ends_at > at),
    )
    return bool(db.session.scalar(query))
