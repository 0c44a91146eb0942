"""What the end of a run of `make check` says besides: the seconds of each part, and any skip that nobody allowed.

Loaded by tools/check.py with `-p tests.report`. With CI=true an unlisted skip fails the run.
"""

import json
import os
import time
from pathlib import Path

import pytest

ALLOWED = Path(__file__).resolve().parent.parent / ".ci" / "allowed-skips.txt"
_START = time.monotonic()


def allowed_skips(text: str) -> list[str]:
    """The names in the list: one a line, `#` opens the reason, a closing `*` stands for the rest of a name."""
    return [name for line in text.splitlines() if (name := line.split("#", 1)[0].strip())]


def unlisted(skipped: list[str], allowed: list[str]) -> list[str]:
    """The skipped tests that no line of the list names."""

    def listed(name: str) -> bool:
        return any(name.startswith(line[:-1]) if line.endswith("*") else name == line for line in allowed)

    return sorted({name for name in skipped if not listed(name)})


def _skipped(config: pytest.Config) -> list[str]:
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    stats = terminal.stats if terminal else {}
    return [report.nodeid for kind in ("skipped", "xfailed") for report in stats.get(kind, [])]


def _refused(config: pytest.Config) -> list[str]:
    if os.environ.get("CI") != "true" or hasattr(config, "workerinput"):
        return []
    return unlisted(_skipped(config), allowed_skips(ALLOWED.read_text(encoding="utf-8")))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if _refused(session.config) and exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    times = [*json.loads(os.environ.get("CHECK_TIMES", "[]")), ("tests", time.monotonic() - _START, True)]
    terminalreporter.section("seconds per part")
    for name, seconds, passed in times:
        terminalreporter.write_line(f"{name:16} {seconds:7.1f} s{'' if passed else '  FAILED'}")
    terminalreporter.write_line(f"{'together':16} {sum(seconds for _, seconds, _ in times):7.1f} s")
    if failed := [name for name, _, passed in times if not passed]:
        terminalreporter.write_line(f"These parts failed; their output stands above: {', '.join(failed)}", red=True)
    if refused := _refused(config):
        terminalreporter.section("skipped without leave")
        for name in refused:
            terminalreporter.write_line(f"{name} is skipped, and .ci/allowed-skips.txt does not name it", red=True)
