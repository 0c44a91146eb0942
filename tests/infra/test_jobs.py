"""The job runner: each job in a transaction of its own, one that fails harms nothing, and it stops when asked."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from portal.infra.db import db, now
from portal.infra.jobs import NoSuchQueue, Timed, make_queue, run_timed, schedule
from portal.infra.outbox import OutboxMail, post_mail

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
MINUTE = timedelta(minutes=1)


def write_mail(*, at: datetime) -> None:
    post_mail("kind", to="a@b.example", language="en", at=at, person_id=None)


def count() -> int:
    return db.session.scalar(db.select(db.func.count()).select_from(OutboxMail)) or 0


def test_what_a_job_did_is_kept(app: Flask) -> None:
    run_timed(app, Timed(name="write", every=MINUTE, run=write_mail), at=NOON)
    assert count() == 1


def test_what_a_failing_job_began_is_undone_and_logged(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    def fail(*, at: datetime) -> None:
        write_mail(at=at)
        db.session.flush()
        raise RuntimeError("no")

    run_timed(app, Timed(name="failing", every=MINUTE, run=fail), at=NOON)
    assert count() == 0
    assert "failing" in caplog.text


def test_a_job_gets_its_turn_at_once_and_then_once_in_each_interval(app: Flask, tmp_path: Path) -> None:
    queue = make_queue(job_url="", folder=tmp_path)
    schedule(queue, app, [Timed(name="write", every=MINUTE, run=write_mail)])
    assert [len(queue.read_periodic(None)) for _ in range(3)] == [1, 0, 0]
    queue.storage.close()


def test_no_job_runs_more_often_than_the_scheduler_looks() -> None:
    with pytest.raises(ValueError, match="hasty"):
        Timed(name="hasty", every=timedelta(seconds=1), run=write_mail)


def test_a_queue_that_does_not_exist_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(NoSuchQueue, match="PORTAL_JOB_URL"):
        make_queue(job_url="carrier-pigeon://loft", folder=tmp_path)


@pytest.mark.parametrize("arguments", [[], ["-n"]])
def test_the_runner_sends_what_waits_and_stops_when_asked(app: Flask, tmp_path: Path, arguments: list[str]) -> None:
    """As a process of its own, as it runs in earnest. Without the scheduler it waits for work from another runner."""
    params = {"url": "http://x/", "hours": 1}
    post_mail("password_reset", to="a@b.example", language="fr", at=now(), params=params, person_id=None)
    db.session.commit()
    settings = {
        "PORTAL_ENV": "development",
        "PORTAL_FOLDER": str(tmp_path),
        "PORTAL_DATABASE_URL": db.engine.url.render_as_string(hide_password=False),
        "PORTAL_MAIL_URL": "",
        "PORTAL_JOB_URL": "",
    }
    log, command = tmp_path / "log", [sys.executable, "-m", "portal.jobs", *arguments]
    with log.open("wb") as stderr:
        runner = subprocess.Popen(command, cwd=ROOT, env=os.environ | settings, stderr=stderr)
    try:
        _wait_for(lambda: "the job runner works" in log.read_text())
        if arguments:
            time.sleep(2)
        else:
            _wait_for(lambda: list((tmp_path / "mail").glob("*.eml")))
    finally:
        runner.send_signal(signal.SIGTERM)
        runner.wait(timeout=30)
    said = log.read_text()
    assert runner.returncode == 0, said
    assert "Traceback" not in said
    db.session.rollback()
    sent = db.session.scalars(db.select(OutboxMail.sent_at)).one()
    assert (sent is None) == bool(arguments)


def _wait_for(condition: Callable[[], object], patience: float = 60) -> None:
    last = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < last, "the runner did not do its work in time"
        time.sleep(0.2)
