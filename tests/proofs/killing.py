"""The portal's processes as `make run` starts them, killed in the middle of their work, and the people who go on."""

import os
import random
import signal
import socket
import subprocess
import threading
import time
from collections import Counter
from contextlib import suppress
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

from bs4 import BeautifulSoup, Tag

from portal import standalone
from tests.client import filled_in
from tests.conftest import SECRET
from tests.proofs.own_postgres import OwnServer

PATIENCE = 60.0
WEB, JOBS, POSTGRES = "web server", "job runner", "PostgreSQL"


class Standing:
    """The web server, the job runner and PostgreSQL; `kill` takes one away as a power cut would, with all its workers."""

    def __init__(self, folder: Path, database_url: str, postgres: OwnServer | None = None) -> None:
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
        self._postgres = postgres
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, *names: str) -> None:
        for name in names or standalone.commands(self.port):
            if name == POSTGRES and self._postgres:
                self._postgres.start()
                continue
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
        if name == POSTGRES and self._postgres:
            self._postgres.kill()
            return
        process = self._running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)

    def hold(self, name: str) -> None:
        """Let it stand still, until `go_on` or until it is killed."""
        self._running[name].send_signal(signal.SIGSTOP)

    def go_on(self, name: str) -> None:
        if name in self._running:
            self._running[name].send_signal(signal.SIGCONT)

    def stop(self) -> None:
        for name in list(self._running):
            self.kill(name)
        self._log.close()


class Left(Exception):
    """The person left before there was an answer, so that nothing was promised."""


class Answer(NamedTuple):
    status: int
    location: str
    page: BeautifulSoup
    waits: bool = False
    """The page asks again by itself."""

    @property
    def done(self) -> bool:
        return self.status == HTTPStatus.SEE_OTHER


class Person(threading.Thread):
    """Someone who does one thing after the other, `pause` seconds apart, and remembers what was said to be done.

    A form that got no answer is sent again as it was, as a browser does when its reader presses "try again".
    """

    def __init__(self, port: int, cookie: str, pause: float = 0.0) -> None:
        super().__init__(daemon=True)
        self.refused: Counter[str] = Counter()
        self.sending = False
        self.cut = 0
        """Forms that were on their way when something was killed."""
        self._port, self._cookie, self._pause = port, cookie, pause
        self._over = threading.Event()

    def act(self) -> None:
        raise NotImplementedError

    def comes_second(self, answer: Answer) -> bool:
        """Whether a refusal is what two people at the same work must expect."""
        return False

    def run(self) -> None:
        while not self._over.is_set():
            with suppress(Left):
                self.act()
            self._over.wait(self._pause)

    def leave(self) -> None:
        self._over.set()

    def open(self, path: str) -> Answer:
        """A page, asked for until it comes."""
        return self._until_answered("GET", path)

    def send(
        self, path: str, answers: dict[str, str], *, form: str = "main form[method=post]", shows: Answer | None = None
    ) -> Answer:
        """Fill in the form of a page, or of the one on the screen, and send it until there is an answer."""
        shown = shows or self.open(path)
        found = shown.page.select_one(form)
        if found is None:
            self.refused[f"{path.rpartition('/')[2]}: {shown.status}, no form"] += 1
            raise Left
        target, body = str(found.get("action") or path), urlencode(filled_in(found) | answers, doseq=True)
        return self._sent(target, body.encode(), "application/x-www-form-urlencoded")

    def send_file(self, path: str, name: str, content: bytes) -> Answer:
        form = self.open(path).page.select_one("main form[method=post]")
        return self._sent(path, *_with_file(form, name, content)) if form else Answer(0, "", BeautifulSoup())

    def _sent(self, target: str, body: bytes, kind: str) -> Answer:
        answer = self._until_answered("POST", target, body, kind)
        if not answer.done and not self.comes_second(answer):
            self.refused[f"{target.rpartition('/')[2]}: {answer.status}"] += 1
        return answer

    def _until_answered(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> Answer:
        cut = False
        while not self._over.is_set():
            self.sending = body is not None
            try:
                answer = self._ask(method, path, body, kind)
            except ConnectionRefusedError:
                pass  # it was sent to nobody
            except (OSError, HTTPException):  # killed under our hands: nothing was promised
                cut = self.sending
            else:
                if answer.status != HTTPStatus.SERVICE_UNAVAILABLE:
                    self.cut += cut
                    return answer
                cut = self.sending
            finally:
                self.sending = False
            self._over.wait(0.1)
        raise Left

    def _ask(self, method: str, path: str, body: bytes | None, kind: str) -> Answer:
        """The session's cookie is kept, as a browser keeps it."""
        connection = HTTPConnection(standalone.HOST, self._port, timeout=30)
        try:
            connection.request(method, path, body, {"Cookie": self._cookie} | ({"Content-Type": kind} if body else {}))
            answer = connection.getresponse()
            self._cookie = (answer.getheader("Set-Cookie") or self._cookie).partition(";")[0]
            page = BeautifulSoup(answer.read(), "html.parser")
            return Answer(answer.status, answer.getheader("Location") or "", page, bool(answer.getheader("Refresh")))
        finally:
            connection.close()


def _with_file(form: Tag, name: str, content: bytes) -> tuple[bytes, str]:
    """The body of a form with one file, and its kind."""
    mark = "a-line-that-stands-nowhere-else"
    lines = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'
        for field, values in filled_in(form).items()
        for value in values
    ]
    head = (
        f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: text/csv\r\n\r\n'
    )
    return "".join(
        [*lines, head]
    ).encode() + content + f"\r\n--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}"


def wait_for_a_form(people: list[Person], chance: random.Random) -> None:
    """Until somebody waits for an answer, and then a moment."""
    limit = time.monotonic() + PATIENCE
    while time.monotonic() < limit and not any(person.sending for person in people):
        time.sleep(0.002)
    time.sleep(chance.uniform(0, 0.05))
