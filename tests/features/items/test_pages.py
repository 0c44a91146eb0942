"""The pages of items and findings, opened and used by the people of both sides; every page is checked by the client."""

import csv
import io
from datetime import timedelta

from bs4 import BeautifulSoup
from flask import Flask

from portal.features.items.domain.lifecycles import FindingState, ItemState
from portal.features.items.intake import importing
from portal.features.items.models import Finding, Item, ItemCheck, ItemParty
from portal.infra.db import db, now
from tests.client import PageClient
from tests.features.exchanges.acting import acting
from tests.features.items.acts import (
    checked,
    delivered,
    found_wrong,
    in_use,
    offered,
    registered,
    today,
    transfer_asked,
    typed_item,
    undertaken,
)
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


def filled_button(client: PageClient, url: str) -> str:
    """The one button in the head of an item's page that stands out."""
    page = BeautifulSoup(client.get(url).text, "html.parser")
    found = page.select("main .head .acts .btn:not(.alt)")
    assert len(found) == 1
    return found[0].get_text(strip=True)


def test_the_button_that_stands_out_is_the_next_step_of_the_item(app: Flask, client: PageClient, world: World) -> None:
    urls = [page_of(item) for item in (registered(world), delivered(world), undertaken(world), in_use(world))]
    db.session.commit()
    client.sign_in(world.people["sender_editor"])
    expected = ["Confirm that it was received", "Hand over", "Put to use", "Check it"]
    assert [filled_button(client, url) for url in urls] == expected
    client.sign_in(world.people["donor_officer"])
    assert filled_button(client, urls[-1]) == "Check it"


def test_trained_operators_are_recorded_for_today_unless_another_day_is_said(
    app: Flask, client: PageClient, world: World
) -> None:
    item = in_use(world)
    db.session.commit()
    client.sign_in(world.people["sender_editor"])
    answers = {"trained": "2", "training": "Two days at the post"}
    assert client.send(client.get(page_of(item, "/record-training")), answers).status_code == 303
    assert now_of(item).operators_trained == 2


def test_who_consents_reads_where_the_item_is_and_where_it_would_go(
    app: Flask, client: PageClient, world: World
) -> None:
    item = transfer_asked(world, in_use(world))
    assert item.move is not None
    expected, url = ("Holder now", item.site, "It would go to", item.move.site), page_of(item, "/consent")
    db.session.commit()
    client.sign_in(world.people["donor_approver"])
    page = main(client.get(url))
    for words in expected:
        assert words in page


def sent_back(client: PageClient, world: World, rows: list[dict[str, str]]) -> str:
    """The page of a file in which a storekeeper filled in what nobody else could know."""
    filled = {"manufacturer": "Lumen", "model": "DR", "condition": "new", "unit": "Poste 1", "site": "Arlit"}
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, rows[0])
    writer.writeheader()
    writer.writerows(row | filled | {"site_kind": "border_post", "serial": f"L-{n}"} for n, row in enumerate(rows))
    file = importing.send("items.csv", text.getvalue().encode(), by=acting(world, "sender_editor"), at=now())
    key = file.key
    db.session.commit()
    importing.work_off(at=now())
    return main(client.get(f"{EQUIPMENT}/import/{key}"))


def test_the_units_of_a_shipment_come_as_a_table_to_fill_in(app: Flask, client: PageClient, world: World) -> None:
    shipment = arrived(world, with_commitment(world, 6))
    counted(world, shipment, {"received": 4, "damaged": 1, "missing": 1, "reason": "damaged"})
    db.session.commit()
    client.sign_in(world.people["sender_editor"])
    url = f"{EQUIPMENT}/import/received/{shipment.ref}.csv"
    assert url in client.get(f"/en/assistance/shipments/{shipment.ref}").text
    rows = list(csv.DictReader(client.get(url).get_data().decode("utf-8-sig").splitlines()))
    assert len(rows) == 5
    checked_file = sent_back(client, world, rows)
    assert "New items5" in checked_file
    assert "Errors0" in checked_file
    one_more = sent_back(client, world, [*rows, rows[0]])
    assert "Left for this row: 0." in one_more
    assert "Send another file" in one_more
    assert client.sign_in(world.people["stranger_editor"]).get(url).status_code == 404


def test_the_page_of_a_shipment_leads_to_the_items_that_came_with_it(
    app: Flask, client: PageClient, world: World
) -> None:
    shipment = arrived(world, with_commitment(world, 6))
    counted(world, shipment, {"received": 1})
    db.session.commit()
    item = registered(world, shipment=shipment.ref, receipt=1, shipment_line=1, funder="")
    db.session.commit()
    for who in ("sender_editor", "donor_officer"):
        client.sign_in(world.people[who])
        assert f'href="{page_of(item)}"' in client.get(f"/en/assistance/shipments/{shipment.ref}").text
