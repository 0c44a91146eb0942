"""Two doors, one set of rules: what the pages do, JSON does, with the same refusals."""

from typing import Any

import pytest
from flask import Flask

from portal.features.assistance.domain.drafting import SAVED_STEPS
from portal.features.assistance.domain.lifecycles import RequestState
from portal.features.assistance.models import Request
from portal.infra.db import db
from tests.client import PageClient
from tests.features.assistance.acts import CLEARED, opened, screening, submitted, typed
from tests.world import World

API = "/api/v1/requests"


def body(**changes: Any) -> dict[str, Any]:
    """The same terms as a program writes them."""
    whole = typed(**changes)
    whole.pop(SAVED_STEPS)
    for line in whole["lines"]:
        if "unit_cost" in line:
            line["unit_cost"] = {"amount": "18500.00", "currency": "EUR"}
    return whole


def test_a_request_goes_from_json_to_donors(app: Flask, client: PageClient, world: World) -> None:
    client.sign_in(world.people["sender_editor"])
    made = client.post(API, json=body())
    assert made.status_code == 201, made.text
    one = made.headers["Location"]
    client.sign_in(world.people["sender_approver"])
    assert client.post(f"{one}/approve", json={}).get_json()["state"] == "screening"
    client.sign_in(world.people["secretariat"])
    refused = client.post(f"{one}/open", json={})
    assert refused.status_code == 422
    assert client.post(f"{one}/diligence", json=CLEARED).status_code == 200
    assert client.post(f"{one}/open", json={}).get_json()["due_diligence"] == "cleared"
    client.sign_in(world.people["donor_officer"])
    seen = client.get(one).get_json()
    assert seen["terms"]["sites"] is None
    assert seen["lines"][0]["unit_cost"] == {"amount": "18500.00", "currency": "EUR"}
    assert seen["lines"][0]["received"] is None
    assert client.get(API).get_json()["requests"][0]["ref"] == seen["ref"]


def test_a_program_may_not_write_an_amount_two_ways(app: Flask, client: PageClient, world: World) -> None:
    client.sign_in(world.people["sender_editor"])
    whole = body()
    whole["lines"][0]["unit_cost"] = {"typed": "18.500", "currency": "EUR"}
    answer = client.post(API, json=whole)
    assert answer.status_code == 422
    assert any("unit_cost" in str(problem) for problem in answer.get_json()["problems"])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"priority": "critical"}, "priority_reason"),
        ({"data_protection_basis": ""}, "data_protection_basis"),
        ({"sites": []}, "sites"),
        ({"needed_by": "2020-01-01"}, "needed_by"),
        ({"lines": []}, "lines"),
        ({"problem": "The suspect John Smith, passport AB1234567"}, "problem"),
        ({"provisions": ["15.1"]}, "provisions-0"),
        ({"unknown": "x"}, "unknown"),
    ],
)
def test_both_doors_refuse_the_same(
    app: Flask, client: PageClient, world: World, changes: dict[str, Any], field: str
) -> None:
    client.sign_in(world.people["sender_editor"])
    answer = client.post(API, json=body(**changes))
    assert answer.status_code == 422
    assert field in {problem.get("field") for problem in answer.get_json()["problems"]}


BAD_LINES = [
    ({"quantity": "2.5"}, "quantity"),
    ({"quantity": "0"}, "quantity"),
    ({"quantity": "-1"}, "quantity"),
    ({"quantity": "1e3"}, "quantity"),
    ({"quantity": ""}, "quantity"),
    ({"category": "unicorn"}, "category"),
    ({"category": ""}, "category"),
    ({"unit": "day"}, "unit"),
    ({"existing": "5", "required": "3"}, "required"),
    ({"existing": "5", "required": ""}, "required"),
    ({"category": "drone", "spec": {}}, "export_answer"),
    ({"spec": {"drive": "four_wheel"}}, "spec-drive"),
    ({"spec": {"mrz": "maybe"}}, "spec-mrz"),
    ({"spec": {"licence_years": "0"}}, "spec-licence_years"),
    ({"sustainment": None}, "sustainment"),
    ({"kind": "training", "category": "", "unit": "person", "days": ""}, "days"),
]


@pytest.mark.parametrize(("changes", "field"), BAD_LINES)
def test_a_line_is_complete_or_refused(
    app: Flask, client: PageClient, world: World, changes: dict[str, Any], field: str
) -> None:
    client.sign_in(world.people["sender_editor"])
    whole = body()
    whole["lines"] = [whole["lines"][0] | changes]
    answer = client.post(API, json=whole)
    assert answer.status_code == 422, answer.text
    assert f"lines-0-{field}" in {problem.get("field") for problem in answer.get_json()["problems"]}, answer.text


def test_arabic_digits_are_a_number(app: Flask, client: PageClient, world: World) -> None:
    client.sign_in(world.people["sender_editor"])
    whole = body()
    whole["lines"][0]["quantity"] = "١٠"
    assert client.post(API, json=whole).get_json()["lines"][0]["quantity"] == 10


STEPS = [
    ("approve", "sender_editor", submitted, 403),
    ("approve", "sender_approver", submitted, 200),
    ("approve", "stranger_approver", submitted, 404),
    ("return", "sender_approver", submitted, 422),
    ("open", "sender_approver", screening, 403),
    ("send-back", "secretariat", screening, 422),
    ("decline", "donor_officer", screening, 404),
    ("hold", "secretariat", opened, 422),
    ("hold", "donor_officer", opened, 403),
    ("resume", "secretariat", opened, 409),
    ("withdraw", "secretariat", opened, 403),
    ("withdraw", "sender_approver", opened, 422),
    ("amend", "sender_editor", opened, 403),
    ("ask", "stranger_editor", opened, 403),
    ("ask", "auditor", opened, 403),
    ("close", "donor_approver", opened, 403),
    ("release", "donor_officer", opened, 403),
]


@pytest.mark.parametrize(("step", "who", "maker", "status"), STEPS)
def test_each_step_belongs_to_its_role(
    app: Flask, client: PageClient, world: World, step: str, who: str, maker: Any, status: int
) -> None:
    request: Request = maker(world)
    db.session.commit()
    client.sign_in(world.people[who])
    assert client.post(f"{API}/{request.ref}/{step}", json={}).status_code == status


def test_the_author_never_approves_even_as_an_approver(app: Flask, client: PageClient, world: World) -> None:
    client.sign_in(world.people["sender_approver"])
    ref = client.post(API, json=body()).get_json()["ref"]
    assert client.post(f"{API}/{ref}/approve", json={}).status_code == 403
    client.sign_in(world.people["sender_coordinator"])
    assert client.post(f"{API}/{ref}/approve", json={}).status_code == 200  # nobody else of the agency can


def test_a_form_that_is_sent_twice_has_one_effect(app: Flask, client: PageClient, world: World) -> None:
    client.sign_in(world.people["sender_editor"])
    page = client.get("/en/assistance/requests")
    first, second = (client.send(page, action="/new") for _ in range(2))
    assert first.location == second.location
    drafts = db.select(db.func.count()).where(Request.state == RequestState.DRAFT)
    assert db.session.scalar(drafts) == 1


def test_nothing_moves_while_the_agency_is_suspended(app: Flask, client: PageClient, world: World) -> None:
    request = opened(world)
    world.agency("sender").status = "suspended"
    db.session.commit()
    client.sign_in(world.people["secretariat"])
    assert client.post(f"{API}/{request.ref}/hold", json={"reason": "x"}).status_code == 409
    words = {"text": "Why?", "language": "en"}
    assert client.post(f"{API}/{request.ref}/ask", json=words).status_code == 409
