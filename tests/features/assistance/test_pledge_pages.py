"""The pages of pledges, as donors, the agency that asked, the secretariat and strangers open them."""

import io
from typing import Any

import pytest
from bs4 import BeautifulSoup

from portal.features.assistance import services
from portal.features.assistance.domain.pledging import DeclinePledge
from portal.features.assistance.models import Pledge, PledgeWaiting
from portal.features.documents.models import Document
from portal.infra.db import db, now
from tests.client import PageClient
from tests.features.assistance.acts import opened, training
from tests.features.assistance.pledging import (
    accepted,
    agreement,
    committed,
    delivered,
    offered,
    second_donor,
    typed_pledge,
)
from tests.features.exchanges.acting import acting
from tests.world import World


def fields(**changes: Any) -> dict[str, Any]:
    values = typed_pledge(**changes)
    money = values.pop("unit_value")
    return values | {f"unit_value-{name}": value for name, value in money.items()}


def visit(client: PageClient, world: World, who: str) -> PageClient:
    db.session.commit()
    return client.sign_in(world.people[who])


def main(page: Any) -> str:
    return " ".join(BeautifulSoup(page.text, "html.parser").select_one("main").get_text(" ").split())  # type: ignore[union-attr]


def test_a_reason_that_looks_like_case_data_is_sent_once_its_author_looked_again(
    client: PageClient, world: World
) -> None:
    pledge = offered(world, opened(world).lines[0])
    visit(client, world, "sender_approver")
    page = client.get(f"/en/assistance/pledges/{pledge.ref}/decline")
    assert 'name="text_confirmed"' not in page.text, "nothing is asked of those who name nobody"
    why = {"reason": "Two vehicles were seen with the suspect Ali Hassan."}
    doubted = client.send(page, why)
    assert doubted.status_code == 422
    assert "Ali Hassan" in doubted.text
    box = BeautifulSoup(doubted.text, "html.parser").select_one("main form input[name=text_confirmed]")
    assert box, "the box stands below the text"
    wrong = client.send(doubted, {"text_confirmed": "y", "version": "x"})
    again = BeautifulSoup(wrong.text, "html.parser").select_one("main form input[name=text_confirmed]")
    assert again, "it stays while something else is wrong"
    assert again.has_attr("checked")
    assert client.send(doubted, {"text_confirmed": "y"}).status_code == 303


def test_a_donor_pledges_from_the_request_and_the_agency_accepts(client: PageClient, world: World) -> None:
    request = opened(world)
    visit(client, world, "donor_officer")
    page = client.get(f"/en/assistance/requests/{request.ref}")
    assert f"/en/assistance/requests/{request.ref}/lines/1/pledge" in page.text
    assert "Not recorded yet" in main(page)
    form = client.get(f"/en/assistance/requests/{request.ref}/lines/1/pledge")
    first = client.send(form, fields(quantity="6"))
    again = client.send(form, fields(quantity="6"))
    assert (first.status_code, first.location) == (again.status_code, again.location) == (303, first.location)
    assert len(db.session.scalars(db.select(Pledge)).all()) == 1
    address = first.location
    assert "EUR\xa0111,000.00" in client.get(address).text
    visit(client, world, "sender_approver")
    assert "Accept or decline the pledge" in main(client.get("/en/inbox"))
    old = client.get(f"{address}/accept")
    assert client.send(old, {}).status_code == 422
    assert client.send(client.get(f"{address}/accept"), {"conditions_read": "y"}).status_code == 303
    late = client.send(old, {"conditions_read": "y", "_once": "another"})
    assert late.status_code == 409
    assert "Pledge accepted" in main(late)
    assert "Police des frontières" in main(late)


@pytest.mark.parametrize(("step", "stage"), [(offered, "Pledged"), (committed, "Committed")])
def test_the_route_of_a_request_stands_where_its_pledges_are(
    client: PageClient, world: World, step: Any, stage: str
) -> None:
    request = opened(world)
    step(world, request.lines[0])
    page = visit(client, world, "donor_officer").get(f"/en/assistance/requests/{request.ref}")
    here = BeautifulSoup(page.text, "html.parser").select_one(".route [aria-current=step] b")
    assert here is not None
    assert here.text == stage
    assert "received 0%" not in main(page), "nothing is recorded, which is not the same as nothing received"


