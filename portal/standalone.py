"""`make run`: the whole portal on one machine, with its demonstration, from one command.

Needs nothing but this folder: an embedded SQLite database, mail in a folder, the web server and the job runner as
two children that start and stop together. What it keeps stands in `instance/`, so a second start finds it again.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import FrameType

from config import Config, UnsafeSettings
from portal import create_app
from portal.cli import upgrade_database
from portal.demo import loading
from portal.infra.db import db, now

ROOT = Path(__file__).parent.parent
HOST = "127.0.0.1"
DEFAULTS = {"PORTAL_ENV": "development", "PORTAL_DEMO": "1", "PORT": "8000"}
PATIENCE = 60.0
"""Seconds in which the web server must answer, also on a busy machine."""
FAREWELL = 20.0
"""Seconds in which children must end after they were asked to."""


class CannotStart(Exception):
    """Something outside keeps the portal from starting; the message says what, and what to do."""


def main() -> int:
    """Run until interrupted (0), or until a child dies by itself (1)."""
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)
    try:
        port = _port(os.environ["PORT"])
        _require_free(port)
        accounts = prepare()
    except (CannotStart, UnsafeSettings) as reason:
        print(reason, file=sys.stderr)
        return 2
    return _run(port, accounts)


def prepare() -> list[dict[str, str | None]]:
    """Bring the database up to date, load the demonstration once, and return who can sign in."""
    config = Config.from_env()
    if config.production:
        raise CannotStart("`make run` is for one machine and for trying things out. For production see docs/deploy.md.")
    config.folder.mkdir(parents=True, exist_ok=True)
    app = create_app(config)
    with app.app_context():
        upgrade_database()
        if not config.demo:
            return []
        loading.load(at=now())
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    _remember_that_commands_mean_this_portal(config.folder)
    return loading.accounts()


def _remember_that_commands_mean_this_portal(folder: Path) -> None:
    """So that `flask demo accounts`, typed in another window, speaks of the portal that runs here."""
    (folder / "commands.env").write_text("PORTAL_ENV=development\nPORTAL_DEMO=1\n")


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:  # noqa: PLR2004
        raise CannotStart(f"PORT is {text!r}, and must be a number from 1 to 65535.")
    return int(text)


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise CannotStart(
                f"Port {port} cannot be used ({error.strerror}). Choose another one: make run PORT={port % 65535 + 1}"
            ) from None


def commands(port: int) -> dict[str, list[str]]:
    """What runs: name of the child, and its command."""
    web = ["-m", "gunicorn", "wsgi:app", "--bind", f"{HOST}:{port}", "--worker-class", "gthread"]
    return {
        "web server": [sys.executable, *web, "--workers", "2", "--threads", "4", "--log-level", "warning"],
        "job runner": [sys.executable, "-m", "portal.jobs"],
    }


def _run(port: int, accounts: Sequence[Mapping[str, str | None]]) -> int:
    stopped: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        stopped.append(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    children = {name: _start(command) for name, command in commands(port).items()}
    announced = False
    started = time.monotonic()
    try:
        while not stopped:
            if dead := next((name for name, child in children.items() if child.poll() is not None), None):
                print(f"The {dead} ended by itself (code {children[dead].returncode}).", file=sys.stderr)
                return 1
            if not announced and answers(port):
                _announce(port, accounts)
                announced = True
            if not announced and time.monotonic() - started > PATIENCE:
                print(f"The web server did not answer within {PATIENCE:.0f} seconds.", file=sys.stderr)
                return 1
            time.sleep(0.2)
        return 0
    finally:
        _end(children.values())


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    """In a session of its own: Ctrl+C reaches only us, and we stop both in order."""
    return subprocess.Popen(command, cwd=ROOT, start_new_session=True)


def answers(port: int) -> bool:
    """A page really comes: the port is open before the portal behind it is loaded."""
    connection = HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _end(children: Iterable[subprocess.Popen[bytes]]) -> None:
    running = [child for child in children if child.poll() is None]
    for child in running:
        child.terminate()
    last = time.monotonic() + FAREWELL
    for child in running:
        try:
            child.wait(max(0.1, last - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _announce(port: int, accounts: Sequence[Mapping[str, str | None]]) -> None:
    print(f"\nThe portal answers at http://{HOST}:{port}/  (stop it with Ctrl+C)\n")
    if accounts:
        print(f"Everyone here is invented. The password of all is: {accounts[0]['password']}\n")
        width = max(len(str(a["email"])) for a in accounts)
        for account in accounts:
            print(f"  {account['email']:<{width}}  {account['agency']:<12}  {account['role']}")
    print(flush=True)


if __name__ == "__main__":
    sys.exit(main())
