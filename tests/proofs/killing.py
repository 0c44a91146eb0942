"""The portal's processes as `make run` starts them, on a folder of their own, to be killed in the middle of their work."""

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

from bs4 import BeautifulSoup

from portal import standalone
from tests.client import filled_in
from tests.conftest import SECRET

PATIENCE = 60.0


class Standing:
    """The web server and the job runner; `kill` takes one away as a power cut would, with all its workers."""

    def __init__(self, folder: Path, database_url: str) -> None:
        with socket.socket() as probe:
            probe.bind((standalone.HOST, 0))
            self.port = int(probe.getsockname()[1])
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
        self._environment = kept | {
            "PORTAL_ENV": "development",
            "PORTAL_FOLDER": str(folder),
            "PORTAL_SECRET_KEY": SECRET,
            "PORTAL_DATABASE_URL": database_url,
            "PORT": str(self.port),
        }
        self._log = (folder / "log.txt").open("a")
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, *names: str) -> None:
        for name in names or standalone.commands(self.port):
            self._running[name] = subprocess.Popen(
                standalone.commands(self.port)[name],
                cwd=standalone.ROOT,
                env=self._environment,
                stdout=self._log,
                stderr=self._log,
                start_new_session=True,
            )
        limit = time.monotonic() + PATIENCE
        while not standalone.answers(self.port):
            assert time.monotonic() < limit, "the web server does not answer"
            time.sleep(0.1)

    def kill(self, name: str) -> None:
        process = self._running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)

    def stop(self) -> None:
        for name in list(self._running):
            self.kill(name)
        self._log.close()


class Person(threading.Thread):
    """Someone who sends one form after the other, `pause` seconds apart, and remembers what was said to be done."""

    def __init__(
        self, port: int, cookie: str, path: str, answers: Callable[[], dict[str, str]], pause: float = 0.0
    ) -> None:
        super().__init__(daemon=True)
        self.done: list[dict[str, str]] = []
        self.refused: list[int] = []
        self._port, self._cookie, self._path, self._answers, self._pause = port, cookie, path, answers, pause
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.is_set():
            answers = self._answers()
            try:
                _, page = self._ask("GET")
                form = BeautifulSoup(page, "html.parser").select_one("main form[method=post]")
                status, _ = self._ask("POST", urlencode(filled_in(form) | answers, doseq=True)) if form else (0, "")
            except (OSError, HTTPException):  # killed under our hands: nothing was promised
                time.sleep(0.05)
                continue
            if status == HTTPStatus.SEE_OTHER:
                self.done.append(answers)
            else:
                self.refused.append(status)
            self._over.wait(self._pause)

    def leave(self) -> None:
        self._over.set()
        self.join(PATIENCE)

    def _ask(self, method: str, body: str | None = None) -> tuple[int, str]:
        """Status and page; the session's cookie is kept, as a browser keeps it."""
        connection = HTTPConnection(standalone.HOST, self._port, timeout=30)
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        try:
            connection.request(method, self._path, body, {"Cookie": self._cookie} | kind)
            answer = connection.getresponse()
            self._cookie = (answer.getheader("Set-Cookie") or self._cookie).partition(";")[0]
            return answer.status, answer.read().decode()
        finally:
            connection.close()
