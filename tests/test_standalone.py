"""`make run`: refuses clearly what it cannot do, starts everything, keeps the data, and stops everything."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from config import Config, UnsafeSettings
from portal import standalone

ROOT = Path(__file__).parent.parent


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((standalone.HOST, 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def environment(tmp_path: Path, free_port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    return kept | {"PORTAL_FOLDER": str(tmp_path / "instance"), "PORT": str(free_port)}


def start(environment: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "portal.standalone"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def said_until_ready(running: subprocess.Popen[str]) -> str:
    assert running.stdout
    said = ""
    for line in running.stdout:
        said += line
        if "administrator" in line:
            return said
    raise AssertionError(said + (running.stderr.read() if running.stderr else ""))


def status(port: str, path: str) -> int:
    connection = HTTPConnection(standalone.HOST, int(port), timeout=60)
    connection.request("GET", path)
    answer = connection.getresponse().status
    connection.close()
    return answer


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def alive(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and ") Z " not in state.read_text()


@pytest.fixture
def stopped() -> Iterator[list[subprocess.Popen[str]]]:
    """Whatever a test starts is stopped, also when it fails."""
    started: list[subprocess.Popen[str]] = []
    yield started
    for one in started:
        one.send_signal(signal.SIGTERM)
        one.communicate(timeout=60)


def test_it_starts_serves_stops_and_starts_again_with_its_data(
    environment: dict[str, str], stopped: list[subprocess.Popen[str]]
) -> None:
    before = time.monotonic()
    running = start(environment)
    stopped.append(running)
    said = said_until_ready(running)
    first_start = time.monotonic() - before
    assert f"http://127.0.0.1:{environment['PORT']}/" in said
    assert "elena.marchetti@it-bord.example" in said
    assert status(environment["PORT"], "/readyz") == 200
    assert status(environment["PORT"], "/en/") == 200
    children = children_of(running.pid)
    assert len(children) == 2
    accounts = subprocess.run(
        [Path(sys.executable).parent / "flask", "demo", "accounts"],
        cwd=ROOT, env=environment, check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert json.loads(accounts.stdout)[0]["agency"] == "IT-BORD"
    running.send_signal(signal.SIGINT)
    assert running.wait(60) == 0
    assert not any(alive(child) for child in children)

    before = time.monotonic()
    again = start(environment)
    stopped.append(again)
    said_until_ready(again)
    assert time.monotonic() - before < first_start
    web, *_ = children_of(again.pid)
    os.kill(web, signal.SIGKILL)
    assert again.wait(60) == 1
    assert again.stderr
    assert "ended by itself" in again.stderr.read()


def test_a_port_in_use_is_told_with_the_way_out(environment: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind((standalone.HOST, int(environment["PORT"])))
        taken.listen()
        running = start(environment)
        _, said = running.communicate(timeout=120)
    assert running.returncode == 2
    assert f"Port {environment['PORT']} cannot be used" in said
    assert "make run PORT=" in said
    assert not Path(environment["PORTAL_FOLDER"]).exists()


@pytest.mark.parametrize("port", ["0", "65536", "eighty", "-1", ""])
def test_a_port_that_is_none_is_told(
    port: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", port)
    monkeypatch.setenv("PORTAL_ENV", "development")
    monkeypatch.setenv("PORTAL_DEMO", "1")
    assert standalone.main() == 2
    assert "PORT" in capsys.readouterr().err


def test_production_is_refused(environment: dict[str, str]) -> None:
    running = start(environment | {"PORTAL_ENV": "production", "PORTAL_DEMO": "0"})
    _, said = running.communicate(timeout=120)
    assert running.returncode == 2
    assert "does not start in production like this" in said
    assert "Traceback" not in said


def test_only_commands_take_the_settings_that_it_notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "commands.env").write_text("PORTAL_ENV=development\nPORTAL_DEMO=1\n")
    monkeypatch.setenv("PORTAL_FOLDER", str(tmp_path))
    for name in ("PORTAL_ENV", "PORTAL_DEMO", "PORTAL_SECRET_KEY", "FLASK_RUN_FROM_CLI"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(UnsafeSettings):
        Config.from_env()
    monkeypatch.setenv("FLASK_RUN_FROM_CLI", "true")
    assert Config.from_env().demo
    monkeypatch.setenv("PORTAL_ENV", "production")
    with pytest.raises(UnsafeSettings):
        Config.from_env()
