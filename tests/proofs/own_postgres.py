"""A PostgreSQL server for one test that kills it, beside the one that all tests share."""

import contextlib
import os
import shutil
import signal
import tempfile
from pathlib import Path

from tests.postgres import SETTINGS, prepared, programs_of_wheel, running

STOP_LIMIT = 20.0
SAFE = {name: SETTINGS[name] for name in ("listen_addresses", "timezone", "log_min_messages")}
"""With these alone nothing that was committed is ever lost."""


class OwnServer:
    """A server for one test that kills it: it keeps all that it acknowledged, and starts again on the same data."""

    def __init__(self) -> None:
        programs = programs_of_wheel()
        self._folder = Path(tempfile.mkdtemp(prefix="portal-pg-"))
        self._programs, self._nobody = prepared(programs, self._folder)
        self.url = f"postgresql+psycopg://postgres@/postgres?host={self._folder}"
        self.start()

    def start(self) -> None:
        self._server = running(self._programs, self._folder, SAFE, self._nobody)

    def kill(self) -> None:
        """All its processes at one moment, as a power cut would: first stopped, so that it begins no others."""
        if self._server.poll() is not None:
            return
        self._server.send_signal(signal.SIGSTOP)
        for pid in (self._server.pid, *_children(self._server.pid)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._server.wait(STOP_LIMIT)

    def stop(self) -> None:
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)


def _children(pid: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it ended meanwhile
            if int(path.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(path.parent.name))
    return found
