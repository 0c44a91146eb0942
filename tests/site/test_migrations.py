"""The migrations build exactly what the models describe, on both databases, and can be undone with data in them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, NullPool, create_engine, inspect, text

import portal.app  # noqa: F401 - loads every model
from portal.infra.db import Base
from tests import postgres
from tests.conftest import Portal


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def config(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Config]:
    config = Config("alembic.ini")
    if request.param == "sqlite":
        config.set_main_option("sqlalchemy.url", f"sqlite:///{tmp_path}/test.db")
        yield config
        return
    with postgres.fresh_database() as url:
        config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
        yield config


def _engine(config: Config):
    return create_engine(config.get_main_option("sqlalchemy.url") or "", poolclass=NullPool)


def test_migrations_and_models_agree(config: Config) -> None:
    command.upgrade(config, "head")
    with _engine(config).connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_every_migration_can_be_undone_with_data_and_done_again(config: Config, portal: Portal) -> None:
    command.upgrade(config, "head")
    with _engine(config).begin() as connection:
        for table in Base.metadata.sorted_tables:
            if portal.rows[table.name]:
                connection.execute(table.insert(), portal.rows[table.name])
    command.downgrade(config, "base")
    assert inspect(_engine(config)).get_table_names() == ["alembic_version"]
    command.upgrade(config, "head")
    command.downgrade(config, "-1")
    command.upgrade(config, "head")


def test_there_is_one_head() -> None:
    assert len(ScriptDirectory.from_config(Config("alembic.ini")).get_heads()) == 1


def test_the_migrations_guard_the_ledger_as_the_models_do(config: Config) -> None:
    command.upgrade(config, "head")
    with _engine(config).connect() as connection:
        migrated = _guards(connection)
    command.downgrade(config, "base")
    with _engine(config).begin() as connection:
        Base.metadata.create_all(connection)
        assert _guards(connection) == migrated
    assert len(migrated) >= 5


def _guards(connection: Connection) -> set[tuple[object, ...]]:
    if connection.dialect.name == "sqlite":
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'ledger%'"
        return {(name, " ".join(sql.split())) for name, sql in connection.execute(text(query))}
    query = "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname LIKE 'ledger%'"
    rights = "SELECT relname, relacl::text FROM pg_class WHERE relname IN ('ledger_entry', 'ledger_chain')"
    return {tuple(row) for statement in (query, rights) for row in connection.execute(text(statement))}
