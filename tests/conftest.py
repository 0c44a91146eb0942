"""Fixtures every test may use: the portal on SQLite and on PostgreSQL, and its world, fresh for each test."""

import copy
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Table, literal, select

from config import Config
from portal import create_app
from portal.features.notices.views.badge import EXTENSION as BADGES
from portal.infra.db import Base, db
from tests import postgres
from tests.client import PageClient
from tests.proof import DATABASES
from tests.world import World, build_world

SECRET = "a secret for tests only, 0123456789 abcdefghij"
BASE_URL = "http://localhost"


@dataclass
class Portal:
    """An application on one database, with what is needed to give each test the world as it was built."""

    app: Flask
    world: World
    template: Path | None
    rows: dict[str, list[dict[str, Any]]]
    refill: str
    """Statements that put all rows back, on PostgreSQL."""


def test_config(database_url: str, folder: Path, **changes: Any) -> Config:
    values: dict[str, Any] = {
        "secret_key": SECRET,
        "database_url": database_url,
        "base_url": BASE_URL,
        "testing": True,
        "folder": folder,
    }
    return Config(**values | changes)


test_config.__test__ = False  # type: ignore[attr-defined]


@pytest.fixture(scope="session", params=DATABASES, name="portal")
def _portal(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    folder = tmp_path_factory.mktemp("portal")
    if request.param == "sqlite":
        yield from _standing(f"sqlite:///{folder / 'portal.db'}", folder)
    else:
        with postgres.fresh_database() as url:
            yield from _standing(url, folder)


def _standing(url: str, folder: Path) -> Iterator[Portal]:
    app = create_app(test_config(url, folder))
    app.test_client_class = PageClient
    with app.app_context():
        db.create_all()
        world = build_world()
        rows = {table.name: _rows_of(table) for table in Base.metadata.sorted_tables}
        db.session.remove()
        refill = "" if url.startswith("sqlite") else _kept_aside()
        db.engine.dispose()
    template = None
    if url.startswith("sqlite"):
        template = folder / "template.db"
        shutil.copy(folder / "portal.db", template)
    yield Portal(app, world, template, rows, refill)
    with app.app_context():
        db.engine.dispose()


def _rows_of(table: Table) -> list[dict[str, Any]]:
    """As they can be written again: what the database computes by itself is left to it."""
    written = [column for column in table.c if column.computed is None]
    return [dict(row) for row in db.session.execute(select(*written)).mappings()]


def _kept_aside() -> str:
    """Copy every table into a schema beside, and return the statements that put all back as it was: one round trip.

    Rows are deleted, not truncated: for a hundred small tables this takes a tenth of the time. Triggers and foreign
    keys are asleep meanwhile, which takes a superuser.
    """
    back = ["SET LOCAL session_replication_role = replica"]
    with db.engine.begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA kept")
        for table in Base.metadata.sorted_tables:
            connection.exec_driver_sql(f'CREATE TABLE kept."{table.name}" AS TABLE "{table.name}"')
            back.append(f'DELETE FROM "{table.name}"')
            if connection.scalar(select(table).with_only_columns(literal(1)).limit(1)):
                # what the database computes by itself is left to it
                written = ", ".join(f'"{column.name}"' for column in table.c if column.computed is None)
                back.append(f'INSERT INTO "{table.name}" ({written}) SELECT {written} FROM kept."{table.name}"')
        for name, last in connection.exec_driver_sql("SELECT sequencename, last_value FROM pg_sequences"):
            back.append(f"SELECT setval('\"{name}\"', {last or 1}, {'true' if last else 'false'})")
    return "; ".join(back)


@pytest.fixture
def app(portal: Portal) -> Iterator[Flask]:
    """The portal with its world as it was built, inside an application context."""
    with portal.app.app_context():
        _reset(portal)
        yield portal.app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def world(app: Flask, portal: Portal) -> World:
    return copy.deepcopy(portal.world)


@pytest.fixture
def client(app: Flask, world: World) -> PageClient:
    return app.test_client()  # type: ignore[return-value]


def _reset(portal: Portal) -> None:
    portal.app.extensions.pop(BADGES, None)
    if portal.template is not None:
        database = portal.template.with_name("portal.db")
        for leftover in database.parent.glob("portal.db*"):
            leftover.unlink()
        shutil.copy(portal.template, database)
        return
    with db.engine.begin() as connection:
        connection.exec_driver_sql(portal.refill)
