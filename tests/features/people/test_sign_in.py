"""Signing in: who gets in, what every failure looks like, and what a session is worth."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from secrets import token_urlsafe

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from portal.features.people.models import Membership, SignInThrottle, UserSession
from portal.features.people.queries import token_hash
from portal.features.people.services import hashing
from portal.infra.db import db
from portal.kernel.policy import Role
from tests.client import PageClient
from tests.features.people.conftest import has_password, second_membership
from tests.world import LONG_AGO, PASSWORD, World

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(name="verifications")
def _verifications(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every argon2 verification that was made."""
    made: list[str] = []
    original = hashing._verified

    def counted(stored: str, password: str) -> bool:
        made.append(password)
        return original(stored, password)

    monkeypatch.setattr(hashing, "_verified", counted)
    return made


def words_of(html: str) -> str:
    """A page without what differs in each one: tokens and the reader's own input."""
    return re.sub(r'value="[^"]*"', "", html)


def test_someone_signs_in_and_sees_their_account_and_signs_out(
    client: PageClient, officer: str, sign_in: Callable
) -> None:
    assert sign_in(officer).status_code == 303
    page = client.get("/en/account")
    assert officer in page.text
    client.csrf_token = None
    assert client.post("/en/sign-out").status_code == 303
    assert client.get("/en/account").status_code == 303
    assert db.session.scalars(db.select(UserSession)).one().ended_at is not None


@pytest.mark.parametrize("typed", ["Host.Officer@HOST.example", "  host.officer@host.example "])
def test_the_address_may_be_typed_in_any_case(sign_in: Callable, officer: str, typed: str) -> None:
    assert sign_in(typed).status_code == 303


@pytest.mark.asvs("2.4.1", "6.3.8")
def test_every_failing_path_verifies_once_and_answers_the_same(
    client: PageClient, world: World, officer: str, sign_in: Callable, verifications: list[str]
) -> None:
    without_password = world.person("host_editor").email
    left = has_password(world.person("sender_editor"))
    membership = db.session.get_one(Membership, world.memberships["sender_editor"])
    membership.ends_at = LONG_AGO + timedelta(days=1)
    db.session.commit()
    answers = []
    for email, password in (
        (officer, "not the password"),
        ("nobody@nowhere.example", PASSWORD),
        (without_password, PASSWORD),
        (left, PASSWORD),
        ("", ""),
        ("not an address", PASSWORD),
        (officer, "x" * 5000),
        (officer, "\x00\ud7ff"),
    ):
        verifications.clear()
        answer = sign_in(email, password)
        assert len(verifications) == 1, email
        answers.append((answer.status_code, words_of(answer.text), sorted(answer.headers.keys())))
    assert answers[0][0] == 422
    assert all(answer == answers[0] for answer in answers)
    assert db.session.scalars(db.select(UserSession)).first() is None


def test_the_real_setting_is_the_published_one() -> None:
    hasher = hashing._hasher(cheap=False)
    assert (hasher.memory_cost, hasher.time_cost, hasher.parallelism) == (19 * 1024, 2, 1)
    assert hasher.hash("x").startswith("$argon2id$")


