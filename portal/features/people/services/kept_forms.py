"""Keeps what someone sent after their sign-in had ended, until the same person decides about it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select

from portal.features.people.domain import FORM_KEPT_FOR, kept_fields, own_path
from portal.features.people.models import KeptForm, UserSession
from portal.features.people.queries.acting import token_hash
from portal.infra.db import db, first

_MOST_CHARACTERS = 200_000


def keep(token: str, path: str, pairs: Sequence[tuple[str, str]], *, at: datetime) -> bool:
    """Keeps the form if the session behind this cookie timed out by itself; one that was ended is worth nothing."""
    session = first(
        select(UserSession).where(UserSession.token_hash == token_hash(token), UserSession.ended_at.is_(None))
    )
    fields = kept_fields(list(pairs))
    if session is None or own_path(path) is None or not fields:
        return False
    if sum(len(name) + len(value) for name, value in fields) > _MOST_CHARACTERS:
        return False
    discard(session.person_id)
    db.session.add(KeptForm(person_id=session.person_id, path=path, fields=fields, kept_at=at))
    return True


def kept_for(person_id: int, *, at: datetime) -> KeptForm | None:
    return first(select(KeptForm).where(KeptForm.person_id == person_id, KeptForm.kept_at > at - FORM_KEPT_FOR))


def discard(person_id: int) -> None:
    db.session.execute(delete(KeptForm).where(KeptForm.person_id == person_id))
