"""A release by name is taken back: what its receiver sees afterwards, and what the page says before."""

from typing import Any

import pytest
from bs4 import BeautifulSoup

from portal.features.assistance import services
from portal.features.assistance.domain.acts import ReleaseRequest
from portal.features.assistance.domain.pledging import TellMe
from portal.features.assistance.models import Interest, PledgeWaiting, Request, RequestRelease
from portal.features.assistance.queries.pledge_tasks import tasks
from portal.infra.db import db, now
from portal.infra.history import history_of
from tests.client import PageClient
from tests.features.assistance.acts import opened, pledged
from tests.features.exchanges.acting import acting
from tests.world import World

API = "/api/v1/requests"


def released(world: World, to: str, **changes: Any) -> Request:
    request = opened(world, **changes)
    services.release(ReleaseRequest(to=to), request=request, by=acting(world, "sender_approver"), at=now())
    db.session.flush()
    return request


def number_of(request: Request) -> int:
    found = db.session.scalar(db.select(RequestRelease.id).filter_by(request_id=request.id))
    assert found is not None
    return int(found)


def taken_back(client: PageClient, world: World, request: Request) -> str:
    """Pressed on the page; returns the consequence that the page named before."""
    db.session.commit()
    client.sign_in(world.people["sender_approver"])
    page = client.get(f"/en/assistance/requests/{request.ref}/disclosure")
    said = BeautifulSoup(page.text, "html.parser").select_one("details p")
    assert said is not None
    answers = [client.send(page, action="/take-back") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303], "one effect, however often it is pressed"
    assert "Release by name taken back" in client.get(answers[0].location).text
    return said.get_text()


def seen(client: PageClient, world: World, request: Request, who: str = "donor_officer") -> int:
    client.sign_in(world.people[who])
    return client.get(f"/en/assistance/requests/{request.ref}").status_code


@pytest.mark.parametrize("label", ["amber", "amber_strict"])
def test_an_agency_sees_no_more_of_what_was_taken_back(client: PageClient, world: World, label: str) -> None:
    request = released(world, world.agency("donor").key, label=label)
    db.session.commit()
    assert seen(client, world, request) == 200
    said = taken_back(client, world, request)
    assert "answers that it does not exist" in said
    assert "What was read before cannot be taken back" in said
    assert seen(client, world, request) == 404
    assert request.ref not in client.get("/en/assistance/open").text
    assert history_of("request", request.id)[0].transition == "take_back"
    assert len([one for one in history_of("request", request.id) if one.transition == "take_back"]) == 1


@pytest.mark.parametrize(
    ("label", "status", "words"), [("amber", 200, "until the pledge ends"), ("amber_strict", 404, "stand")]
)
def test_an_agency_with_a_live_pledge_sees_what_the_label_gives_it(
    client: PageClient, world: World, label: str, status: int, words: str
) -> None:
    request = released(world, world.agency("donor").key, label=label)
    pledge = pledged(world, request.lines[0], 2)
    assert words in taken_back(client, world, request)
    assert seen(client, world, request) == status
    assert client.get(f"/en/assistance/pledges/{pledge.ref}").status_code == 200


def test_a_person_to_whom_a_red_request_was_released_is_sent_away_too(client: PageClient, world: World) -> None:
    request = released(world, "donor.officer@donor.example", label="red")
    db.session.commit()
    assert seen(client, world, request) == 200
    taken_back(client, world, request)
    assert seen(client, world, request) == 404


def test_who_no_longer_sees_it_is_not_counted_and_not_told(app: Any, client: PageClient, world: World) -> None:
    request = released(world, world.agency("donor").key, label="amber")
    officer = acting(world, "donor_officer")
    waiting = services.tell_me(TellMe(quantity=1), line=request.lines[0], by=officer, at=now())
    waiting.told_at = now()
    about = {"request_id": request.id, "agency_id": officer.agency_id, "person_id": officer.person_id}
    db.session.add(Interest(**about, at=now()))
    db.session.flush()
    assert [task.code for task in tasks(officer, at=now())] == ["pledge.free_again"]
    taken_back(client, world, request)
    assert tasks(officer, at=now()) == []
    assert [db.session.scalar(db.select(db.func.count()).select_from(of)) for of in (Interest, PledgeWaiting)] == [0, 0]


def test_programs_take_a_release_back_too_and_twice_is_refused(client: PageClient, world: World) -> None:
    request = released(world, world.agency("donor").key, label="amber")
    other = released(world, world.agency("donor").key, label="amber")
    db.session.commit()
    client.sign_in(world.people["sender_approver"])
    number = number_of(request)
    assert client.post(f"{API}/{other.ref}/take-back", json={"number": number}).status_code == 422, "of another request"
    assert client.post(f"{API}/{request.ref}/take-back", json={"number": number}).status_code == 200
    again = client.post(f"{API}/{request.ref}/take-back", json={"number": number})
    assert (again.status_code, again.get_json()["problems"][0]["code"]) == (422, "request_release_gone")
    client.sign_in(world.people["donor_officer"])
    assert client.post(f"{API}/{other.ref}/take-back", json={"number": number_of(other)}).status_code == 403
