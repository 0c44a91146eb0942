"""The pages of requests, opened and sent as a person would."""

import re

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from portal.features.assistance.domain.lifecycles import RequestState
from portal.features.assistance.models import Request
from portal.infra.db import db
from portal.infra.history import history_of
from portal.infra.outbox import OutboxMail
from tests.client import PageClient
from tests.features.assistance.acts import draft, opened, pledged, screening, submitted
from tests.world import NEXT_YEAR, World

REQUESTS = "/fr/assistance/requests"


def latest() -> Request:
    return db.session.scalars(db.select(Request).order_by(Request.id.desc())).first()  # type: ignore[return-value]


def title_of(answer: object) -> str:
    heading = BeautifulSoup(answer.text, "html.parser").select_one("h1")  # type: ignore[attr-defined]
    assert heading is not None
    return " ".join(heading.text.split())


def follow(client: PageClient, answer: object) -> object:
    assert answer.status_code == 303, BeautifulSoup(answer.text, "html.parser").text[:1500]  # type: ignore[attr-defined]
    return client.get(answer.location)  # type: ignore[attr-defined]


def test_an_editor_writes_a_request_step_by_step_and_hands_it_in(app: Flask, client: PageClient, world: World) -> None:
    client.sign_in(world.people["sender_editor"])
    who = follow(client, client.send(client.get(REQUESTS), action="/new"))
    situation = follow(
        client,
        client.send(
            who,
            {
                "title": "Contrôle documentaire",
                "end_user_unit": "Brigade",
                "sites-0-name": "Assamakka",
                "sites-0-kind": "border_post",
                "needed_by": f"{NEXT_YEAR}-06-30",
                "contact": "desk@sender.example",
            },
        ),
    )
    lines = follow(
        client,
        client.send(
            situation,
            {"problem": "Aucun lecteur.", "objective": "Lire.", "ta_types": ["equipment"], "provisions": ["14.3"]},
        ),
    )
    line = follow(client, client.send(lines, action="/lines"))
    specification = follow(
        client,
        client.send(
            line,
            {
                "category": "passport-reader-full",
                "what": "Lecteurs",
                "quantity": "١٠",
                "unit_cost-typed": "18 500,00",
                "unit_cost-currency": "EUR",
                "existing": "0",
                "required": "10",
            },
        ),
    )
    assert "spec-chip" in specification.text
    upkeep = follow(client, client.send(specification, {"spec-chip": "yes", "spec-licence_years": "3"}))
    answers = dict.fromkeys(("power", "fuel", "spares", "licences", "insurance"), "secured")
    safeguards = follow(client, client.send(upkeep, answers | {"operators": "20", "budget_owner": "Ministère"}))
    review = follow(client, client.send(safeguards, {"safeguards": "Formation.", "label": "green"}))
    assert "biométrie" in review.text.lower() or "data_protection_basis" in review.text
    safeguards = client.get(f"{REQUESTS}/{latest().ref}/edit/safeguards")
    review = follow(client, client.send(safeguards, {"data_protection_basis": "Loi 2017-28"}))
    sent = client.send(review, {"authority": "y"}, action="/review")
    assert sent.status_code == 303, BeautifulSoup(sent.text, "html.parser").text
    db.session.expire_all()
    request = latest()
    assert request.state is RequestState.SUBMITTED
    db.session.refresh(request, ["lines"])
    assert request.lines[0].quantity == 10
    assert request.lines[0].spec == {"chip": "yes", "licence_years": "3"}
    assert client.get(sent.location).status_code == 200


def test_an_amount_that_can_be_read_two_ways_is_asked_about(app: Flask, client: PageClient, world: World) -> None:
    request = draft(world)
    db.session.commit()
    client.sign_in(world.people["sender_editor"])
    address = f"/en/assistance/requests/{request.ref}/edit/lines/1"
    again = follow(client, client.send(client.get(address), {"unit_cost-typed": "18.500"}))
    assert again.request.path == address
    assert again.text.count('name="unit_cost-reading"') == 2
    onward = client.send(again, {"unit_cost-reading": "18500"})
    assert not onward.location.endswith("/lines/1")


