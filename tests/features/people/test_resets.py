"""A forgotten password: the answer reveals nothing, the link works once, and every session ends."""

import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import event

from portal.features.people.models import PasswordReset, UserSession
from portal.infra.db import db
from portal.infra.outbox import OutboxMail
from tests.client import PageClient
from tests.features.people.conftest import latest_mail, link_in
from tests.world import PASSWORD, World

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
BETTER = "four quiet words together"


def ask(client: PageClient, email: str):
    client.csrf_token = None
    return client.post("/en/forgotten-password", data={"email": email})


@pytest.mark.asvs("6.4.1", "6.4.3")
def test_a_known_and_an_unknown_address_get_the_same_answer_and_the_same_work(
    client: PageClient, world: World, officer: str
) -> None:
    statements: list[str] = []
    listen = event.listens_for(db.engine, "before_cursor_execute")
    listen(lambda _c, _k, statement, *_rest: statements.append(" ".join(statement.split())[:60]))
    seen = []
    for email in (officer, "nobody@nowhere.example", world.person("host_editor").email):
        client._token()
        statements.clear()
        answer = client.post("/en/forgotten-password", data={"email": email})
        seen.append((answer.status_code, answer.location, sorted(answer.headers.keys()), tuple(statements)))
    assert seen[0] == seen[1] == seen[2]
    waiting = db.session.scalars(db.select(OutboxMail).where(OutboxMail.sent_at.is_(None))).all()
    assert [m.address for m in waiting] == [officer]


def test_the_link_sets_a_new_password_once_and_ends_every_session(
    client: PageClient, officer: str, sign_in: Callable
) -> None:
    sign_in(officer)
    ask(client, officer)
    path = link_in("password_reset")
    assert client.get(path).status_code == 200
    assert client.get("/en/account").status_code == 200, "opening the link changes nothing"
    client.csrf_token = None
    assert client.post(path, data={"password": BETTER}).location == "/en/sign-in"
    assert client.get("/en/account").status_code == 303, "a reset signs nobody in"
    assert all(s.ended_at for s in db.session.scalars(db.select(UserSession)))
    assert client.get(path).status_code == 410
    assert sign_in(officer, PASSWORD).status_code == 422
    assert sign_in(officer, BETTER).status_code == 303
    assert latest_mail("password_changed").address == officer


def test_every_other_link_dies_with_the_first(client: PageClient, officer: str) -> None:
    ask(client, officer)
    first = link_in("password_reset")
    ask(client, officer)
    second = link_in("password_reset")
    client.post(second, data={"password": BETTER})
    assert client.get(first).status_code == 410


def test_the_link_is_too_old_after_an_hour(client: PageClient, officer: str) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        ask(client, officer)
        clock.shift(timedelta(minutes=59))
        assert client.get(link_in("password_reset")).status_code == 200
        clock.shift(timedelta(minutes=1))
        assert client.get(link_in("password_reset")).status_code == 410


def test_an_easy_password_is_refused_and_the_link_still_works(client: PageClient, officer: str) -> None:
    ask(client, officer)
    client.csrf_token = None
    assert client.post(link_in("password_reset"), data={"password": "short"}).status_code == 422
    assert client.get(link_in("password_reset")).status_code == 200


def test_one_account_gets_few_mails_and_nobody_learns_of_it(client: PageClient, officer: str) -> None:
    answers = {ask(client, officer).status_code for _ in range(6)}
    assert answers == {303}
    sent = db.session.scalars(db.select(OutboxMail).where(OutboxMail.address == officer)).all()
    assert len(sent) == 3


def test_one_network_address_asks_only_so_often(client: PageClient) -> None:
    answers = [ask(client, f"person{n}@nowhere.example").status_code for n in range(12)]
    assert answers == [303] * 10 + [429] * 2


def test_only_the_hash_of_a_link_is_kept(client: PageClient, officer: str) -> None:
    ask(client, officer)
    token = link_in("password_reset").rpartition("/")[2]
    assert token.encode() not in db.session.scalars(db.select(PasswordReset)).one().token_hash


@pytest.mark.parametrize("chosen", ["  four quiet words  ", "quatre mots dé tranquilles", "four quiet\u3000words"])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_password_pasted_or_typed_elsewhere_is_the_same_password(
    client: PageClient, officer: str, sign_in: Callable, chosen: str, form: str
) -> None:
    ask(client, officer)
    client.csrf_token = None
    assert client.post(link_in("password_reset"), data={"password": chosen}).status_code == 303
    assert sign_in(officer, unicodedata.normalize(form, chosen)).status_code == 303
    assert sign_in(officer, chosen.strip()).status_code == 303
