"""Agencies: who sees and changes what, verification and suspension."""

import re
from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from portal.features.agencies.models import Agency
from portal.features.exchanges.domain.lifecycles import PostState
from portal.features.exchanges.domain.vocabulary import PostKind
from portal.infra.db import db
from portal.infra.history import StateChange, changed
from portal.kernel.policy import Role
from tests.client import PageClient
from tests.world import World, add_person, add_post

PAGES = ["/en/agencies", "/en/agencies/IT-HOST", "/en/states", "/en/states/IT", "/ar/agencies/NE-SEND", "/ar/states/NE"]
RECORD = {
    "key": "NE-AIR", "names-0-language": "fr", "names-0-name": "Police de l’air", "names-1-language": "ar",
    "names-1-name": "شرطة الحدود", "kind": "border_police", "state": "NE", "protocol_roles": ["origin", "transit"],
    "languages-0-language": "fr", "languages-0-level": "C1", "time_zone": "Africa/Niamey",
    "working_days": ["6", "0", "1", "2", "3"], "contacts-0-function": "Duty desk", "contacts-0-email": "desk@ne.example",
}  # fmt: skip


def by_key(key: str) -> Agency | None:
    db.session.rollback()
    return db.session.scalars(db.select(Agency).filter_by(key=key)).first()


def send(client: PageClient, url: str, **fields: object):
    client.csrf_token = None
    return client.post(url, data=fields)


def without_tokens(html: str) -> str:
    return re.sub(r'value="[^"]*"', "", html)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("persona", ["host_officer", "secretariat", "stranger_approver"])
def test_members_read_the_directory(client: PageClient, world: World, page: str, persona: str) -> None:
    assert client.sign_in(world.people[persona]).get(page).status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_only_signed_in_people_of_verified_agencies_do(client: PageClient, world: World, page: str) -> None:
    assert "/sign-in" in client.get(page).location
    assert client.sign_in(world.people["pending_approver"]).get(page).status_code in (403, 404)


def test_an_agency_that_waits_is_seen_by_itself_and_the_secretariat_alone(client: PageClient, world: World) -> None:
    absent = client.sign_in(world.people["host_officer"]).get("/en/agencies/GH-NONE")
    hidden = client.get("/en/agencies/GH-PEND")
    assert hidden.status_code == absent.status_code == 404
    assert without_tokens(hidden.text).replace("GH-PEND", "") == without_tokens(absent.text).replace("GH-NONE", "")
    assert "GH-PEND" not in client.get("/en/agencies").text
    assert client.sign_in(world.people["pending_approver"]).get("/en/agencies/GH-PEND").status_code == 200
    client.sign_in(world.people["secretariat"])
    assert client.get("/en/agencies/GH-PEND").status_code == 200
    assert "GH-PEND" in client.get("/en/agencies").text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=NE", {"NE-SEND"}),
        ("region=Africa", {"NE-SEND", "SN-STRA"}),
        ("kind=border_police", {"NE-SEND", "IT-HOST"}),
        ("q=frontieres", {"NE-SEND"}),
        ("q=ITALIE", {"IT-HOST"}),
        ("q=%D8%A5%D9%8A%D8%B7%D8%A7%D9%84%D9%8A%D8%A7", {"IT-HOST"}),
        ("q=%25", set()),
        ("q=_", set()),
        ("state=XX&region=Mars&kind=pirates", {"NE-SEND", "SN-STRA", "IT-HOST", "DK-DONO", "ES-SUSP", "INT-SECR"}),
    ],
)
def test_filters_and_search(client: PageClient, world: World, query: str, found: set[str]) -> None:
    page = client.sign_in(world.people["host_officer"]).get(f"/en/agencies?{query}").text
    assert {
        key for key in ("NE-SEND", "SN-STRA", "IT-HOST", "DK-DONO", "ES-SUSP", "INT-SECR") if f'/{key}"' in page
    } == found


def test_contact_points_are_those_of_verified_agencies(client: PageClient, world: World) -> None:
    client.sign_in(world.people["host_officer"])
    assert "desk@sender.example" in client.get("/en/agencies/NE-SEND").text
    assert "desk@suspended.example" not in client.get("/en/agencies/ES-SUSP").text