def test_text_that_looks_like_a_case_is_asked_about_once(app: Flask, client: PageClient, world: World) -> None:
    request = draft(world)
    db.session.commit()
    client.sign_in(world.people["sender_editor"])
    address = f"/en/assistance/requests/{request.ref}/edit/situation"
    again = follow(client, client.send(client.get(address), {"problem": "The suspect John Smith, passport AB1234567"}))
    assert again.request.path == address
    assert 'name="text_confirmed"' in again.text
    onward = client.send(again, {"text_confirmed": "y"})
    assert "/edit/lines/" in onward.location or "/edit/upkeep" in onward.location


def test_every_step_of_a_draft_opens_in_both_directions(app: Flask, client: PageClient, world: World) -> None:
    request = draft(world)
    db.session.commit()
    client.sign_in(world.people["sender_editor"])
    for lang in ("en", "ar"):
        for step in ("who", "situation", "lines", "lines/1", "lines/3", "upkeep/1", "safeguards", "review"):
            answer = client.get(f"/{lang}/assistance/requests/{request.ref}/edit/{step}")
            assert answer.status_code == 200, step
            assert title_of(answer)


def test_a_line_that_is_not_there_does_not_exist(app: Flask, client: PageClient, world: World) -> None:
    request = draft(world)
    db.session.commit()
    client.sign_in(world.people["sender_editor"])
    for place in ("0", "4", "99", "x", "-1"):
        assert client.get(f"/en/assistance/requests/{request.ref}/edit/lines/{place}").status_code == 404


def test_the_secretariat_screens_and_opens(app: Flask, client: PageClient, world: World) -> None:
    request = screening(world)
    db.session.commit()
    client.sign_in(world.people["secretariat"])
    assert request.ref in client.get("/es/assistance/requests").text
    address = f"/es/assistance/requests/{request.ref}"
    page = client.get(address)
    form = client.get(f"{address}/diligence")
    answer = client.send(
        form,
        {"outcome": "cleared", "risk": "medium", "mitigation": "Módulo 14(2)(e)", "valid_until": f"{NEXT_YEAR}-11-30"},
    )
    page = follow(client, answer)
    opened_page = follow(client, client.send(page, action="/open"))
    assert request.ref in opened_page.text
    db.session.expire_all()
    assert db.session.get_one(Request, request.id).state is RequestState.OPEN


def test_a_question_and_its_answer_are_read_by_every_donor_who_sees_the_request(
    app: Flask, client: PageClient, world: World
) -> None:
    request = opened(world)
    db.session.commit()
    address = f"/en/assistance/requests/{request.ref}"
    client.sign_in(world.people["donor_officer"])
    page = client.get(address)
    follow(client, client.send(page, {"text": "Who insures the vehicles?"}, action="/ask"))
    client.sign_in(world.people["sender_editor"])
    assert "Who insures the vehicles?" in client.get("/en/inbox").text or client.get("/en/inbox").status_code == 200
    follow(client, client.send(client.get(address), {"text": "The ministry."}, action="/answer"))
    client.sign_in(world.people["stranger_editor"])
    assert "The ministry." in client.get(address).text
    kinds = [mail.kind for mail in db.session.scalars(db.select(OutboxMail))]
    assert {"request_asked", "request_answered"} <= set(kinds)


def test_the_page_shows_how_far_the_request_has_come(app: Flask, client: PageClient, world: World) -> None:
    request = opened(world, lines=[{"kind": "expertise", "what": "Experts", "quantity": "10", "unit": "day"}])
    pledged(world, request.lines[0], 4)
    db.session.commit()
    client.sign_in(world.people["stranger_editor"])
    words = BeautifulSoup(client.get(f"/en/assistance/requests/{request.ref}").text, "html.parser").text
    assert "Pledged 40%" in words
    assert "not recorded yet" in words


