"""What programs read of a request: its lines, rungs, pledges and places, as far as its pages show them."""

from typing import Any

from portal.features.assistance import services
from portal.features.assistance.domain.acts import SetDisclosure
from portal.infra.db import db, now
from tests.client import PageClient
from tests.features.assistance.acts import opened, screening
from tests.features.assistance.pledging import committed, offered
from tests.features.assistance.test_doors import body
from tests.features.assistance.test_reporting import rates
from tests.features.exchanges.acting import acting
from tests.world import World

API = "/api/v1"


def asked(client: PageClient, world: World, who: str, address: str) -> Any:
    db.session.commit()
    client.sign_in(world.people[who])
    return client.get(f"{API}{address}").get_json()


def test_the_rungs_of_a_request_and_its_lines_are_read_in_units_and_money(client: PageClient, world: World) -> None:
    rates("EUR,0.92")
    request = opened(world)
    offered(world, request.lines[0], 2)
    offered(world, request.lines[0], 1, unit_value={"typed": "100", "currency": "GEL"})
    found = asked(client, world, "sender_editor", f"/requests/{request.ref}")
    assert found["rungs"]["pledged"] == {
        "units": 3,
        "given": [{"amount": "37000.00", "currency": "EUR"}, {"amount": "100.00", "currency": "GEL"}],
        "reported": {"amount": "40217.39", "currency": "USD"},
        "not_converted": 1,
    }
    assert found["rungs"]["verified"]["units"] is None, "not recorded yet is not zero"
    assert found["rungs_by_line"]["2"]["pledged"]["units"] == 0
    assert [(one["of"], one["rate"], one["costs"], one["source"]) for one in found["rates"]] == [
        ("USD", "0.92", "EUR", "UN rates")
    ]
    assert [one["quantity"] for one in found["pledges"]] == [2, 1]


def test_a_withheld_line_and_an_unnamed_donor_stay_so_for_programs(client: PageClient, world: World) -> None:
    request = opened(world)
    pledge = offered(world, request.lines[0], 2)
    pledge.anonymous_reason = 1
    offered(world, request.lines[1], 1)
    hide = SetDisclosure(field="line-2", withheld=2)
    services.set_disclosure(hide, request=request, by=acting(world, "sender_approver"), at=now())
    found = asked(client, world, "stranger_editor", f"/requests/{request.ref}")
    assert [(one["line"], one["ref"], one["donor"]) for one in found["pledges"]] == [(1, None, None)]
    assert "2" not in found["rungs_by_line"]
    assert found["released"] is None
    assert client.get(f"{API}/requests/{request.ref}/lines/2").status_code == 404
    assert client.get(f"{API}/requests/{request.ref}/lines/1").get_json()["open"] == 8


def test_a_pledge_is_read_whole_and_its_flow_by_the_donor_only(client: PageClient, world: World) -> None:
    rates("EUR,0.92")
    pledge = committed(world, opened(world).lines[0], 2)
    ours = asked(client, world, "donor_officer", f"/pledges/{pledge.ref}")
    assert ours["reported"] == {"amount": "40217.39", "currency": "USD"}
    assert (ours["deliveries"], ours["oda"]["decided"]) == ([], None)
    theirs = asked(client, world, "sender_editor", f"/pledges/{pledge.ref}")
    assert "oda" not in theirs
    assert theirs["reported"] == ours["reported"]


def test_a_request_that_came_back_is_handed_in_again_by_a_program(client: PageClient, world: World) -> None:
    request = screening(world)
    services.send_back(request, by=acting(world, "secretariat"), at=now(), reason="Who insures it?")
    db.session.commit()
    client.sign_in(world.people["sender_editor"])
    address = f"{API}/requests/{request.ref}/submit"
    assert client.post(address, json=body(lines=[])).status_code == 422
    answer = client.post(address, json=body(other_donors="The ministry insures it."))
    assert (answer.status_code, answer.get_json()["state"]) == (200, "submitted")
    assert answer.get_json()["terms"]["other_donors"] == "The ministry insures it."
    assert client.post(address, json=body()).status_code == 409


def test_interest_and_copies_go_through_the_same_services(client: PageClient, world: World) -> None:
    request = opened(world)
    assert asked(client, world, "donor_officer", f"/requests/{request.ref}")["interested"] == 0
    address = f"{API}/requests/{request.ref}"
    assert [client.post(f"{address}/interest", json={}).get_json()["interested"] for _ in range(2)] == [1, 1]
    assert client.post(f"{address}/interest/take-back", json={}).get_json()["interested"] == 0
    assert client.post(f"{address}/copy", json={}).status_code == 403
    client.sign_in(world.people["sender_editor"])
    made = client.post(f"{address}/copy", json={})
    assert (made.status_code, made.get_json()["state"]) == (201, "draft")
