"""Changing one's own name, language and password."""

from datetime import datetime

from sqlalchemy import Connection

from portal.features.people.domain import ChangePassword, ChangeProfile, password_problems
from portal.features.people.models import Person
from portal.features.people.services import hashing, throttle
from portal.features.people.services.sessions import end_sessions
from portal.infra.db import db
from portal.infra.outbox import post_mail
from portal.kernel.errors import Problem, Rejected
from portal.web.transaction import afterwards


def change_profile(command: ChangeProfile, *, person_id: int) -> Person:
    person = db.session.get_one(Person, person_id)
    person.name, person.language = command.name, command.language
    return person


def count_attempt(connection: Connection, *, person_id: int, at: datetime) -> throttle.TooManyAttempts | None:
    """Before the present password is looked at. Apart from signing in, so that no stranger can lock this door."""
    return throttle.claimed(connection, _present(person_id), at=at)


def _present(person_id: int) -> str:
    return throttle.subject("present", str(person_id))


def change_password(command: ChangePassword, *, person_id: int, session_id: int, at: datetime) -> Person:
    """Needs the present one, in an attempt that was counted, and ends every other session."""
    person = db.session.get_one(Person, person_id)
    if not hashing.verify(command.present, person.password_hash):
        raise Rejected(Problem("wrong_password", "present"))
    afterwards(lambda connection: throttle.start_anew(connection, _present(person_id)))
    if problems := tuple(password_problems(command.password, email=person.email)):
        raise Rejected(*problems)
    set_password(person, command.password, at=at)
    end_sessions(person.id, at=at, but=session_id)
    return person


def set_password(person: Person, password: str, *, at: datetime) -> None:
    """Stores the password and tells its owner, who may not be the one who changed it."""
    had_one = person.password_hash is not None
    person.password_hash = hashing.hash_password(password)
    if had_one:
        post_mail("password_changed", to=person.email, language=person.language, at=at, person_id=person.id)