def test_a_withheld_line_says_why_and_still_counts(app: Flask, client: PageClient, world: World) -> None:
    request = opened(world)
    db.session.commit()
    client.sign_in(world.people["sender_approver"])
    page = client.get(f"/en/assistance/requests/{request.ref}/disclosure")
    follow(client, client.send(page, {"field": "line-2", "withheld": "2"}, action="/disclosure"))
    client.sign_in(world.people["stranger_editor"])
    page = client.get(f"/en/assistance/requests/{request.ref}").text
    assert "tout-terrain" not in page
    assert "Safety of people" in page
    assert "277,400" in page  # the estimate of both lines


def test_an_approver_amends_and_donors_are_told(app: Flask, client: PageClient, world: World) -> None:
    request = opened(world)
    pledged(world, request.lines[0], 2)
    db.session.commit()
    client.sign_in(world.people["sender_approver"])
    address = f"/en/assistance/requests/{request.ref}"
    follow(client, client.send(client.get(address), action="/amend"))
    follow(client, client.send(client.get(f"{address}/edit/lines/1"), {"quantity": "1"}))
    refused = client.send(client.get(f"{address}/edit/review"), {"authority": "y"}, action="/review")
    assert refused.status_code == 422
    assert "PL-2026" in refused.text
    follow(client, client.send(client.get(f"{address}/edit/lines/1"), {"quantity": "8"}))
    follow(client, client.send(client.get(f"{address}/edit/review"), {"authority": "y"}, action="/review"))
    assert db.session.scalar(db.select(db.func.count()).where(OutboxMail.kind == "request_amended")) == 2
    assert history_of("request", request.id)[0].transition == "amend"


def test_an_approver_closes_with_a_cause(app: Flask, client: PageClient, world: World) -> None:
    request = opened(world)
    db.session.commit()
    client.sign_in(world.people["sender_approver"])
    page = client.get(f"/en/assistance/requests/{request.ref}/close")
    doubted = client.send(page, {"cause": "no_donor", "reason": "The suspect Jean Dupont was found."})
    assert (doubted.status_code, 'name="text_confirmed"' in doubted.text) == (422, True)
    follow(client, client.send(page, {"cause": "no_donor", "reason": "Nobody pledged.", "_once": "another"}))
    db.session.expire_all()
    assert db.session.get_one(Request, request.id).state is RequestState.CLOSED_UNMET
    client.sign_in(world.people["donor_officer"])
    seen = BeautifulSoup(client.get(f"/en/assistance/requests/{request.ref}").text, "html.parser")
    assert "Nobody pledged." in seen.text
    assert seen.select_one("form[action$='/ask']") is None
    done = [one.text.strip() for one in seen.select(".route li.done b")]
    assert [words.removeprefix("Done:").strip() for words in done] == ["Requested", "Screened"]
    client.sign_in(world.people["stranger_editor"])
    assert "Nobody pledged." not in client.get(f"/en/assistance/requests/{request.ref}").text


@pytest.mark.parametrize("label", ["amber", "amber_strict", "red"])
def test_a_request_is_released_by_name_on_its_own_page(
    app: Flask, client: PageClient, world: World, label: str
) -> None:
    request = opened(world, label="green")
    request.label = label
    db.session.commit()
    client.sign_in(world.people["sender_approver"])
    page = client.get(f"/en/assistance/requests/{request.ref}/disclosure")
    to = "donor.officer@donor.example" if label == "red" else world.agency("donor").key
    follow(client, client.send(page, {"to": to}, action="/release"))
    client.sign_in(world.people["donor_officer"])
    assert client.get(f"/en/assistance/requests/{request.ref}").status_code == 200
    client.sign_in(world.people["stranger_editor"])
    assert client.get(f"/en/assistance/requests/{request.ref}").status_code == 404


