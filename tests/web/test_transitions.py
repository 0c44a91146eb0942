"""Why a step is taken: text like any other, asked again with what was typed where it cannot be kept as it is."""

from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from portal.features.exchanges.domain.lifecycles import PostState
from portal.infra.db import db
from tests.client import PageClient
from tests.world import World

BAD = {
    "nothing": ("", "Fill this in."),
    "a NUL": ("a\x00b", "Remove the line breaks and hidden control characters."),
    "a direction override": ("abc\u202edef", "Remove the hidden characters that change the direction of text."),
    "too much": ("x" * 1001, "Use at most 1000 characters."),
}


@pytest.fixture(autouse=True)
def _unchanged(app: Flask, world: World) -> Iterator[None]:
    yield
    db.session.rollback()
    db.session.expire_all()
    assert world.post("offer").state == PostState.PUBLISHED


@pytest.mark.parametrize("kind", BAD)
def test_a_reason_that_cannot_be_kept_is_asked_again_at_its_field(client: PageClient, world: World, kind: str) -> None:
    typed, words = BAD[kind]
    address = f"/en/exchanges/offers/{world.refs['offer']}/withdraw"
    answer = client.sign_in(world.people["host_approver"]).post(address, data={"reason": typed})
    assert answer.status_code == 422
    page = BeautifulSoup(answer.text, "html.parser")
    field = page.select_one("textarea[name=reason]")
    assert field
    error = page.find(id=str(field["aria-describedby"]).split()[-1])
    assert error
    assert words in error.text
    if kind == "too much":
        assert field.text.strip() == typed


@pytest.mark.parametrize("reason", ["a\x00b", "a\ud800b", "abc\u202edef", "x" * 1001, 5, ["x"], {"a": "b"}, True])
def test_the_api_refuses_such_a_reason_too(client: PageClient, world: World, reason: object) -> None:
    address = f"/api/v1/offers/{world.refs['offer']}/withdraw"
    answer = client.sign_in(world.people["host_approver"]).post(address, json={"reason": reason})
    assert answer.status_code == 422
    assert answer.json["problems"][0]["field"] == "reason"