def test_an_amount_that_can_be_read_two_ways_is_asked_about(client: PageClient, world: World) -> None:
    request = opened(world)
    visit(client, world, "donor_officer")
    form = client.get(f"/en/assistance/requests/{request.ref}/lines/1/pledge")
    asked = client.send(form, fields(unit_value={"typed": "10.005", "currency": "EUR"}))
    assert asked.status_code == 422
    assert "Which amount do you mean?" in main(asked)


def test_the_loser_pledges_the_rest_with_one_press(client: PageClient, world: World) -> None:
    second_donor(world)
    request = opened(world)
    visit(client, world, "donor_officer")
    form = client.get(f"/en/assistance/requests/{request.ref}/lines/1/pledge")
    offered(world, request.lines[0], 9, "host_donor")
    db.session.commit()
    lost = client.send(form, fields(quantity="3", conditions="Only in daylight."))
    assert lost.status_code == 409
    assert "1 is left" in main(lost)
    won = client.send(lost, {}, action="/pledge")
    assert won.status_code == 303
    pledge = db.session.scalars(db.select(Pledge).order_by(Pledge.id.desc())).first()
    assert pledge is not None
    assert (pledge.quantity, pledge.conditions) == (1, "Only in daylight.")


def test_who_comes_too_late_for_all_of_it_asks_to_be_told(client: PageClient, world: World) -> None:
    second_donor(world)
    request = opened(world)
    taken = offered(world, request.lines[1], 4, "host_donor")
    visit(client, world, "donor_officer")
    form = client.get(f"/en/assistance/requests/{request.ref}/lines/2/pledge")
    lost = client.send(form, fields(quantity="1"))
    assert lost.status_code == 409
    assert client.send(lost, {"quantity": "1"}, action="/tell-me").status_code == 303
    assert db.session.scalars(db.select(PledgeWaiting)).one().quantity == 1
    pledge = db.session.get_one(Pledge, taken.id)
    why = DeclinePledge(version=pledge.version, reason="No.")
    services.decline_pledge(why, pledge=pledge, by=acting(world, "sender_approver"), at=now())
    db.session.commit()
    assert "Something is open again" in main(client.get("/en/inbox"))


def test_a_late_act_keeps_what_was_typed(client: PageClient, world: World) -> None:
    pledge = offered(world, opened(world).lines[0])
    visit(client, world, "donor_officer")
    form = client.get(f"/en/assistance/pledges/{pledge.ref}/withdraw")
    pledge = db.session.get_one(Pledge, pledge.id)
    why = DeclinePledge(version=pledge.version, reason="Too late for us.")
    services.decline_pledge(why, pledge=pledge, by=acting(world, "sender_approver"), at=now())
    db.session.commit()
    late = client.send(form, {"reason": "The budget is closed."})
    assert late.status_code == 409
    for words in ("Too late for us.", "The budget is closed.", "Pledge declined"):
        assert words in main(late)


def test_who_comes_back_to_the_form_sees_what_was_pledged_and_types_a_number_anew(
    client: PageClient, world: World
) -> None:
    request = opened(world)
    pledge = offered(world, request.lines[0], 2)
    visit(client, world, "donor_officer")
    address = f"/en/assistance/requests/{request.ref}/lines/1/pledge"
    form = client.get(address)
    assert pledge.ref in main(form)
    sent = client.send(form, fields(quantity=""))
    assert sent.status_code == 422
    assert len(db.session.scalars(db.select(Pledge)).all()) == 1


def test_the_answers_about_the_flow_stand_in_the_page_when_it_is_opened_again(client: PageClient, world: World) -> None:
    pledge = offered(world, opened(world).lines[0])
    visit(client, world, "donor_officer")
    address = f"/en/assistance/pledges/{pledge.ref}/oda"
    answers = "?official_funds=yes&eligible_recipient=no&development_purpose=yes&provider_interest=no&safeguards=yes"
    decided = client.send(client.get(address + answers), {"flow_type": "10", "note": "Agreed with the ministry."})
    assert decided.status_code == 303
    again = client.get(address)
    checked = {one["id"] for one in BeautifulSoup(again.text, "html.parser").select("input[checked]")}
    assert checked >= {"official_funds-yes", "eligible_recipient-no"}
    assert "Agreed with the ministry." in main(again)


