"""Every page of people opens, in English and in Arabic, and passes the checks of the client."""

import pytest

from tests.client import PageClient
from tests.world import World


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("page", ["sign-in", "forgotten-password", "forgotten-password/done"])
def test_pages_for_visitors(client: PageClient, language: str, page: str) -> None:
    assert client.get(f"/{language}/{page}").status_code == 200


@pytest.mark.parametrize("page", ["invitations/x", "new-password/x"])
def test_a_dead_link_says_whom_to_ask(client: PageClient, page: str) -> None:
    answer = client.get(f"/en/{page}")
    assert answer.status_code == 410
    assert "works no more" in answer.text


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("page", ["account", "members", "members/IT-HOST", "members/IT-HOST/invite"])
def test_pages_for_an_approver(client: PageClient, world: World, language: str, page: str) -> None:
    client.sign_in(world.people["host_approver"])
    assert client.get(f"/{language}/{page}").status_code == 200
