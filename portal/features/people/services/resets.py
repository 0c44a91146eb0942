"""A new password for someone who forgot theirs. What is answered, and what is done, is the same for every address."""

from datetime import datetime
from secrets import token_urlsafe

from sqlalchemy import delete, select, update

from portal.features.people.domain import RESET_LASTS, ForgottenPassword, NewPassword, password_problems
from portal.features.people.models import PasswordReset, Person
from portal.features.people.queries.acting import token_hash
from portal.features.people.services import throttle
from portal.features.people.services.accounts import set_password
from portal.features.people.services.sessions import end_sessions
from portal.infra.db import bookkeeping, db
from portal.infra.outbox import post_mail
from portal.kernel.errors import Problem, Rejected
from portal.web.links import absolute_url


def ask(command: ForgottenPassword, *, address: str | None, at: datetime) -> bool:
    """Post a link to the address if it has an account. Raises only when this network asked too often.

    The same rows are written for an address without an account: its link leads nowhere and its mail is marked as gone.
    """
    db.session.rollback()
    account = throttle.subject("reset", command.email)
    with bookkeeping() as connection:
        refused = throttle.claimed(connection, throttle.address_subject("reset_address", address), at=at)
        too_often = None if refused else throttle.claimed(connection, account, at=at)
    if refused:
        raise refused
    person = db.session.scalars(select(Person).where(Person.email == command.email)).first()
    known = person is not None and person.password_hash is not None and too_often is None
    token = token_urlsafe(32)
    db.session.execute(delete(PasswordReset).where(PasswordReset.expires_at < at - RESET_LASTS))
    db.session.add(
        PasswordReset(
            token_hash=token_hash(token),
            person_id=person.id if person and known else None,
            expires_at=at + RESET_LASTS,
            used_at=None,
        )
    )
    language = person.language if person and known else "en"
    mail = post_mail(
        "password_reset",
        to=command.email if known else "",
        language=language,
        at=at,
        params={"url": absolute_url("people.new_password", lang=language, token=token), "hours": 1}
        if known
        else {"url": "", "hours": 1},
        person_id=person.id if person and known else None,
    )
    mail.sent_at = None if known else at
    return True


def find(token: str, *, at: datetime) -> PasswordReset | None:
    query = select(PasswordReset).where(
        PasswordReset.token_hash == token_hash(token),
        PasswordReset.used_at.is_(None),
        PasswordReset.expires_at > at,
        PasswordReset.person_id.is_not(None),
    )
    return db.session.scalars(query).first()


def reset(command: NewPassword, *, token: str, at: datetime) -> Person:
    """Sets the password once, ends every session and every other link. It signs nobody in."""
    row = find(token, at=at)
    person = db.session.get(Person, row.person_id) if row else None
    if row is None or person is None:
        raise Rejected(Problem("link_used"))
    if problems := tuple(password_problems(command.password, email=person.email)):
        raise Rejected(*problems)
    mine = update(PasswordReset).where(PasswordReset.id == row.id, PasswordReset.used_at.is_(None))
    if db.session.execute(mine.values(used_at=at)).rowcount != 1:  # type: ignore[attr-defined]
        raise Rejected(Problem("link_used"))
    others = update(PasswordReset).where(PasswordReset.person_id == person.id, PasswordReset.used_at.is_(None))
    db.session.execute(others.values(used_at=at))
    set_password(person, command.password, at=at)
    end_sessions(person.id, at=at)
    return person
