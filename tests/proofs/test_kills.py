"""The web server and the job runner killed in the middle of their work: what was acknowledged is there, nothing half."""

import random
import time
from collections import Counter
from collections.abc import Iterator
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
from tests.client import PageClient
from tests.conftest import test_config
from tests.proof import FULL
from tests.proofs.killing import Person, Standing
from tests.proofs.test_races import url  # noqa: F401 - the fixture of both databases
from tests.world import World, build_world

pytestmark = pytest.mark.proof
KILLS = 40 if FULL else 2
VICTIMS = ("web server", "job runner")
INVITING = {
    "host_approver": "IT-HOST",
    "sender_approver": "NE-SEND",
    "stranger_approver": "SN-STRA",
    "secretariat": "DK-DONO",
    "second_secretariat": "INT-SECR",
}
"""Who invites people to which agency: each agency may invite only so many a day."""
PAUSE = 3.0 if KILLS > INVITATIONS_A_DAY / 2 else 0.0


@pytest.fixture(name="app")
def _app(url: str, tmp_path: Path) -> Iterator[Flask]:  # noqa: F811
    app = create_app(test_config(url, tmp_path))
    app.test_client_class = PageClient
    with app.app_context():
        upgrade_database()
        yield app
        db.session.remove()
        db.engine.dispose()


def test_what_was_acknowledged_survives_every_kill(app: Flask, url: str, tmp_path: Path) -> None:  # noqa: F811
    world, standing, numbers = build_world(), Standing(tmp_path, url), count()
    people = [
        Person(
            standing.port, cookie(app, world, name), f"/en/members/{key}/invite", lambda: invited(next(numbers)), PAUSE
        )
        for name, key in INVITING.items()
    ]
    chance = random.Random(20261125)
    try:
        standing.start()
        for person in people:
            person.start()
        for number in range(KILLS):
            time.sleep(chance.uniform(0.3, 1.5))
            standing.kill(VICTIMS[number % 2])
            standing.start(VICTIMS[number % 2])
        time.sleep(0.5)
        for person in people:
            person.leave()
    finally:
        standing.stop()
    acknowledged = {answers["email"] for person in people for answers in person.done}
    assert len(acknowledged) > KILLS
    assert [status for person in people for status in person.refused] == []
    written = list(db.session.scalars(select(Invitation.email)))
    assert acknowledged <= set(written)
    assert len(written) == len(set(written)), "a form that was sent once was done twice"
    assert Counter(db.session.scalars(select(OutboxMail.address))) == Counter(written), "an invitation without its mail"
    send_waiting(at=now() + CLAIMED_FOR + timedelta(minutes=1))
    sent = Counter(
        (str(mail["To"]), str(mail["Message-ID"]))
        for mail in (message_from_bytes(path.read_bytes()) for path in (tmp_path / FOLDER).glob("*.eml"))
    )
    assert {address for address, _ in sent} == set(written)
    assert len(sent) == len(written), "one mail went out under two ids"
    print(f"{KILLS} kills, {len(written)} invitations, {sum(sent.values()) - len(sent)} mails sent twice")


def invited(number: int) -> dict[str, str]:
    return {"email": f"officer-{number}@host.example", "name": f"Officer {number}", "role": "editor"}


def cookie(app: Flask, world: World, name: str) -> str:
    client = app.test_client()
    client.sign_in(world.people[name])
    found = client.get_cookie("session")
    assert found is not None
    return f"session={found.value}"
