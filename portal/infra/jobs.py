"""Work that the portal does by its own clock: what is done how often, and the queue and runner that see to it.

Features know nothing of this: the application lists its `Timed` jobs, and the runner calls each in an application
context and a transaction of its own. Every job is safe to run twice, and at the same time in two runners.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any, Literal
from urllib.parse import urlsplit

from flask import Flask
from huey import Huey, PostgresHuey, SqliteHuey
from huey.consumer import Consumer, Scheduler

from portal.infra.db import db, now

TICK = 5
"""Seconds between two looks at what is due: the shortest interval a job may have."""
WORKERS = 2
QUEUE = "portal"
_log = logging.getLogger("portal.jobs")


class NoSuchQueue(RuntimeError):
    """The settings name a queue that the portal cannot use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """A service that runs every `every`; it gets the instant as `at`. `commits` True: it ends its own transactions."""

    name: str
    every: timedelta
    run: Callable[..., object]
    commits: bool = False

    def __post_init__(self) -> None:
        if self.every < timedelta(seconds=TICK):
            raise ValueError(f"{self.name}: no job runs more often than every {TICK} seconds")


def run_timed(app: Flask, job: Timed, *, at: datetime) -> None:
    """Do the job once. Whatever goes wrong is rolled back and written to the log, and the next turn tries again."""
    with app.app_context():
        try:
            job.run(at=at)
            if not job.commits:
                db.session.commit()
        except Exception:  # noqa: BLE001 - a job that failed must not end the runner
            db.session.rollback()
            _log.exception("the job %s failed", job.name)
        finally:
            db.session.remove()


def make_queue(*, job_url: str, folder: Path) -> Huey:
    """The queue: a SQLite file for a portal on one machine, tables in PostgreSQL for several."""
    scheme = urlsplit(job_url).scheme
    if not job_url:
        folder.mkdir(parents=True, exist_ok=True)
        return SqliteHuey(QUEUE, filename=str(folder / "jobs.db"), results=False, timeout=15)
    if scheme in {"postgresql", "postgres", "postgresql+psycopg"}:
        return PostgresHuey(QUEUE, dsn="postgresql" + job_url[len(scheme) :], results=False)
    raise NoSuchQueue(f"PORTAL_JOB_URL must be empty or start with postgresql://, not with {scheme}://")


def schedule(queue: Huey, app: Flask, jobs: Iterable[Timed]) -> None:
    """Give the queue every job. One that still runs when its next turn comes skips that turn."""
    for job in jobs:
        _add(queue, app, job)


def _add(queue: Huey, app: Flask, job: Timed) -> None:
    busy = Lock()

    def turn() -> None:
        if busy.acquire(blocking=False):
            try:
                run_timed(app, job, at=now())
            finally:
                busy.release()

    # A turn that waited longer than its interval is out of date: the next one does its work.
    queue.periodic_task(_Every(job.every), name=job.name, expires=job.every)(turn)


class _Every:
    """Says yes at the first tick and then once in each interval. Huey's own calendar knows no less than a minute."""

    def __init__(self, interval: timedelta) -> None:
        self.seconds = interval.total_seconds()
        self.due_at = 0.0

    def __call__(self, _at: datetime) -> bool:
        moment = monotonic()
        if moment + 0.5 < self.due_at:  # ticks come a few milliseconds early or late
            return False
        self.due_at = moment + self.seconds
        return True


class _OftenScheduler(Scheduler):
    periodic_task_seconds = TICK


class Runner(Consumer):
    """One process with worker threads, and the scheduler unless another runner has it."""

    scheduler_class = _OftenScheduler

    def __init__(self, queue: Huey, *, scheduler: bool = True, stops_on: Literal["INT", "TERM"] = "TERM") -> None:
        settings: dict[str, Any] = {"workers": WORKERS, "periodic": scheduler, "max_delay": 1.0}
        super().__init__(queue, worker_type="thread", graceful_signal=stops_on, **settings)

    def start(self) -> None:
        super().start()
        _log.info("the job runner works")
