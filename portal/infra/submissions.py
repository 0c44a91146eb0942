"""Remembers each form that was sent, so that a double click, a refresh or the back button has one effect."""

from datetime import datetime, timedelta

from sqlalchemy import UniqueConstraint, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped

from portal.infra.db import Table, db

KEPT_FOR = timedelta(days=7)


class Submission(Table):
    """One form sent by one person. `path` says where and, by a digest, what; `location` is the page of its result."""

    __tablename__ = "submission"
    __table_args__ = (UniqueConstraint("person_id", "token"),)

    person_id: Mapped[int]
    token: Mapped[str]
    path: Mapped[str]
    location: Mapped[str | None]
    at: Mapped[datetime]


def claim(*, person_id: int, token: str, path: str, at: datetime) -> Submission | None:
    """Reserve the token within this transaction. None when it was used before: see `earlier`.

    The unique constraint makes a simultaneous repeat wait for the first one's outcome.
    """
    submission = Submission(person_id=person_id, token=token, path=path, location=None, at=at)
    try:
        with db.session.begin_nested():
            db.session.add(submission)
    except IntegrityError:
        return None
    return submission


def earlier(*, person_id: int, token: str) -> Submission | None:
    return db.session.scalars(select(Submission).filter_by(person_id=person_id, token=token)).first()


def forget_old(*, at: datetime) -> None:
    db.session.execute(delete(Submission).where(Submission.at < at - KEPT_FOR))
