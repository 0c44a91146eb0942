"""The one-time id of a form: a repeat shows the first result, anything else under the same id is refused."""

import io
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from portal.features.exchanges.models import Post
from portal.features.exchanges.programme.models import ProgrammeUpload
from portal.features.people.models import Person
from portal.infra.db import db
from portal.infra.submissions import Submission
from tests.client import PageClient
from tests.world import World

PROFILE = "/en/account/profile"
NEW = "/en/exchanges/offers/new"


def rows(model: type[Any]) -> int:
    db.session.rollback()
    return db.session.scalar(db.select(db.func.count()).select_from(model)) or 0


def test_a_double_click_has_one_effect_and_shows_one_result(client: PageClient, world: World) -> None:
    client.sign_in(world.people["host_officer"])
    before = rows(Post)
    answers = [client.post(NEW, data={"_once": "twice-the-same"}) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.location for answer in answers}) == 1
    assert rows(Post) == before + 1


@pytest.mark.parametrize("arrives", [False, True])
def test_when_the_database_goes_away_at_the_commit_the_form_may_be_sent_again(
    app: Flask, client: PageClient, world: World, monkeypatch: pytest.MonkeyPatch, arrives: bool
) -> None:
    """Nobody knows whether that commit arrived, and it is done once all the same."""
    client.sign_in(world.people["host_officer"])
    before, commit = rows(Post), db.session.commit

    def goes_away() -> None:
        if arrives:
            commit()
        raise OperationalError("COMMIT", {}, Exception("server closed the connection unexpectedly"))

    with monkeypatch.context() as patch:
        patch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
        patch.setattr(db.session, "commit", goes_away)
        answer = client.post(NEW, data={"_once": "at-the-commit"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert rows(Post) == before + arrives
    assert client.post(NEW, data={"_once": "at-the-commit"}).status_code == 303
    assert rows(Post) == before + 1


def test_other_answers_under_the_same_id_are_refused_and_not_dropped_in_silence(
    client: PageClient, world: World
) -> None:
    client.sign_in(world.people["host_officer"])
    assert client.post(PROFILE, data={"_once": "k", "name": "First", "language": "en"}).status_code == 303
    answer = client.post(PROFILE, data={"_once": "k", "name": "Second", "language": "en"})
    assert answer.status_code == 409
    assert "with other answers" in answer.text
    db.session.expire_all()
    assert db.session.get_one(Person, world.people["host_officer"]).name == "First"


def test_another_file_under_the_same_id_is_refused(client: PageClient, world: World) -> None:
    client.sign_in(world.people["secretariat"])

    def send(content: bytes) -> Any:
        data = {"_once": "file", "files": (io.BytesIO(content), "offers.csv")}
        return client.post("/en/exchanges/programme", data=data, content_type="multipart/form-data")

    first, again, other = send(b"key,agency\n1,2\n"), send(b"key,agency\n1,2\n"), send(b"key,agency\n1,3\n")
    assert (first.status_code, again.status_code, other.status_code) == (303, 303, 409)
    assert first.location == again.location
    assert rows(ProgrammeUpload) == 1


def test_the_same_id_on_another_page_is_refused(client: PageClient, world: World) -> None:
    client.sign_in(world.people["host_officer"])
    assert client.post(NEW, data={"_once": "elsewhere"}).status_code == 303
    assert client.post("/en/exchanges/needs/new", data={"_once": "elsewhere"}).status_code == 409


def test_another_persons_id_is_ones_own(client: PageClient, world: World) -> None:
    for who in ("host_officer", "host_editor"):
        client.sign_in(world.people[who])
        assert client.post(NEW, data={"_once": "shared"}).status_code == 303
    assert rows(Submission) == 2
    db.session.rollback()


def test_a_refused_form_may_be_sent_again_under_its_id(client: PageClient, world: World) -> None:
    client.sign_in(world.people["host_officer"])
    assert client.post(PROFILE, data={"_once": "mended", "name": "", "language": "en"}).status_code == 422
    assert client.post(PROFILE, data={"_once": "mended", "name": "Mended", "language": "en"}).status_code == 303


@pytest.mark.parametrize("token", ["a\x00b", "x" * 65, "é", "a b", "a\n"])
def test_an_id_that_is_none_of_ours_is_refused(client: PageClient, world: World, token: str) -> None:
    client.sign_in(world.people["host_officer"])
    assert client.post(NEW, data={"_once": token}).status_code == 400