def test_the_secretariat_enters_an_agency_that_waits(client: PageClient, world: World) -> None:
    client.sign_in(world.people["secretariat"])
    assert client.get("/ar/agencies/new").status_code == 200
    assert send(client, "/en/agencies/new", **RECORD).location == "/en/agencies/NE-AIR"
    agency = by_key("NE-AIR")
    assert agency
    assert (agency.status, agency.name_language, agency.names["ar"]) == ("pending", "fr", "شرطة الحدود")
    assert (agency.working_days, agency.protocol_roles) == ([0, 1, 2, 3, 6], ["origin", "transit"])
    page = client.get("/ar/agencies/NE-AIR").text
    assert "شرطة الحدود" in page
    assert send(client, "/en/agencies/new", **RECORD).status_code == 422


@pytest.mark.parametrize(
    ("field", "value", "at"),
    [
        ("key", "it bord", "key"),
        ("key", "", "key"),
        ("state", "UK", "state"),
        ("state", "XX", "state"),
        ("state", "EU", "state"),
        ("kind", "pirates", "kind"),
        ("kind", "", "kind"),
        ("protocol_roles", [], "protocol_roles"),
        ("protocol_roles", ["spy"], "protocol_roles"),
        ("names-0-name", "", "names-0-name"),
        ("names-0-name", "a\u202eb", "names-0-name"),
        ("names-0-name", "x" * 201, "names-0-name"),
        ("names-1-language", "fr", "names-1-language"),
        ("names-0-language", "Klingon", "names-0-language"),
        ("languages-0-level", "", "languages-0-level"),
        ("languages-0-level", "D1", "languages-0-level"),
        ("languages-0-language", "", "languages-0-language"),
        ("time_zone", "Mars/Olympus", "time_zone"),
        ("time_zone", "../../etc/passwd", "time_zone"),
        ("working_days", [], "working_days"),
        ("working_days", ["7"], "working_days"),
        ("contacts-0-email", "no address", "contacts-0-email"),
        ("contacts-0-email", "a@b.example\nBcc: c@d.example", "contacts-0-email"),
    ],
)
def test_bad_answers_are_told_at_their_field_and_everything_is_kept(
    client: PageClient, world: World, field: str, value: object, at: str
) -> None:
    client.sign_in(world.people["secretariat"])
    refused = send(client, "/en/agencies/new", **RECORD | {field: value})
    assert refused.status_code == 422
    assert f'id="{at}-error"' in refused.text
    assert "Duty desk" in refused.text
    assert by_key("NE-AIR") is None


def test_one_more_row_is_a_button_that_saves_nothing(client: PageClient, world: World) -> None:
    client.sign_in(world.people["secretariat"])
    answer = send(client, "/en/agencies/new", **RECORD, add="names")
    assert answer.status_code == 200
    assert 'name="names-2-name"' in answer.text
    assert by_key("NE-AIR") is None


def test_an_approver_keeps_their_own_agency_and_only_some_of_it(client: PageClient, world: World) -> None:
    client.sign_in(world.people["sender_approver"])
    assert client.get("/en/agencies/IT-HOST/edit").status_code == 403
    page = client.get("/en/agencies/NE-SEND/edit")
    assert 'name="kind"' not in page.text
    answer = client.send(page, {"acronym": "DST", "kind": "ngo", "state": "IT", "key": "IT-X", "status": "pending"})
    assert answer.status_code == 303
    agency = by_key("NE-SEND")
    assert agency
    assert (agency.acronym, agency.kind, agency.state_iso2, agency.status) == ("DST", "border_police", "NE", "verified")


def test_the_secretariat_enters_the_identifier_of_a_register(client: PageClient, world: World) -> None:
    client.sign_in(world.people["secretariat"])
    page = client.get("/en/agencies/NE-SEND/edit")
    for wrong in ("41128", "XM-DAC", "XM-DAC-1/2", "xm-dac-41128"):
        refused = client.send(page, {"iati_org_id": wrong})
        assert refused.status_code == 422
        assert 'id="iati_org_id-error"' in refused.text
    assert client.send(page, {"iati_org_id": "XM-DAC-41128"}).status_code == 303
    assert "XM-DAC-41128" in client.get("/en/agencies/NE-SEND").text


def test_two_people_who_edit_at_once_do_not_overwrite_each_other(client: PageClient, world: World) -> None:
    client.sign_in(world.people["secretariat"])
    first, second = client.get("/en/agencies/NE-SEND/edit"), client.get("/en/agencies/NE-SEND/edit")
    assert client.send(first, {"acronym": "ONE"}).status_code == 303
    refused = client.send(second, {"acronym": "TWO"})
    assert refused.status_code == 422
    assert 'value="TWO"' in refused.text
    agency = by_key("NE-SEND")
    assert agency
    assert agency.acronym == "ONE"