def test_the_recipient_sees_who_took_part_before_confirming_it(client: PageClient, world: World) -> None:
    request = opened(world, lines=[training()])
    pledge = committed(world, request.lines[0], 4)
    visit(client, world, "donor_officer")
    record = f"/en/assistance/pledges/{pledge.ref}/record-service"
    days = {"starts_on": "2026-01-12", "ends_on": "2026-01-13", "note": "Held in Niamey."}
    too_many = client.send(client.get(record), days | {"quantity": "4", "attended": "5"})
    assert too_many.status_code == 422
    assert client.send(too_many, days | {"quantity": "4", "attended": "4"}).status_code == 303
    page = client.get(f"/en/assistance/pledges/{pledge.ref}")
    assert "/record-service" not in page.text, "nothing is left to record"
    visit(client, world, "sender_editor")
    asked = main(client.get(f"/en/assistance/pledges/{pledge.ref}/confirm-service?number=1"))
    assert "4 people took part" in asked
    assert "Held in Niamey." in asked


@pytest.mark.parametrize("language", ["ar", "zh", "en", "fr", "ru", "es"])
def test_every_page_stands_in_every_language(client: PageClient, world: World, language: str) -> None:
    request = opened(world, lines=[training()])
    pledge = committed(world, request.lines[0], 4)
    delivered(world, pledge, 2)
    ref, other = pledge.ref, accepted(world, request.lines[0], 1).ref
    visit(client, world, "donor_officer")
    base = f"/{language}/assistance"
    answers = "?official_funds=yes&eligible_recipient=yes&development_purpose=yes&provider_interest=no&safeguards=yes"
    for path in (f"/requests/{request.ref}", f"/requests/{request.ref}/lines/1/pledge", "/pledges", f"/pledges/{ref}",
                 f"/pledges/{other}/withdraw", f"/pledges/{ref}/reduce", f"/pledges/{ref}/record-service",
                 f"/pledges/{ref}/dispute", f"/pledges/{ref}/oda", f"/pledges/{ref}/oda{answers}"):  # fmt: skip
        assert client.get(base + path).status_code == 200, path
    visit(client, world, "sender_approver")
    for path in (f"/pledges/{ref}", f"/pledges/{ref}/confirm-service?number=1", f"/pledges/{ref}/close-short"):
        assert client.get(base + path).status_code == 200, path


def test_a_stranger_meets_the_marker_of_a_pledge_nowhere(client: PageClient, world: World) -> None:
    marker = "Qzxmarker"
    request = opened(world, label="green")
    pledge = offered(world, request.lines[0], 2, conditions=marker, anonymous_reason="2")
    visit(client, world, "stranger_approver")
    hidden, absent = (client.get(f"/en/assistance/pledges/{ref}") for ref in (pledge.ref, "PL-2026-000000"))
    assert hidden.status_code == absent.status_code == 404
    for path in (f"/requests/{request.ref}", "/pledges", "/requests"):
        page = client.get(f"/en/assistance{path}")
        assert page.status_code == 200
        for secret in (marker, pledge.ref, "Udenrigsministeriet"):
            assert secret not in page.text, (path, secret)
    visit(client, world, "sender_approver")
    assert marker in client.get(f"/en/assistance/pledges/{pledge.ref}").text


def test_the_api_follows_the_same_rules(client: PageClient, world: World) -> None:
    request = opened(world)
    visit(client, world, "donor_officer")
    body: dict[str, Any] = typed_pledge(quantity=10, unit_value={"amount": "18500.00", "currency": "EUR"})
    made = client.post(f"/api/v1/requests/{request.ref}/lines/1/pledges", json=body)
    assert (made.status_code, made.json["state"]) == (201, "offered")  # type: ignore[index]
    late = client.post(f"/api/v1/requests/{request.ref}/lines/1/pledges", json=body)
    assert late.status_code == 409
    assert late.json["problems"][0]["params"] == {"remaining": 0}  # type: ignore[index]
    url = f"/api/v1/pledges/{made.json['ref']}"  # type: ignore[index]
    visit(client, world, "sender_approver")
    stale = client.post(f"{url}/accept", json={"version": 99, "conditions_read": True})
    assert (stale.status_code, stale.json["problems"][0]["code"]) == (409, "pledge_moved")  # type: ignore[index]
    seen = {"version": made.json["version"], "conditions_read": True}  # type: ignore[index]
    assert client.post(f"{url}/accept", json=seen).json["state"] == "accepted"  # type: ignore[index]
    visit(client, world, "stranger_approver")
    assert client.get(url).status_code == 404
    assert client.get("/api/v1/pledges").json["pledges"] == []  # type: ignore[index]


