"""How many statements a page takes does not depend on how many rows it shows."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from portal.features.assistance.domain.lifecycles import RequestState
from portal.features.exchanges.domain.lifecycles import PostState
from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.notices.views.badge import EXTENSION as BADGES
from portal.infra.db import db, now
from tests.client import PageClient
from tests.features.items import acts as items
from tests.features.shipments import acts as shipments
from tests.proof import on_one_database
from tests.world import World, add_post, add_request

pytestmark = on_one_database

FEW, MANY = 5, 60
READERS = ("host_approver", "stranger_editor", "secretariat")
MOST = {
    "/en/help": 12,
    "/en/inbox": 30,
    "/en/exchanges/offers": 30,
    "/en/exchanges/offers?sort=soonest": 30,
    "/en/exchanges/offers?q=inspection": 40,
    "/en/exchanges/needs": 30,
    "an offer": 45,
    "/en/assistance/requests": 40,
    "/en/assistance/requests?q=corridor&line=equipment": 45,
    "a request": 45,
    "/en/assistance/gaps": 25,
    "/en/assistance/gaps?what=vehicles&state=NE": 25,
}


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that reach the database inside."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def publish(world: World, posts: int) -> None:
    """Offers and needs of two agencies, open and closed, and some that wait for an approver."""
    for number in range(posts):
        at = now() - timedelta(minutes=number + 1)
        for kind in PostKind:
            add_post(world, kind, ("host", "stranger")[number % 2], title=f"Inspection {number}", published_at=at)
        add_request(world, ("host", "sender")[number % 2], opened_at=at)
        add_request(world, "host", state=RequestState.SUBMITTED, opened_at=None, screening_at=None)
        add_request(world, "sender", state=RequestState.SCREENING, opened_at=None)
        waits = {"state": PostState.SUBMITTED, "published_at": None, "terms_version": 0}
        add_post(world, PostKind.OFFER, "host", title=f"Waiting {number}", **waits)
    db.session.commit()


def statements(client: PageClient, address: str) -> list[str]:
    client.application.extensions.pop(BADGES, None)  # else its few seconds may end between the two
    client.get(address)  # what is kept from one request to the next is there before anything is counted
    with counted() as seen:
        answer = client.get(address)
    assert answer.status_code == 200, address
    return list(seen)


@pytest.mark.parametrize("reader", READERS)
def test_a_page_takes_as_many_statements_for_many_rows_as_for_few(
    app: Flask, client: PageClient, world: World, reader: str
) -> None:
    client.sign_in(world.people[reader])
    offer = f"/en/exchanges/offers/{world.refs['offer']}"
    request = f"/en/assistance/requests/{world.refs['request']}"
    single = {"an offer": offer, "a request": request}
    addresses = {name: single.get(name, name) for name in MOST}
    publish(world, FEW)
    few = {name: statements(client, address) for name, address in addresses.items()}
    publish(world, MANY - FEW)
    many = {name: statements(client, address) for name, address in addresses.items()}
    grown = {name: (len(few[name]), len(many[name])) for name in MOST if len(many[name]) > len(few[name])}
    assert grown == {}
    assert {name: len(found) for name, found in many.items() if len(found) > MOST[name]} == {}


EQUIPMENT = {
    "/en/assistance/shipments": 20,
    "a shipment": 35,
    "a packing list": 25,
    "/en/equipment/items": 20,
    "/en/equipment/items?show=overdue": 20,
    "/en/equipment/labels": 20,
    "/en/equipment/findings": 20,
    "an item": 35,
}


@pytest.mark.parametrize("reader", ["sender_approver", "donor_officer"])
def test_a_page_of_equipment_takes_as_many_statements_for_many_rows_as_for_few(
    app: Flask, client: PageClient, world: World, reader: str
) -> None:
    client.sign_in(world.people[reader])
    items.ready(world)
    shipment = shipments.arrived(world, shipments.with_commitment(world, 9), gifts=[shipments.a_gift(quantity="9")] * 3)
    item = items.in_use(world)
    page = f"/en/assistance/shipments/{shipment.ref}"
    single = {
        "a shipment": page,
        "a packing list": f"{page}/packing-list",
        "an item": f"/en/equipment/items/{item.ref}",
    }
    seen: list[dict[str, int]] = []
    for more in (1, 4):
        items.ready(world)
        shipment, item = db.session.merge(shipment), db.session.merge(item)
        for _ in range(more):
            shipment = shipments.seen_by(world, "sender_editor", shipment) or shipment
            shipments.counted(world, shipment, {"received": 1}, {"received": 1})
            items.checked(world, items.fresh(item))
            items.found_wrong(world, items.in_use(world))
            shipments.prepared(world, gifts=[shipments.a_gift()])
        db.session.commit()
        seen.append({name: len(statements(client, single.get(name, name))) for name in EQUIPMENT})
    few, many = seen
    assert {name: (few[name], many[name]) for name in EQUIPMENT if many[name] > few[name]} == {}
    assert {name: found for name, found in many.items() if found > EQUIPMENT[name]} == {}
