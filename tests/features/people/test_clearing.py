"""What has had its time is removed, and nothing else."""

from datetime import timedelta

from flask import Flask

from portal.features.people.models import KeptForm, PasswordReset, SignInThrottle, UserSession
from portal.features.people.services.clearing import forget_old
from portal.infra.db import db, now
from tests.world import World


def test_what_has_had_its_time_is_removed_and_nothing_else(app: Flask, world: World) -> None:
    at, person = now(), world.people["host_editor"]
    for days, mark in ((40, b"old"), (1, b"new")):
        then = at - timedelta(days=days)
        ends = then if mark == b"old" else at + timedelta(hours=1)
        db.session.add_all(
            [
                UserSession(token_hash=mark * 3, person_id=person, created_at=then, seen_at=then, ended_at=then),
                PasswordReset(token_hash=mark * 4, person_id=person, expires_at=ends, used_at=None),
                SignInThrottle(subject=mark.decode(), attempts=1, blocked_until=None, window_ends_at=ends),
            ]
        )
    db.session.add(KeptForm(person_id=person, path="/en/", fields=[], kept_at=at - timedelta(days=2)))
    db.session.flush()
    for _ in range(2):
        forget_old(at=at)
    left = [len(db.session.scalars(db.select(table)).all()) for table in (UserSession, PasswordReset, KeptForm)]
    assert left == [1, 1, 0]
    assert db.session.scalars(db.select(SignInThrottle.subject)).all() == ["new"]
