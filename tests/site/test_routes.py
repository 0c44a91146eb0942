"""Rules about addresses."""

import re

import pytest
from flask import Flask

from portal.web.access import check_every_route
from tests.client import PageClient
from tests.site.addresses import address_of
from tests.world import World


def test_addresses_are_lowercase_words_joined_by_hyphens(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        fixed = re.sub(r"<[^>]+>", "", rule.rule)
        assert re.fullmatch(r"[a-z0-9/.-]*", fixed), rule.rule


def test_every_part_of_an_address_that_varies_is_bounded(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        for argument in re.findall(r"<([^>]+)>", rule.rule):
            assert rule.endpoint == "asset" or ":" in argument, rule.rule
            assert not argument.startswith("int:"), f"{rule.rule}: references, not integers, are the keys"


def test_no_form_post_works_without_its_token(app: Flask, client: PageClient, world: World) -> None:
    client.sign_in(world.people["secretariat"])
    posts = [r for r in app.url_map.iter_rules() if "POST" in (r.methods or ()) and not r.rule.startswith("/api/")]
    assert posts
    for rule in posts:
        assert client.post(address_of(rule, world), csrf=False).status_code == 400, rule.rule


def test_the_application_refuses_a_route_that_does_not_say_who_may_open_it() -> None:
    app = Flask(__name__, static_folder=None)
    app.add_url_rule("/open", view_func=lambda: "")
    with pytest.raises(RuntimeError, match="requires"):
        check_every_route(app)


def test_the_application_refuses_one_declaration_for_reading_and_writing() -> None:
    def view() -> str:
        return ""

    view.access = "x"  # type: ignore[attr-defined]
    app = Flask(__name__, static_folder=None)
    app.add_url_rule("/both", view_func=view, methods=["GET", "POST"])
    with pytest.raises(RuntimeError, match="separately"):
        check_every_route(app)
