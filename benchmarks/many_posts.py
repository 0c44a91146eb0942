"""A portal with very many posts, for benchmarks: the tables filled by the fastest way each database has."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

from flask import Flask
from sqlalchemy import Engine, Table, text

from config import Config
from portal import create_app
from portal.features.exchanges.models import Post, PostLanguage, PostTerm, PostTopic, PostWindow
from portal.features.people.models import UserSession
from portal.features.people.queries import token_hash
from portal.infra.db import db, now
from portal.kernel.reference import ALPHABET, check_character
from tests.world import build_world

TOPICS = ("art14-2a", "art14-2b", "art14-2c", "art14-2d", "art14-2e")
LANGUAGES = (("en", "B1"), ("fr", "B2"), ("ar", "B1"), ("es", "A2"))
START = datetime(2026, 1, 1, tzinfo=UTC)
CHUNK = 50_000
TABLES = (Post, PostTopic, PostLanguage, PostWindow, PostTerm)


@contextmanager
def portal(url: str, folder: Path, fill_in: Callable[[Engine, list[int]], None]) -> Iterator[tuple[Flask, Any]]:
    """The portal with what `fill_in` writes for two agencies, and a client signed in to it as a donor."""
    app = create_app(
        Config(secret_key="for a benchmark only, never elsewhere", database_url=url, base_url="http://localhost",
               testing=True, folder=folder)
    )  # fmt: skip
    with app.app_context():
        db.create_all()
        world = build_world()
        fill_in(db.engine, [world.agencies["host"], world.agencies["stranger"]])
        client = app.test_client()
        token = token_urlsafe(32)
        person = world.people["donor_officer"]
        db.session.add(
            UserSession(token_hash=token_hash(token), person_id=person, membership_id=None, created_at=now(),
                        seen_at=now(), ended_at=None, device="benchmark")
        )  # fmt: skip
        db.session.commit()
        with client.session_transaction() as session:
            session["token"] = token
    yield app, client
    with app.app_context():
        db.engine.dispose()


@contextmanager
def portal_with(posts: int, url: str, folder: Path) -> Iterator[tuple[Flask, Any, list[str]]]:
    """The portal with `posts` published offers, a client signed in to it, and the references, newest first."""
    with portal(url, folder, lambda engine, agencies: fill(engine, posts, agencies)) as (app, client):
        yield app, client, [numbered("EX", i) for i in range(posts, 0, -1)]


def fill(engine: Engine, posts: int, agencies: list[int]) -> None:
    with engine.begin() as connection:
        for start in range(1, posts + 1, CHUNK):
            numbers = range(start, min(start + CHUNK, posts + 1))
            for model, columns, rows in _rows(numbers, agencies):
                write(connection, model.__table__, columns, rows)  # type: ignore[arg-type]
    finished(engine, ("post",))


def finished(engine: Engine, tables: Iterable[str]) -> None:
    """Numbers go on after the written ones, and the database knows what it has."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            for name in tables:
                top = f"(SELECT max(id) FROM {name})"
                connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), {top})"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if engine.dialect.name == "sqlite" else "VACUUM ANALYZE")


def numbered(prefix: str, number: int) -> str:
    """Not random: a benchmark must find its deepest page again. The check character follows from the rest."""
    body = ""
    for _ in range(5):
        number, digit = divmod(number, 32)
        body = ALPHABET[digit] + body
    return f"{prefix}-2026-{body}{check_character(prefix, 2026, body)}"


def _rows(numbers: range, agencies: list[int]) -> Iterator[tuple[type, list[str], Iterable[tuple[Any, ...]]]]:
    offset = 10  # the world's own posts come first
    yield Post, POST_COLUMNS, (_post(i, i + offset, agencies[i % 2]) for i in numbers)
    yield PostTopic, ["post_id", "topic"], ((i + offset, TOPICS[i % 5]) for i in numbers)
    yield PostLanguage, ["post_id", "language", "level"], ((i + offset, *LANGUAGES[i % 4]) for i in numbers)
    yield PostWindow, ["post_id", "starts_on", "ends_on"], ((i + offset, day(i), day(i, 25)) for i in numbers)
    terms = ["post_id", "kind", "term", "reach", "published_at", "first_day"]
    yield PostTerm, terms, (row for i in numbers for row in _terms(i, i + offset))


POST_COLUMNS = [
    "id", "version", "kind", "ref", "agency_id", "state", "label", "title", "title_language", "formats", "direction",
    "capacity", "claimed", "interpreter", "min_days", "max_days", "band_min", "band_max", "clearance", "costs",
    "costs_note", "accepts_states", "excludes_states", "prefers_states", "site", "contact", "programme", "conditions",
    "restricted", "published_at", "first_day", "last_day", "terms_version", "draft", "without_second_approver",
]  # fmt: skip


def _post(i: int, id_: int, agency: int) -> tuple[Any, ...]:
    return (
        id_, 1, "offer", numbered("EX", i), agency, "published", "green", f"Secondary inspection, place {i}", "en",
        json.dumps(["job_shadowing"]), "hosts", 4, i % 3, False, 5, 10, 2, 4, "none", json.dumps(["lodging"]),
        "", "[]", "[]", "[]", "Gate 14", "Duty desk", "", "", "", _at(i), day(i), day(i, 25), 1, "{}", False,
    )  # fmt: skip


def _terms(i: int, id_: int) -> Iterator[tuple[Any, ...]]:
    for term in (f"topic:{TOPICS[i % 5]}", f"state:{'IT' if i % 2 == 0 else 'SN'}", "w:inspect"):
        yield id_, "offer", term, GREEN, _at(i), day(i)


GREEN = 3


def _at(i: int) -> datetime:
    return START + timedelta(seconds=i)


def day(i: int, more: int = 0) -> date:
    return date(2027, 1, 1) + timedelta(days=i % 300 + more)


def write(connection: Any, table: Table, columns: list[str], rows: Iterable[tuple[Any, ...]]) -> None:
    names = ", ".join(columns)
    if connection.dialect.name == "postgresql":
        with connection.connection.cursor().copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    marks = ", ".join("?" * len(columns))
    plain = (tuple(_plain(value) for value in row) for row in rows)
    connection.connection.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", plain)


def _plain(value: Any) -> Any:
    """As SQLAlchemy stores it in SQLite."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")
    return value.isoformat() if isinstance(value, date) else value