def test_the_list_is_taken_away_as_far_as_it_is_seen(client: PageClient, world: World) -> None:
    pledge = offered(world, opened(world).lines[0], conditions="=1+1")
    ref = pledge.ref
    visit(client, world, "donor_officer")
    text = client.get("/en/assistance/pledges/export.csv").get_data(as_text=True)
    assert ref in text
    assert ",=1+1" not in text
    assert client.get("/en/assistance/pledges/export.xlsx").status_code == 200
    visit(client, world, "stranger_approver")
    assert ref not in client.get("/en/assistance/pledges/export.csv").get_data(as_text=True)


def test_nothing_is_committed_without_the_agreement_and_what_was_typed_is_kept(
    client: PageClient, world: World
) -> None:
    pledge = accepted(world, opened(world).lines[0])
    visit(client, world, "donor_approver")
    address = f"/en/assistance/pledges/{pledge.ref}/commit"
    typed = {"agreement": "Memorandum of understanding", "agreement_on": now().date().isoformat()}
    refused = client.send(client.get(address), typed)
    assert refused.status_code == 422
    page = BeautifulSoup(refused.text, "html.parser")
    assert "Attach the agreement" in page.select_one(".errs a[href='#file']").text  # type: ignore[union-attr]
    assert page.select_one("#agreement")["value"] == typed["agreement"]  # type: ignore[index]
    assert page.select_one("#agreement_on")["value"] == typed["agreement_on"]  # type: ignore[index]
    sent = client.send(client.get(address), typed | {"file": (io.BytesIO(b"Signed by both."), "memorandum.txt")})
    assert sent.status_code == 303
    document = db.session.scalars(db.select(Document)).one()
    assert (document.subject, document.ref, document.title) == ("pledge", pledge.ref, typed["agreement"])
    visit(client, world, "sender_approver")
    assert typed["agreement"] in main(client.get(f"/en/assistance/pledges/{pledge.ref}"))
    assert client.get(f"/en/documents/{document.key}").data == b"Signed by both."
    visit(client, world, "stranger_approver")
    assert client.get(f"/en/documents/{document.key}").status_code == 404


def test_a_file_that_was_sent_is_kept_while_the_rest_is_mended(client: PageClient, world: World) -> None:
    pledge = accepted(world, opened(world).lines[0])
    visit(client, world, "donor_approver")
    address = f"/en/assistance/pledges/{pledge.ref}/commit"
    typed = {"agreement": "", "agreement_on": now().date().isoformat()}
    refused = client.send(client.get(address), typed | {"file": (io.BytesIO(b"Signed."), "memorandum.txt")})
    assert refused.status_code == 422
    assert "memorandum.txt" in refused.text
    assert client.send(refused, typed | {"agreement": "Memorandum"}).status_code == 303
    assert db.session.scalars(db.select(Document)).one().name == "memorandum.txt"


def test_a_program_names_the_attached_agreement(client: PageClient, world: World) -> None:
    pledge = accepted(world, opened(world).lines[0])
    other = accepted(world, opened(world).lines[0])
    key, of_other = agreement(pledge), agreement(other)
    visit(client, world, "donor_approver")
    address = f"/api/v1/pledges/{pledge.ref}"
    known = client.get(address).get_json()
    assert [one["key"] for one in known["documents"]] == [key]
    body = {"version": known["version"], "agreement": "Memorandum", "agreement_on": now().date().isoformat()}
    for wrong in ({}, {"document": "nothing"}, {"document": of_other}, {"file": "memorandum.pdf"}):
        answer = client.post(f"{address}/commit", json=body | wrong)
        assert answer.status_code == 422, wrong
        assert {one["field"] for one in answer.get_json()["problems"]} <= {"document", "file"}
    assert client.post(f"{address}/commit", json=body | {"document": key}).get_json()["state"] == "committed"
