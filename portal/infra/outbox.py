"""Mails to send, written in the same transaction as what they tell of, and sent by the job runner afterwards.

Each mail goes out at least once: it is claimed, handed over, and marked as sent, each in a transaction of its own.
Whoever dies in between leaves it to be sent again when the claim runs out, with the same Message-ID.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from email.message import EmailMessage
from time import monotonic
from typing import Any, cast
from uuid import uuid4

from sqlalchemy import JSON, CursorResult, ForeignKey, Index, String, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from portal.infra.db import Table, db, reading
from portal.infra.mail import Hand, MailServerAway

AT_ONCE = 100
"""Mails in one round: the rest waits a few seconds."""
CLAIMED_FOR = timedelta(minutes=5)
"""Longer than a round and one mail take. A claim that runs out means that its sender died."""
ROUND = timedelta(minutes=2)
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=10)
"""When the server is away: it comes back sooner or later, and mail should not wait long after that."""
LONGEST_WAIT_AFTER_REFUSAL = timedelta(hours=6)
KEPT_FOR = timedelta(days=30)
_LONGEST_ERROR = 300
_log = logging.getLogger("portal.mail")


class OutboxMail(Table):
    """One mail to one receiver. `kind` and `params` are codes: the words are found in its language when it is sent."""

    __tablename__ = "outbox_mail"
    __table_args__ = (Index("ix_outbox_mail_waiting", "sent_at", "next_try_at"),)

    message_id: Mapped[str] = mapped_column(String(80), unique=True)
    """Made once, so that a mail that went out twice is recognised as one."""
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    address: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(2))
    kind: Mapped[str] = mapped_column(String(60))
    params: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Emptied once the mail is out: a link with a secret in it stands here no longer than it must."""
    created_at: Mapped[datetime]
    next_try_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(default="")
    sent_at: Mapped[datetime | None]


Compose = Callable[[OutboxMail], EmailMessage | None]
"""Finds the words of a mail; None when nobody should get it any more."""
Open = Callable[[], AbstractContextManager[Hand]]


def post_mail(
    kind: str, *, to: str, language: str, at: datetime, params: Mapping[str, Any] | None = None, person_id: int | None
) -> OutboxMail:
    """Put a mail in the outbox within the current transaction: it goes out if, and only if, that commits."""
    mail = OutboxMail(
        message_id=f"<{uuid4().hex}@portal>",
        person_id=person_id,
        address=to,
        language=language,
        kind=kind,
        params=dict(params or {}),
        created_at=at,
        next_try_at=at,
    )
    db.session.add(mail)
    return mail


def send_due(compose: Compose, open_delivery: Open, *, at: datetime) -> int:
    """Send what waits, and say how many mails went out. Commits by itself: nothing is held while a server answers."""
    due = _due(at)
    sent = 0
    if not due:
        return sent
    stop_at = monotonic() + ROUND.total_seconds()
    try:
        with open_delivery() as hand:
            for mail_id in due:
                if monotonic() > stop_at:
                    break
                if _claim(mail_id, at) and _send(mail_id, compose, hand, at):
                    sent += 1
    except MailServerAway as away:
        _postpone(due, str(away), at)
    return sent


def forget_sent(*, at: datetime) -> None:
    db.session.execute(delete(OutboxMail).where(OutboxMail.sent_at < at - KEPT_FOR))


def _due(at: datetime) -> Sequence[int]:
    reading(only=True)
    query = select(OutboxMail.id).where(OutboxMail.sent_at.is_(None), OutboxMail.next_try_at <= at)
    due = db.session.scalars(query.order_by(OutboxMail.next_try_at, OutboxMail.id).limit(AT_ONCE)).all()
    db.session.rollback()
    reading(only=False)
    return due


def _claim(mail_id: int, at: datetime) -> bool:
    """Of several senders exactly one moves the next try away from now."""
    result = db.session.execute(
        update(OutboxMail)
        .where(OutboxMail.id == mail_id, OutboxMail.sent_at.is_(None), OutboxMail.next_try_at <= at)
        .values(next_try_at=at + CLAIMED_FOR, tries=OutboxMail.tries + 1)
        .execution_options(synchronize_session=False)
    )
    db.session.commit()
    return cast("CursorResult[Any]", result).rowcount == 1


def _send(mail_id: int, compose: Compose, hand: Hand, at: datetime) -> bool:
    """Hand one claimed mail over. One that cannot be composed or is refused waits, and the others go on."""
    db.session.expire_all()
    mail = db.session.get_one(OutboxMail, mail_id)
    tries, message_id = mail.tries, mail.message_id
    try:
        message = compose(mail)
        db.session.rollback()
        if message is None:
            db.session.execute(delete(OutboxMail).where(OutboxMail.id == mail_id))
            db.session.commit()
            return False
        hand(message)
    except MailServerAway as away:
        _note_failure(mail_id, str(away), at + _wait(tries, LONGEST_WAIT))
        raise
    except Exception as error:  # noqa: BLE001 - one bad mail must not stop the others
        _log.exception("the mail %s could not be sent", message_id)
        _note_failure(mail_id, f"{type(error).__name__}: {error}", at + _wait(tries, LONGEST_WAIT_AFTER_REFUSAL))
        return False
    db.session.execute(update(OutboxMail).where(OutboxMail.id == mail_id).values(sent_at=at, last_error="", params={}))
    db.session.commit()
    return True


def _note_failure(mail_id: int, error: str, next_try_at: datetime) -> None:
    db.session.rollback()
    db.session.execute(
        update(OutboxMail)
        .where(OutboxMail.id == mail_id)
        .values(last_error=error[:_LONGEST_ERROR], next_try_at=next_try_at)
    )
    db.session.commit()


def _postpone(due: Sequence[int], error: str, at: datetime) -> None:
    """The server is away: everything that nobody claimed meanwhile waits a little longer each time."""
    db.session.rollback()
    waiting = update(OutboxMail).where(
        OutboxMail.sent_at.is_(None), OutboxMail.next_try_at <= at, OutboxMail.id.in_(due)
    )
    tries = select(OutboxMail.id, OutboxMail.tries).where(OutboxMail.id.in_(due), OutboxMail.sent_at.is_(None))
    by_wait: dict[timedelta, list[int]] = {}
    for mail_id, count in db.session.execute(tries).all():
        by_wait.setdefault(_wait(count + 1, LONGEST_WAIT), []).append(mail_id)
    for wait, ids in by_wait.items():
        db.session.execute(
            waiting.where(OutboxMail.id.in_(ids))
            .values(next_try_at=at + wait, tries=OutboxMail.tries + 1, last_error=error[:_LONGEST_ERROR])
            .execution_options(synchronize_session=False)
        )
    db.session.commit()


def _wait(tries: int, longest: timedelta) -> timedelta:
    return min(FIRST_WAIT * 2 ** min(max(tries - 1, 0), 20), longest)
