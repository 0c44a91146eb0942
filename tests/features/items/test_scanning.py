"""The page that a QR code opens: a small address, a light page, and a check that was kept never overwrites another."""

import re

import brotli
from sqlalchemy import select

from portal.features.items.models import ItemCheck
from portal.infra.db import db
from portal.web.assets import STATIC
from tests.client import PageClient
from tests.features.items.acts import checked, in_use, today
from tests.world import World

MOST = 20_000
FIELDS = {"result": "seen_working", "condition": "good"}


def test_the_page_of_a_check_and_its_script_weigh_less_than_20_kilobytes(world: World, client: PageClient) -> None:
    item = in_use(world)
    db.session.commit()
    client.sign_in(world.people["donor_officer"])
    page = client.open(f"/ar/equipment/items/{item.ref}/check")
    assert page.status_code == 200
    sheets = sum(len(brotli.compress((STATIC / name).read_bytes())) for name in ("app.css", "field.js", "favicon.svg"))
    assert len(brotli.compress(page.data, quality=5)) + sheets < MOST


def test_only_pages_that_need_it_may_run_the_one_script(world: World, client: PageClient) -> None:
    item = in_use(world)
    db.session.commit()
    client.sign_in(world.people["donor_officer"])
    for path, allowed in ((f"/en/equipment/items/{item.ref}/check", True), (f"/en/equipment/items/{item.ref}", False)):
        page = client.open(path)
        assert ("script-src 'self'" in page.headers["Content-Security-Policy"]) is allowed
        assert ("camera=(self)" in page.headers["Permissions-Policy"]) is allowed
        assert len(re.findall("<script", page.text)) == int(allowed)


def test_signing_in_keeps_the_way_to_the_item(world: World, client: PageClient) -> None:
    item = in_use(world)
    db.session.commit()
    answer = client.get(f"/e/{item.ref}")
    assert answer.status_code in {302, 303}
    assert item.ref in answer.location
    client.sign_in(world.people["donor_officer"])
    assert client.get(f"/e/{item.ref}").location.endswith(f"/equipment/items/{item.ref}/check")


def test_a_check_from_an_old_page_is_shown_beside_what_is_new_and_recorded_only_by_a_decision(
    world: World, client: PageClient
) -> None:
    item = in_use(world)
    db.session.commit()
    client.sign_in(world.people["donor_officer"])
    opened = client.open(f"/en/equipment/items/{item.ref}/check")
    checked(world, item, result="seen_not_working", who="secretariat", condition="poor")
    db.session.commit()
    refused = client.send(opened, FIELDS | {"note": "Found in the store."})
    assert refused.status_code == 422
    assert "What is new since you opened this page" in refused.text
    assert "Seen, not working" in refused.text
    assert "Found in the store." in refused.text, "what was typed is kept"
    assert len(db.session.scalars(select(ItemCheck.id)).all()) == 1
    assert client.send(refused).status_code == 303, "the second time it is a decision"
    results = db.session.scalars(select(ItemCheck.result).order_by(ItemCheck.number)).all()
    assert results == ["seen_not_working", "seen_working"]
    assert today() == db.session.scalars(select(ItemCheck.on).order_by(ItemCheck.number.desc())).first()
