"""The pages of items and findings, opened and used by the people of both sides; every page is checked by the client."""

from datetime import timedelta

from bs4 import BeautifulSoup
from flask import Flask

from portal.features.items.domain.lifecycles import FindingState, ItemState
from portal.features.items.models import Finding, Item, ItemCheck, ItemParty
from portal.infra.db import db
from tests.client import PageClient
from tests.features.items.acts import checked, delivered, found_wrong, in_use, offered, today, typed_item
from tests.features.shipments.acts import arrived, counted, with_commitment
from tests.features.shipments.test_pages import main
from tests.world import World

EQUIPMENT = "/en/equipment"


def page_of(item: Item, more: str = "") -> str:
    return f"{EQUIPMENT}/items/{item.ref}{more}"


def now_of(item: Item) -> Item:
    db.session.expire_all()
    return db.session.get_one(Item, item.id)


def test_what_a_receipt_counted_is_registered_from_the_page_of_its_shipment(
    app: Flask, client: PageClient, world: World
) -> None:
    shipment = arrived(world, with_commitment(world, 6))
    counted(world, shipment, {"received": 4})
    db.session.commit()
    client.sign_in(world.people["sender_editor"])
    page = BeautifulSoup(client.get(f"/en/assistance/shipments/{shipment.ref}").text, "html.parser")
    link = next(a for a in page.select("main a[href]") if "/equipment/register" in str(a["href"]))
    form = client.get(str(link["href"]))
    typed = typed_item(world)
    answers = {
        name: str(typed[name]) for name in ("manufacturer", "model", "serial", "unit", "site", "site_kind", "condition")
    }
    refused = client.send(form, answers | {"serial": "---"})
    assert refused.status_code == 422
    assert typed["manufacturer"] in refused.text, "what was typed is kept"
    done = client.send(refused, answers)
    assert done.status_code == 303, main(done)
    assert typed["serial"] in main(client.get(done.location))
    assert "Register 3 items" in main(client.get(f"/en/assistance/shipments/{shipment.ref}"))


def test_a_serial_number_that_another_item_has_is_refused_at_its_field(
    app: Flask, client: PageClient, world: World
) -> None:
    first = delivered(world)
    db.session.commit()
    client.sign_in(world.people["sender_editor"])
    form = client.get(f"{EQUIPMENT}/register?category=passport-reader-full")
    typed = {name: str(value) for name, value in typed_item(world).items() if name != "value"}
    refused = client.send(form, typed | {"value-typed": "18500", "value-currency": "EUR", "serial": str(first.serial)})
    assert refused.status_code == 422
    page = BeautifulSoup(refused.text, "html.parser")
    field = page.select_one("[name=serial]")
    assert field
    assert field.get("aria-invalid") == "true"


def test_a_colleague_signs_for_what_was_handed_over_and_puts_it_to_use(
    app: Flask, client: PageClient, world: World
) -> None:
    item = offered(world, delivered(world))
    db.session.commit()
    client.sign_in(world.people["sender_officer"])
    form = client.get(page_of(item, "/confirm-handover"))
    assert client.send(form, {"received": "y"}).status_code == 422, "without the undertaking nobody takes it over"
    assert client.send(form, {"received": "y", "undertaking": "y"}).status_code == 303
    assert now_of(item).undertaken_at is not None
    assert client.post(page_of(item, "/put-to-use"), data={"version": item.version}).status_code == 303
    assert now_of(item).state == ItemState.IN_USE


def test_only_an_independent_check_verifies_and_the_page_says_so(app: Flask, client: PageClient, world: World) -> None:
    item = in_use(world)
    db.session.commit()
    answers = {"on": today().isoformat(), "result": "seen_working", "condition": "good"}
    for who, verified in (("sender_editor", False), ("inspector", True)):
        client.sign_in(world.people[who])
        done = client.send(client.get(page_of(item, "/check")), answers)
        assert done.status_code == 303, main(done)
        assert now_of(item).verified(today()) is verified
    assert db.session.query(ItemCheck).filter_by(item_id=item.id).count() == 2


def test_a_finding_is_explained_by_the_holder_and_closed_by_another_agency(
    app: Flask, client: PageClient, world: World
) -> None:
    finding = found_wrong(world, in_use(world))
    db.session.commit()
    address = f"{EQUIPMENT}/findings/{finding.ref}"
    client.sign_in(world.people["sender_approver"])
    assert client.get(f"{address}/close").status_code == 403, "not by the agency that it is about"
    page = client.get(address)
    assert client.send(page, {"reason": ""}, action=f"{address}/remedy").status_code == 422
    assert client.send(page, {"reason": "A new seal was fixed."}, action=f"{address}/remedy").status_code == 303
    client.sign_in(world.people["inspector"])
    assert client.send(client.get(f"{address}/close"), {"reason": "I saw the new seal."}).status_code == 303
    db.session.expire_all()
    assert db.session.get_one(Finding, finding.id).state == FindingState.CLOSED


def test_what_is_due_and_overdue_is_listed(app: Flask, client: PageClient, world: World) -> None:
    late, checked_lately = in_use(world), in_use(world)
    checked(world, checked_lately)
    yesterday = today() - timedelta(days=1)
    db.session.execute(db.update(Item).where(Item.id == late.id).values(next_check_on=yesterday))
    db.session.execute(db.update(ItemParty).where(ItemParty.item_id == late.id).values(next_check_on=yesterday))
    db.session.commit()
    client.sign_in(world.people["donor_officer"])
    assert checked_lately.ref in main(client.get(f"{EQUIPMENT}/items"))
    overdue = main(client.get(f"{EQUIPMENT}/items?show=overdue"))
    assert late.ref in overdue
    assert checked_lately.ref not in overdue
