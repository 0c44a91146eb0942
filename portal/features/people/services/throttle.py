"""Counts attempts in the database before anything is verified, so that parallel attempts cannot slip through."""

import hashlib
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Any

from sqlalchemy import Connection, case, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from portal.features.people.domain import FORGOTTEN_AFTER, FREE_ATTEMPTS, wait_after
from portal.features.people.models import SignInThrottle
from portal.kernel.errors import DomainError

_IPV6_HOME = 64
_INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class TooManyAttempts(DomainError):
    """Nothing was verified; `wait` says for how long nothing will be."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(str(wait))
        self.wait = wait


def subject(kind: str, value: str) -> str:
    return f"{kind}:{hashlib.sha256(value.encode()).hexdigest()[:60]}"


def address_subject(kind: str, address: str | None) -> str:
    """One network address; for IPv6 the network that one household or office gets."""
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return subject(kind, "unknown")
    if parsed.version == 6:  # noqa: PLR2004
        return subject(kind, str(ip_network((parsed, _IPV6_HOME), strict=False)))
    return subject(kind, str(parsed))


def claim(connection: Connection, of: str, *, at: datetime) -> None:
    """Count one attempt, or raise `TooManyAttempts`. The row is locked until the caller's transaction ends."""
    table = SignInThrottle
    insert: Any = _INSERTS[connection.dialect.name](table)
    empty = insert.values(subject=of, attempts=0, blocked_until=None, window_ends_at=at + FORGOTTEN_AFTER)
    connection.execute(empty.on_conflict_do_nothing(index_elements=["subject"]))
    counted = (
        update(table)
        .where(table.subject == of, or_(table.blocked_until.is_(None), table.blocked_until <= at))
        .values(
            attempts=case((table.window_ends_at <= at, 1), else_=table.attempts + 1),
            window_ends_at=at + FORGOTTEN_AFTER,
        )
        .returning(table.attempts)
    )
    attempts = connection.execute(counted).scalar_one_or_none()
    if attempts is None:
        until = connection.execute(select(table.blocked_until).where(table.subject == of)).scalar_one()
        raise TooManyAttempts((until or at) - at)
    if wait := wait_after(attempts, free=FREE_ATTEMPTS[of.partition(":")[0]]):
        connection.execute(update(table).where(table.subject == of).values(blocked_until=at + wait))


def claimed(connection: Connection, *subjects: str, at: datetime) -> TooManyAttempts | None:
    """What was claimed before a refusal stays claimed, so the refusal is raised after the transaction."""
    try:
        for one in subjects:
            claim(connection, one, at=at)
    except TooManyAttempts as refusal:
        return refusal
    return None


def start_anew(connection: Connection, of: str) -> None:
    """After a success nothing is held against it any more."""
    query = update(SignInThrottle).where(SignInThrottle.subject == of)
    connection.execute(query.values(attempts=0, blocked_until=None))


def forgive(connection: Connection, *, account: str, address: str) -> None:
    """After a success the account starts anew; the address gets back the one attempt that was right."""
    table = SignInThrottle
    start_anew(connection, account)
    connection.execute(
        update(table)
        .where(table.subject == address)
        .values(
            attempts=case((table.attempts > 0, table.attempts - 1), else_=0),
            blocked_until=case((table.attempts <= FREE_ATTEMPTS["address"], None), else_=table.blocked_until),
        )
    )
