"""The web server, the job runner and PostgreSQL killed in the middle of their work: what was acknowledged is there."""

import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from email import message_from_bytes
from itertools import count
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from portal import create_app
from portal.cli import upgrade_database
from portal.features.notices.services import send_waiting
from portal.features.people.domain import INVITATIONS_A_DAY
from portal.features.people.models import Invitation
from portal.infra.db import db, now
from portal.infra.mail import FOLDER
from portal.infra.outbox import CLAIMED_FOR, OutboxMail
from portal.standalone import ROOT
from tests.client import PageClient
from tests.conftest import test_config
from tests.postgres import PostgresMissing
from tests.proof import DATABASES, FULL
from tests.proofs import equipment_books
from tests.proofs import equipment_killing as equipment
from tests.proofs.killing import JOBS, PATIENCE, POSTGRES, WEB, Person, Standing, wait_for_a_form
from tests.proofs.own_postgres import OwnServer
from tests.world import World, build_world

pytestmark = pytest.mark.proof
KILLS = 40 if FULL else 2
INVITING = {
    "host_approver": "IT-HOST",
    "sender_approver": "NE-SEND",
    "stranger_approver": "SN-STRA",
    "secretariat": "DK-DONO",
    "second_secretariat": "INT-SECR",
}
"""Who invites people to which agency: each agency may invite only so many a day."""
PAUSE = 10.0 if FULL else 0.5


@pytest.fixture(name="server", params=DATABASES)
def _server(request: pytest.FixtureRequest) -> Iterator[OwnServer | None]:
    if request.param == "sqlite":
        yield None
        return
    try:
        server = OwnServer()
    except PostgresMissing as missing:
        pytest.skip(str(missing))
    yield server
    server.stop()


@pytest.fixture(name="app")
def _app(server: OwnServer | None, tmp_path: Path) -> Iterator[Flask]:
    app = create_app(test_config(server.url if server else f"sqlite:///{tmp_path / 'kills.db'}", tmp_path))
    app.test_client_class = PageClient
    with app.app_context():
        upgrade_database()
        yield app
        db.session.remove()
        db.engine.dispose()


def test_what_was_acknowledged_survives_every_kill(app: Flask, server: OwnServer | None, tmp_path: Path) -> None:
    world, url = build_world(), db.engine.url.render_as_string(hide_password=False)
    given = equipment.given(world)
    standing = Standing(tmp_path, url, server)
    people = everyone(world, given, standing.port, lambda who: cookie(app, world, who))
    db.session.remove()
    victims = (WEB, JOBS) if server is None else (POSTGRES, JOBS, WEB)
    chance, imports, cut = random.Random(20261125), equipment.Imports(url, given.writing), 0
    try:
        standing.start()
        for person in people:
            person.start()
        for number in range(KILLS):
            victim = victims[number % len(victims)]
            if victim == WEB or (victim == POSTGRES and number % 2):
                wait_for_a_form(people, chance)
            else:
                cut += imports.held(standing, chance)
            standing.kill(victim)
            standing.go_on(JOBS)
            standing.start(victim)
        time.sleep(0.5)
        for person in people:
            person.leave()
        for person in people:
            person.join(PATIENCE)
    finally:
        standing.stop()
        db.engine.dispose()
    assert sum((person.refused for person in people), Counter()) == Counter()
    assert cut >= max(1, KILLS // 4), "few kills came in the middle of an import"
    print(f"{KILLS} kills, {cut} imports and {sum(person.cut for person in people)} forms cut off", end=": ")
    check_invitations({email for one in people if isinstance(one, Inviter) for email in one.done}, tmp_path)
    print(equipment_books.check(given, world, people), end=", ")
    check_ledger(app, tmp_path)


class Inviter(Person):
    """Invites one officer after the other, as many as an agency may in a day."""

    def __init__(self, port: int, cookie: str, agency: str, numbers: Iterator[int]) -> None:
        super().__init__(port, cookie, PAUSE)
        self.done: list[str] = []
        self._path, self._numbers = f"/en/members/{agency}/invite", numbers

    def act(self) -> None:
        if len(self.done) == INVITATIONS_A_DAY:
            return
        number = next(self._numbers)
        answers = {"email": f"officer-{number}@host.example", "name": f"Officer {number}", "role": "editor"}
        if self.send(self._path, answers).done:
            self.done.append(answers["email"])


def everyone(world: World, given: equipment.Given, port: int, cookie_of: Callable[[str], str]) -> list[Person]:
    numbers = count()
    inviters = [Inviter(port, cookie_of(name), agency, numbers) for name, agency in INVITING.items()]
    return [*inviters, *equipment.people(given, world, port, cookie_of)]


def check_invitations(acknowledged: set[str], folder: Path) -> None:
    written = list(db.session.scalars(select(Invitation.email)))
    assert len(acknowledged) > KILLS
    assert acknowledged <= set(written)
    assert len(written) == len(set(written)), "a form that was sent once was done twice"
    to_invited = Counter(db.session.scalars(select(OutboxMail.address).where(OutboxMail.address.in_(written))))
    assert to_invited == Counter(written), "an invitation without its mail"
    send_waiting(at=now() + CLAIMED_FOR + timedelta(minutes=1))
    sent = Counter(
        (str(mail["To"]), str(mail["Message-ID"]))
        for mail in (message_from_bytes(path.read_bytes()) for path in (folder / FOLDER).glob("*.eml"))
    )
    invited = [address for address, _ in sent if address in acknowledged | set(written)]
    assert Counter(invited) == Counter(written), "one mail went out under two ids, or not at all"
    print(f"{len(written)} invitations, {sum(sent.values()) - len(sent)} mails sent twice", end=", ")


def check_ledger(app: Flask, folder: Path) -> None:
    """The commands of the portal, and the verifier that knows nothing of it, find nothing."""
    run = app.test_cli_runner().invoke
    for arguments in (["ledger", "verify"], ["ledger", "compare"]):
        said = run(args=arguments)
        assert said.exit_code == 0, said.output
    exported = folder / "ledger.txt"
    assert run(args=["ledger", "export", "--output", str(exported)]).exit_code == 0
    command = [sys.executable, "-I", str(ROOT / "tools" / "verify_ledger.py"), str(exported)]
    alone = subprocess.run(command, check=False, capture_output=True, text=True)
    assert alone.returncode == 0, alone.stdout
    print(f"{sum(line.startswith('entry ') for line in exported.read_text().splitlines())} entries")


def cookie(app: Flask, world: World, name: str) -> str:
    client = app.test_client()
    client.sign_in(world.people[name])
    found = client.get_cookie("session")
    assert found is not None
    return f"session={found.value}"
