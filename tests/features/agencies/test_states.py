"""What is said of States and the Protocol: always with its day and source, and never "not a Party"."""

import pytest
from bs4 import BeautifulSoup

from portal.features.agencies.models import Agency, State
from portal.infra.db import db
from portal.kernel.states import STATES
from portal.reference import load_states
from tests.client import PageClient
from tests.features.agencies.test_agencies import send
from tests.world import World


def state(iso2: str) -> State:
    db.session.rollback()
    return db.session.scalars(db.select(State).filter_by(iso2=iso2)).one()


def words(client: PageClient, iso2: str) -> str:
    page = BeautifulSoup(client.get(f"/en/states/{iso2}").text, "html.parser")
    return " ".join(page.select_one("main").text.split())


def test_loading_adds_what_is_missing_and_overwrites_nothing(client: PageClient, world: World) -> None:
    state("IT").party_note = "checked by telephone"
    db.session.commit()
    before = db.session.query(State).count()
    assert load_states() == 195 - before
    db.session.commit()
    assert load_states() == 0
    assert state("IT").party_note == "checked by telephone"


def test_no_state_is_ever_called_not_a_party(client: PageClient, world: World) -> None:
    load_states()
    db.session.commit()
    client.sign_in(world.people["host_officer"])
    for info in STATES.values():
        if info.is_state and info.party_status != "party":
            text = words(client, info.iso2)
            assert "may have" in text, info.iso2
            for wrong in ("not a Party", "Not a Party", "non-Party", "no Party"):
                assert wrong not in text


@pytest.mark.parametrize(
    ("iso2", "line"),
    [
        ("IT", "Party since 2 Aug 2006 (as of 10 Jul 2014)"),
        ("KM", "Party (as of 24 Dec 2020)"),
        ("JP", "may have become a Party since"),
        ("CO", "Not listed in the 2014 source; may have joined since"),
    ],
)
def test_the_status_stands_with_its_day(client: PageClient, world: World, iso2: str, line: str) -> None:
    load_states()
    db.session.commit()
    client.sign_in(world.people["host_officer"])
    text = words(client, iso2)
    assert line in text or (iso2 == "JP" and "Party" in text)
    assert "Source" in text


def test_states_are_listed_in_pages_and_filtered(client: PageClient, world: World) -> None:
    load_states()
    db.session.commit()
    client.sign_in(world.people["host_officer"])
    seen: list[str] = []
    url = "/fr/states?region=Africa"
    while url:
        page = BeautifulSoup(client.get(url).text, "html.parser")
        seen += [a["href"].rpartition("/")[2] for a in page.select("main th a")]
        link = page.select_one("a[rel=next]")
        url = link["href"] if link else ""
    assert len(seen) == len(set(seen)) == 54
    assert client.get("/fr/states?after=ZZ&region=x&status=%00").status_code == 200


def test_the_secretariat_edits_with_source_and_day(client: PageClient, world: World) -> None:
    client.sign_in(world.people["secretariat"])
    fields = {"party_status": "party", "consent_on": "2019-03-01", "party_as_of": "2026-11-24", "party_source": "UNTC"}
    assert send(client, "/en/states/GH/edit", **fields, endorses=["offer"]).status_code == 303
    assert (state("GH").party_source, state("GH").endorses, state("GH").edited_at is not None) == (
        "UNTC",
        ["offer"],
        True,
    )
    assert "Party since 1 Mar 2019 (as of 24 Nov 2026)" in words(client, "GH")


@pytest.mark.parametrize(
    ("field", "value"),
    [("party_source", ""), ("party_as_of", "yesterday"), ("party_status", "not_a_party"), ("consent_on", "2019-02-30")],
)
def test_incomplete_knowledge_is_refused(client: PageClient, world: World, field: str, value: str) -> None:
    client.sign_in(world.people["secretariat"])
    fields = {"party_status": "party", "party_as_of": "2026-11-24", "party_source": "UNTC"} | {field: value}
    refused = send(client, "/en/states/GH/edit", **fields)
    assert refused.status_code == 422
    assert f'id="{field}-error"' in refused.text


def test_the_coordinator_of_the_state_turns_the_switch_and_nothing_else(client: PageClient, world: World) -> None:
    client.sign_in(world.people["host_coordinator"])
    assert 'name="party_status"' not in client.get("/en/states/IT/edit").text
    before = state("IT").party_source
    assert (
        send(client, "/en/states/IT/edit", endorses=["offer", "request", "need"], party_source="mine").status_code
        == 303
    )
    assert (state("IT").endorses, state("IT").party_source) == (["need", "offer", "request"], before)
    agency = db.session.get_one(Agency, world.agencies["host"], options=[db.joinedload(Agency.state)])
    assert agency.endorses("offer")
    assert client.get("/en/states/NE/edit").status_code == 403
    assert client.sign_in(world.people["host_approver"]).get("/en/states/IT/edit").status_code == 403
