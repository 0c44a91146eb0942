"""Signing in and out, choosing what to act for, and ending sessions."""

from dataclasses import dataclass
from datetime import datetime
from secrets import token_urlsafe

from sqlalchemy import Connection, select, update

from portal.features.people.domain import SEEN_EVERY, is_email, normal_email
from portal.features.people.models import Membership, Person, UserSession
from portal.features.people.queries.acting import Seat, holds, seats, token_hash
from portal.features.people.services import hashing, throttle
from portal.infra.db import bookkeeping, db
from portal.kernel.errors import Problem, Rejected


@dataclass(frozen=True, slots=True)
class _Account:
    person_id: int
    password_hash: str | None
    has_seat: bool


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session: the token for the cookie, and whether its person must first choose what to act for."""

    token: str
    person_id: int
    must_choose: bool


def sign_in(email: str, password: str, *, address: str | None, device: str, at: datetime) -> SignedIn:
    """A new session; or `TooManyAttempts`; or one and the same refusal for every other reason.

    The attempt is counted, and committed, before the one verification. No session of ours may be open then:
    on SQLite the two transactions would wait for each other.
    """
    db.session.rollback()
    email = normal_email(email)
    account, network = throttle.subject("account", email), throttle.address_subject("address", address)
    with bookkeeping() as connection:
        refused = throttle.claimed(connection, network, account, at=at)
        found = None if refused else _look_up(connection, email, at=at)
    if refused:
        raise refused
    if not hashing.verify(password, found.password_hash if found else None) or found is None or not found.has_seat:
        raise Rejected(Problem("wrong_sign_in"))
    throttle.forgive(db.session.connection(), account=account, address=network)
    person = db.session.get_one(Person, found.person_id)
    if hashing.outdated(found.password_hash or ""):
        person.password_hash = hashing.hash_password(password)
    return begin_session(person.id, device=device, at=at)


def _look_up(connection: Connection, email: str, *, at: datetime) -> _Account | None:
    """The account and whether it still belongs anywhere, in one query that runs the same for unknown addresses."""
    belongs = select(Membership.id).where(Membership.person_id == Person.id, holds(at)).exists()
    query = select(Person.id, Person.password_hash, belongs).where(Person.email == (email if is_email(email) else ""))
    row = connection.execute(query).one_or_none()
    return _Account(row[0], row[1], row[2]) if row else None


def begin_session(person_id: int, *, device: str, at: datetime) -> SignedIn:
    """A session with a fresh token. Whoever has one seat acts from it; whoever has several is asked."""
    token = token_urlsafe(32)
    choice = seats(person_id, at=at)
    db.session.add(
        UserSession(
            token_hash=token_hash(token),
            person_id=person_id,
            membership_id=choice[0].id if len(choice) == 1 else None,
            created_at=at,
            seen_at=at,
            ended_at=None,
            device=device[:200],
        )
    )
    db.session.flush()
    return SignedIn(token, person_id, must_choose=len(choice) > 1)


def seen(session: UserSession, *, at: datetime) -> bool:
    """Whether the last-seen time is worth writing again."""
    return at - session.seen_at >= SEEN_EVERY


def mark_seen(connection: Connection, session_id: int, *, at: datetime) -> None:
    query = update(UserSession).where(UserSession.id == session_id, UserSession.ended_at.is_(None))
    connection.execute(query.values(seen_at=at))


def act_for(session_id: int, seat: Seat) -> None:
    query = update(UserSession).where(UserSession.id == session_id)
    db.session.execute(query.values(membership_id=seat.id, deputy_id=seat.deputy.id if seat.deputy else None))


def end_session(session_id: int, *, at: datetime) -> None:
    query = update(UserSession).where(UserSession.id == session_id, UserSession.ended_at.is_(None))
    db.session.execute(query.values(ended_at=at))


def end_sessions(person_id: int, *, at: datetime, but: int | None = None) -> None:
    """Every session of a person, or every one but the one in which they ask."""
    query = update(UserSession).where(UserSession.person_id == person_id, UserSession.ended_at.is_(None))
    db.session.execute(query.where(UserSession.id != but).values(ended_at=at) if but else query.values(ended_at=at))


def end_one(person_id: int, handle: str, *, at: datetime) -> None:
    """One of the person's own sessions, named by its handle; nothing happens for anyone else's."""
    query = update(UserSession).where(UserSession.person_id == person_id, UserSession.handle == handle)
    db.session.execute(query.where(UserSession.ended_at.is_(None)).values(ended_at=at))


def release(session_id: int) -> None:
    """The person is asked again what to act for."""
    query = update(UserSession).where(UserSession.id == session_id)
    db.session.execute(query.values(membership_id=None, deputy_id=None))