@pytest.mark.parametrize("persona", ["host_approver", "auditor", "administrator", "host_coordinator"])
@pytest.mark.parametrize(
    "path", ["agencies/GH-PEND/verify", "agencies/NE-SEND/suspend", "agencies/ES-SUSP/resume", "agencies/new"]
)
def test_nobody_but_the_secretariat_changes_a_standing(
    client: PageClient, world: World, persona: str, path: str
) -> None:
    client.sign_in(world.people[persona])
    assert send(client, f"/en/{path}", reason="because").status_code in (403, 404)
    agencies = {k: (a.status if (a := by_key(k)) else None) for k in ("GH-PEND", "NE-SEND", "ES-SUSP")}
    assert agencies == {"GH-PEND": "pending", "NE-SEND": "verified", "ES-SUSP": "suspended"}


def test_the_life_of_an_agency_with_its_reasons(client: PageClient, world: World) -> None:
    client.sign_in(world.people["secretariat"])
    heard: list[str] = []

    def listen(_sender: str, news: object) -> None:
        heard.append(news.change.transition)  # type: ignore[attr-defined]

    with changed.connected_to(listen):
        assert send(client, "/en/agencies/GH-PEND/verify").status_code == 422
        assert send(client, "/en/agencies/GH-PEND/verify", reason="letter of 3 May").status_code == 303
        assert client.get("/en/agencies/GH-PEND/suspend").status_code == 200
        assert send(client, "/en/agencies/GH-PEND/suspend", reason="allegation").status_code == 303
        assert send(client, "/en/agencies/GH-PEND/suspend", reason="again").status_code == 409
        assert send(client, "/en/agencies/GH-PEND/resume", reason="cleared").status_code == 303
    assert heard == ["verify", "suspend", "resume"]
    changes = db.session.scalars(db.select(StateChange).order_by(StateChange.id)).all()
    assert [c.reason for c in changes] == ["letter of 3 May", "allegation", "cleared"]
    agency = by_key("GH-PEND")
    assert agency
    assert (agency.status, agency.suspended_at) == ("verified", None)
    assert agency.verified_at
    assert agency.verified_at < datetime.now(UTC)


def test_the_secretariat_does_not_judge_itself(client: PageClient, world: World) -> None:
    client.sign_in(world.people["secretariat"])
    assert send(client, "/en/agencies/INT-SECR/suspend", reason="x").status_code == 403


def test_a_suspended_agency_changes_nothing_but_loses_nothing(app: Flask, client: PageClient, world: World) -> None:
    client.sign_in(world.people["suspended_approver"])
    page = client.get("/en/agencies/ES-SUSP/edit")
    assert page.status_code == 200
    fields = {"time_zone": "UTC", "acronym": "X"}
    assert client.send(page, fields).status_code == 409
    agency = by_key("ES-SUSP")
    assert agency
    assert agency.names
    assert agency.acronym == ""


DOORS = ("/new", "/edit", "/invite", "/deputies", "/revise", "/withdraw", "/close", "#attach", "/what")


def test_nothing_is_offered_to_a_suspended_agency_that_would_be_refused(client: PageClient, world: World) -> None:
    post = add_post(world, PostKind.OFFER, "suspended", author_id=None)
    draft = add_post(world, PostKind.OFFER, "suspended", state=PostState.DRAFT, published_at=None)
    add_person(world, "suspended_editor", "suspended", Role.EDITOR)
    db.session.commit()
    client.sign_in(world.people["suspended_approver"])
    for path in (
        "exchanges/offers", f"exchanges/offers/{post.ref}", f"exchanges/offers/{draft.ref}", "exchanges/needs", "members",
        "agencies/ES-SUSP",
    ):  # fmt: skip
        page = BeautifulSoup(client.get(f"/en/{path}").text, "html.parser")
        ways = [str(tag.get("action") or tag.get("href")) for tag in page.select("main form[method=post], main a")]
        assert [way for way in ways if way.endswith(DOORS)] == [], path
    client.sign_in(world.people["secretariat"])
    assert "/invite" in client.get("/en/members/ES-SUSP").text
    assert "/edit" in client.get("/en/agencies/ES-SUSP").text
