"""Who is acting: the session behind a cookie, and the seats from which its person may choose."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Date, and_, bindparam, exists, or_, select
from sqlalchemy.orm import aliased, joinedload

from portal.features.agencies.domain import AgencyStatus
from portal.features.agencies.models import Agency
from portal.features.people.domain import ABSOLUTE, IDLE
from portal.features.people.models import Deputy, Membership, Person, UserSession
from portal.infra.db import Instant, db
from portal.kernel.policy import Actor, Role

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Seat:
    """One place from which a person may act: a membership with its role, or the same as an approver's deputy."""

    membership: Membership
    role: Role
    deputy: Deputy | None = None

    @property
    def id(self) -> int:
        return self.membership.id

    @property
    def key(self) -> str:
        return self.deputy.handle if self.deputy else self.membership.handle

    @property
    def person(self) -> Person:
        return self.membership.person

    @property
    def person_id(self) -> int:
        return self.membership.person_id

    @property
    def agency(self) -> Agency:
        return self.membership.agency

    @property
    def agency_id(self) -> int:
        return self.membership.agency_id


def token_hash(token: str) -> bytes:
    """How secrets are stored. They are random and long, so that a fast hash is enough."""
    return hashlib.sha256(token.encode()).digest()


def holds(at: Any, membership: Any = Membership) -> ColumnElement[bool]:
    """A membership that holds at this instant, or at the one that a statement is given later."""
    return and_(membership.starts_at <= at, or_(membership.ends_at.is_(None), membership.ends_at > at))


def live_memberships(person_id: int, *, at: datetime) -> list[Membership]:
    """The memberships that hold at this instant, with their agencies, oldest first."""
    query = (
        select(Membership)
        .where(Membership.person_id == person_id, holds(at))
        .options(joinedload(Membership.agency).joinedload(Agency.state), joinedload(Membership.person))
        .order_by(Membership.id)
    )
    return list(db.session.scalars(query))


def seats(person_id: int, *, at: datetime) -> list[Seat]:
    """Everything the person may act as now: their memberships, and those where they are today's deputy."""
    rows = db.session.execute(_SEATS, {"person_id": person_id} | _moments(at))
    return _seats_of(rows.all(), at)


def signed_in(token: str, *, at: datetime) -> tuple[UserSession | None, list[Seat]]:
    """The session behind a cookie, unless it ended or timed out, and its person's seats: one statement."""
    rows = db.session.execute(_SIGNED_IN, {"token_hash": token_hash(token)} | _moments(at)).all()
    return (rows[0][0], _seats_of([row[1:] for row in rows], at)) if rows else (None, [])


def _moments(at: datetime) -> dict[str, Any]:
    days = {"from_day": at.date() - A_DAY, "to_day": at.date() + A_DAY}
    return days | {"at": at, "last_seen": at - IDLE, "opened": at - ABSOLUTE}


def _seats_of(rows: Iterable[tuple[Membership | None, Deputy | None]], at: datetime) -> list[Seat]:
    """Their own seats first; as a deputy on the days of the agency's own calendar."""
    own: dict[int, Seat] = {}
    acting: list[Seat] = []
    for membership, deputy in rows:
        if membership is None:
            continue
        own.setdefault(membership.id, Seat(membership, membership.role))
        if deputy is not None:
            today = at.astimezone(ZoneInfo(membership.agency.time_zone)).date()
            if deputy.starts_on <= today <= deputy.ends_on:
                acting.append(Seat(membership, Role.APPROVER, deputy))
    return [*own.values(), *sorted(acting, key=lambda seat: seat.deputy.id if seat.deputy else 0)]


def _with_deputies(query: Any) -> Any:
    """With deputies of a day near this instant, whose approver still is one."""
    principal = aliased(Membership)
    still = exists().where(
        principal.id == Deputy.for_membership_id,
        principal.role == Role.APPROVER,
        holds(bindparam("at", type_=Instant()), principal),
    )
    stands_in = and_(
        Deputy.membership_id == Membership.id,
        Membership.role != Role.APPROVER,
        Deputy.ended_at.is_(None),
        Deputy.ends_on >= bindparam("from_day", type_=Date()),
        Deputy.starts_on <= bindparam("to_day", type_=Date()),
        still,
    )
    loaded = (joinedload(Membership.agency).joinedload(Agency.state), joinedload(Membership.person))
    return query.outerjoin(Deputy, stands_in).options(*loaded).order_by(Membership.id, Deputy.id)


# Built once: putting such a statement together costs more than running it, and it runs for every page.
_HELD = holds(bindparam("at", type_=Instant()))
_SEATS = _with_deputies(select(Membership, Deputy).where(Membership.person_id == bindparam("person_id"), _HELD))
_SIGNED_IN = _with_deputies(
    select(UserSession, Membership, Deputy)
    .outerjoin(Membership, and_(Membership.person_id == UserSession.person_id, _HELD))
    .where(
        UserSession.token_hash == bindparam("token_hash"),
        UserSession.ended_at.is_(None),
        UserSession.seen_at > bindparam("last_seen", type_=Instant()),
        UserSession.created_at > bindparam("opened", type_=Instant()),
    )
)


def seat_of(session: UserSession, at_seats: list[Seat]) -> Seat | None:
    """The seat this session acts from; the only one where nothing was chosen; None when there is a choice to make."""
    if session.membership_id is None:
        return at_seats[0] if len(at_seats) == 1 else None
    chosen = (session.membership_id, session.deputy_id)
    return next((s for s in at_seats if (s.id, s.deputy.id if s.deputy else None) == chosen), None)


def actor_of(seat: Seat | Membership) -> Actor:
    agency = seat.agency
    return Actor(
        person_id=seat.person_id,
        membership_id=seat.id,
        role=seat.role,
        agency_id=agency.id,
        state=agency.state_iso2,
        verified=agency.status == AgencyStatus.VERIFIED,
        suspended=agency.suspended,
    )


def person(person_id: int) -> Person | None:
    return db.session.get(Person, person_id)


def live_sessions(person_id: int, *, at: datetime) -> Sequence[UserSession]:
    """Where the person is signed in, latest first."""
    query = select(UserSession).where(
        UserSession.person_id == person_id,
        UserSession.ended_at.is_(None),
        UserSession.seen_at > at - IDLE,
        UserSession.created_at > at - ABSOLUTE,
    )
    return db.session.scalars(query.order_by(UserSession.seen_at.desc(), UserSession.id.desc())).all()