def test_waits_grow_and_the_page_says_how_long(
    client: PageClient, officer: str, sign_in: Callable, verifications: list[str]
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(5):
            assert sign_in(officer, "wrong").status_code == 422
        verifications.clear()
        refused = sign_in(officer)
        assert refused.status_code == 429
        assert "Wait 31 seconds" in refused.text
        assert verifications == []
        clock.shift(timedelta(seconds=31))
        assert sign_in(officer, "wrong").status_code == 422
        clock.shift(timedelta(seconds=31))
        assert "Wait" in sign_in(officer).text
        clock.shift(timedelta(seconds=30))
        assert sign_in(officer).status_code == 303
        assert sign_in(officer, "wrong").status_code == 422


def test_an_unknown_account_waits_like_a_known_one(sign_in: Callable) -> None:
    for _ in range(5):
        sign_in("nobody@nowhere.example")
    assert sign_in("nobody@nowhere.example").status_code == 429


def test_one_network_address_cannot_try_every_account(sign_in: Callable) -> None:
    answers = [sign_in(f"person{n}@nowhere.example").status_code for n in range(22)]
    assert answers[:20] == [422] * 20
    assert answers[20:] == [429] * 2


def test_right_passwords_from_one_office_never_wait(sign_in: Callable, officer: str) -> None:
    assert [sign_in(officer).status_code for _ in range(25)] == [303] * 25


def test_neither_account_nor_address_is_stored_as_it_is(sign_in: Callable, officer: str) -> None:
    sign_in(officer, "wrong")
    subjects = list(db.session.scalars(db.select(SignInThrottle.subject)))
    assert len(subjects) == 2
    assert not any(officer in s or "127.0.0.1" in s for s in subjects)


@pytest.mark.asvs("6.3.1")
def test_twenty_parallel_attempts_get_no_more_verifications_than_twenty_in_turn(
    app: Flask, officer: str, verifications: list[str]
) -> None:
    db.session.remove()

    def attempt(_n: int) -> int:
        with app.app_context():
            client = app.test_client()
            return client.post("/en/sign-in", data={"email": officer, "password": "wrong"}).status_code  # type: ignore[call-arg]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(attempt, range(20)))
    assert len(verifications) == 5
    assert sorted(answers) == [422] * 5 + [429] * 15


def token_in(client: PageClient) -> str:
    with client.session_transaction() as session:
        return session["token"]


@pytest.mark.asvs("7.2.4")
def test_signing_in_gives_a_new_session_and_nothing_planted_survives(
    client: PageClient, officer: str, sign_in: Callable
) -> None:
    with client.session_transaction() as session:
        session["token"], session["planted"] = "chosen by an attacker", "x"
    assert sign_in(officer).status_code == 303
    with client.session_transaction() as session:
        assert session["token"] != "chosen by an attacker"
        assert "planted" not in session
    stored = db.session.scalars(db.select(UserSession)).one()
    assert stored.token_hash == token_hash(token_in(client))
    assert token_in(client).encode() not in stored.token_hash


def test_a_cookie_of_an_ended_session_is_worth_nothing(client: PageClient, officer: str, sign_in: Callable) -> None:
    sign_in(officer)
    token = token_in(client)
    client.post("/en/sign-out")
    with client.session_transaction() as session:
        session["token"] = token
    assert client.get("/en/account").status_code == 303


@pytest.mark.asvs("7.3.1", "7.3.2")
@pytest.mark.parametrize(
    ("steps", "minutes", "alive"), [(1, 29, True), (1, 31, False), (24, 29, True), (26, 29, False)]
)
def test_a_session_ends_after_30_idle_minutes_and_12_hours(
    client: PageClient, officer: str, sign_in: Callable, steps: int, minutes: int, alive: bool
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        sign_in(officer)
        answers = []
        for _ in range(steps):
            clock.shift(timedelta(minutes=minutes))
            answers.append(client.get("/en/account").status_code)
    assert answers[-1] == (200 if alive else 303)


def test_the_last_seen_time_is_written_at_most_once_a_minute(
    client: PageClient, officer: str, sign_in: Callable
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        sign_in(officer)
        clock.shift(timedelta(seconds=59))
        client.get("/en/account")
        assert seen_at() == NOON
        clock.shift(timedelta(seconds=1))
        client.get("/en/nowhere")
        assert seen_at() == NOON + timedelta(seconds=60)


def seen_at() -> datetime:
    db.session.rollback()
    return db.session.scalars(db.select(UserSession)).one().seen_at


def test_someone_with_two_agencies_chooses_one(
    client: PageClient, world: World, officer: str, sign_in: Callable
) -> None:
    second_membership(world, "host_officer", "sender", Role.EDITOR)
    answer = sign_in(officer, next="/en/account")
    assert answer.location.startswith("/en/act-for")
    assert "/sign-in" in client.get("/en/agencies").location
    assert client.get("/en/sign-in").location.startswith("/en/act-for")
    page = client.get("/en/act-for?next=/en/agencies")
    assert "No agency is chosen yet" in page.text
    assert "for national authorities" not in page.text, "nobody who signed in is asked to"
    assert "/ar/act-for?next=/ar/agencies" in page.text, "the way on is in the language that is chosen here"
    assert 'action="/en/sign-out"' in page.text
    page = client.get(answer.location)
    assert "Police des frontières" in page.text
    choice = re.findall(r'name="seat" value="([^"]+)"', page.text)
    assert client.send(page, {"seat": choice[1]}).location == "/en/account"
    assert "· Editor" in client.get("/en/account").text
    client.csrf_token = None
    client.post("/en/act-for", data={"seat": choice[0]})
    assert "· Liaison officer" in client.get("/en/account").text
    client.post("/en/act-for", data={"seat": "not mine"})
    assert "· Liaison officer" in client.get("/en/account").text


def change_to(client: PageClient, new: str = "four quiet words together", present: str = "wrong") -> TestResponse:
    client.csrf_token = None
    return client.post("/en/account/password", data={"present": present, "password": new, "_once": token_urlsafe(16)})


@pytest.mark.asvs("6.3.1")
def test_guesses_of_the_present_password_have_to_wait_and_leave_the_sign_in_alone(
    app: Flask, client: PageClient, officer: str, sign_in: Callable, verifications: list[str]
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        sign_in(officer)
        for _ in range(5):
            assert change_to(client).status_code == 422
        verifications.clear()
        refused = change_to(client, present=PASSWORD)
        assert refused.status_code == 429
        assert "Wait 31 seconds" in refused.text
        assert verifications == []
        elsewhere = app.test_client().post("/en/sign-in", data={"email": officer, "password": PASSWORD})
        assert elsewhere.status_code == 303
        clock.shift(timedelta(seconds=31))
        assert change_to(client, present=PASSWORD).status_code == 303


def test_whoever_knows_the_present_password_may_look_for_a_new_one_as_long_as_they_like(
    client: PageClient, officer: str, sign_in: Callable
) -> None:
    sign_in(officer)
    assert [change_to(client, "short", PASSWORD).status_code for _ in range(8)] == [422] * 8
    assert change_to(client, present=PASSWORD).status_code == 303