def test_the_list_filters_searches_and_pages(app: Flask, client: PageClient, world: World) -> None:
    for number in range(23):
        opened(
            world,
            title=f"Demande {number:02}",
            lines=[{"kind": "expertise", "what": "Experts", "quantity": "1", "unit": "day"}],
        )
    db.session.commit()
    client.sign_in(world.people["stranger_editor"])
    first = client.get("/en/assistance/requests?line=expertise")
    assert "23 requests" in first.text
    titles = re.findall(r"Demande \d\d", first.text)
    following = BeautifulSoup(first.text, "html.parser").select_one('a[rel="next"]')
    assert following is not None
    second = client.get(str(following["href"]))
    assert sorted({*titles, *re.findall(r"Demande \d\d", second.text)}) == [f"Demande {n:02}" for n in range(23)]
    back = BeautifulSoup(second.text, "html.parser").select_one('a[rel="prev"]')
    assert back is not None
    assert re.findall(r"Demande \d\d", client.get(str(back["href"])).text) == titles
    assert "1 request<" in client.get("/en/assistance/requests?q=Demande+07").text
    nothing = client.get("/en/assistance/requests?line=software&q=Demande")
    assert "Show those 23" in nothing.text


def test_a_copy_is_begun_from_the_page_of_an_earlier_one(app: Flask, client: PageClient, world: World) -> None:
    request = opened(world)
    db.session.commit()
    client.sign_in(world.people["sender_editor"])
    page = follow(client, client.send(client.get(f"/en/assistance/requests/{request.ref}"), action="/copy"))
    assert request.title in page.text
    assert latest().ref != request.ref


def test_the_approver_of_the_agency_gets_a_task_and_its_author_does_not(
    app: Flask, client: PageClient, world: World
) -> None:
    request = submitted(world)
    db.session.commit()
    client.sign_in(world.people["sender_approver"])
    assert f"/requests/{request.ref}" in client.get("/en/inbox").text
    page = follow(client, client.send(client.get(f"/en/assistance/requests/{request.ref}"), action="/approve"))
    assert "In screening" in page.text


@pytest.mark.parametrize(
    ("step", "field", "theirs", "ours"),
    [
        ("who", "end_user_unit", "Leur unité", "Notre unité"),
        ("lines/1", "what", "Leurs lecteurs", "Nos lecteurs"),
        ("upkeep/1", "budget_owner", "Leur budget", "Notre budget"),
    ],
)
def test_an_old_tab_overwrites_nothing_unseen(
    app: Flask, client: PageClient, world: World, step: str, field: str, theirs: str, ours: str
) -> None:
    request = draft(world)
    db.session.commit()
    client.sign_in(world.people["sender_editor"])
    page = client.get(f"/en/assistance/requests/{request.ref}/edit/{step}")
    assert client.send(page, {field: theirs, "_once": "first"}).status_code == 303
    refused = client.send(page, {field: ours, "_once": "second"})
    assert refused.status_code == 409
    assert theirs in refused.text
    assert f'value="{ours}"' in refused.text
    assert client.send(refused).status_code == 303  # seen, and saved again
    db.session.expire_all()
    assert ours in str(db.session.get_one(Request, request.id).draft)


def test_an_add_button_adds_a_place_each_time_and_finds_no_fault_yet(client: PageClient, world: World) -> None:
    begun = client.sign_in(world.people["sender_editor"]).post("/en/assistance/requests/new").location
    page = client.get(begun)
    for rows in (3, 4):
        answer = client.send(page, {"add": "sites"}, action="/edit/who")
        assert answer.location.endswith(f"?sites={rows}#sites-{rows - 1}")
        page = client.get(answer.location)
        assert page.text.count('<fieldset class="row" id="sites-') == rows
        assert 'class="errs"' not in page.text
    assert 'class="errs"' in client.get(begun).text


def test_a_coordinator_endorses_from_the_task_and_stands_in_the_inbox_again(client: PageClient, world: World) -> None:
    request = submitted(world)
    request.agency.state.endorses = ["request"]
    world.agency("host").state_iso2 = request.agency.state_iso2  # a coordinating agency of the same State
    db.session.commit()
    client.sign_in(world.people["sender_approver"])
    page = f"/en/assistance/requests/{request.ref}"
    assert client.send(client.get(page), action="/pass-on").location == page
    client.sign_in(world.people["host_coordinator"])
    assert page in client.get("/en/inbox").text
    done = client.send(client.get(page), action="/endorse")
    assert done.location == "/en/", "the request is the secretariat's now, so its page is no way on"
    assert "Request endorsed" in client.get("/en/inbox").text
    assert client.get(page).status_code == 404
