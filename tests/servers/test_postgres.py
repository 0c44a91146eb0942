"""The PostgreSQL of the tests is real, shared by the workers, closed to the network and gone after the run."""

import os
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text

from tests import postgres

pytestmark = pytest.mark.postgres
ROOT = Path(__file__).resolve().parents[2]


def test_a_fresh_database_is_a_real_postgresql_and_empty() -> None:
    with postgres.fresh_database() as url:
        engine = create_engine(url)
        with engine.connect() as connection:
            assert connection.dialect.name == "postgresql"
            assert connection.dialect.driver == "psycopg"
            tables = connection.execute(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))
            assert tables.scalar() == 0
        engine.dispose()


def test_a_database_is_gone_after_use_even_with_a_connection_left_open() -> None:
    with postgres.fresh_database() as url:
        left_open = psycopg.connect(url.replace("+psycopg", ""))
    with pytest.raises(psycopg.OperationalError):
        left_open.execute("SELECT 1")
    left_open.close()
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url.replace("+psycopg", ""))


def test_a_copy_of_the_migrated_database_holds_what_the_migration_made_once() -> None:
    calls: list[str] = []

    def migrate(url: str) -> None:
        calls.append(url)
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            connection.execute("CREATE TABLE made (by_migration text)")

    name = f"proof_{os.getpid()}"
    template = postgres.migrated(migrate, name=name)
    assert postgres.migrated(migrate, name=name) == template
    assert len(calls) == 1
    with postgres.fresh_database(template=template) as url, psycopg.connect(url.replace("+psycopg", "")) as connection:
        assert connection.execute("SELECT count(*) FROM made").fetchone() == (0,)
    postgres.drop_database(template)


@pytest.mark.skipif(bool(os.environ.get(postgres.OUTSIDE)), reason="the server of TEST_DATABASE_URL is not ours")
def test_our_server_listens_on_no_address() -> None:
    with postgres.fresh_database() as url, psycopg.connect(url.replace("+psycopg", "")) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert connection.info.host.startswith("/")


@pytest.mark.skipif(bool(os.environ.get(postgres.OUTSIDE)), reason="the server of TEST_DATABASE_URL is not ours")
def test_our_server_is_gone_when_the_run_is_killed() -> None:
    program = "from tests import postgres; print(postgres.server_url(), flush=True); import time; time.sleep(60)"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_XDIST")}
    run = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=ROOT, env=environment, text=True
    )
    assert run.stdout is not None
    folder = Path(run.stdout.readline().strip().split("host=")[1].replace("%2F", "/"))
    assert (folder / ".s.PGSQL.5432").exists()
    run.kill()
    run.wait()
    run.stdout.close()
    limit = time.monotonic() + 30
    while folder.exists() and time.monotonic() < limit:
        time.sleep(0.1)
    assert not folder.exists()
