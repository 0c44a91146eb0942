"""The pages of posts as people use them: steps that keep everything, sending, publishing, what strangers are told."""

from pathlib import Path
from typing import Any

import brotli
import pytest
from bs4 import BeautifulSoup

from portal.features.exchanges.domain.commands import STEPS
from portal.features.exchanges.domain.lifecycles import PostState
from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.services.finding import index_words
from portal.features.people.models import Membership
from portal.infra.db import db, now
from portal.kernel.labels import Tlp
from portal.web import assets
from tests.client import PageClient
from tests.features.exchanges.acting import of_step, typed
from tests.world import World, add_post

OFFER, NEED = PostKind.OFFER, PostKind.NEED


def visit(client: PageClient, world: World, who: str) -> PageClient:
    return client.sign_in(world.people[who])


def fields(kind: PostKind, step: str, **changes: Any) -> dict[str, Any]:
    """A step's answers under the names of its controls."""
    sent: dict[str, Any] = {}
    for name, value in of_step(kind, step, **changes).items():
        if name in {"windows", "languages"}:
            sent |= {f"{name}-{i}-{key}": part for i, row in enumerate(value) for key, part in row.items()}
        else:
            sent[name] = ", ".join(value) if name.endswith("_states") else value
    return sent


def write(client: PageClient, kind: PostKind = OFFER, **changes: Any) -> str:
    """Every step of a new post, up to the last check; returns the post's address."""
    begun = client.post(f"/fr/exchanges/{kind}s/new")
    address = begun.location.removesuffix("/edit/what")
    for step in STEPS[kind]:
        page = client.get(f"{address}/edit/{step}")
        answer = client.send(page, fields(kind, step, **changes), action=f"/edit/{step}")
        assert answer.status_code == 303
    assert answer.location == f"{address}/edit/review"
    return address


def words(page: Any, selector: str = "main") -> str:
    return " ".join(
        " ".join(part.get_text(" ").split()) for part in BeautifulSoup(page.text, "html.parser").select(selector)
    )


@pytest.mark.parametrize("kind", [OFFER, NEED])
def test_an_officer_writes_and_an_approver_publishes(client: PageClient, world: World, kind: PostKind) -> None:
    address = write(visit(client, world, "host_officer"), kind)
    review = client.get(f"{address}/edit/review")
    assert "Observation au bureau de Catane" in words(review, ".dl")
    refused = client.send(review, action="/edit/review")
    assert refused.status_code == 422
    sent = client.send(review, {"authority": "y"}, action="/edit/review")
    assert (sent.status_code, sent.location) == (303, address)
    own = client.get(address)
    assert not BeautifulSoup(own.text, "html.parser").select("form[action$='/publish']")
    page = visit(client, world, "host_approver").get(address)
    assert words(page, ".acts .btn:first-of-type, .acts form:first-child .btn").startswith("Publier ")
    assert client.send(page, action="/publish").status_code == 303
    listed = visit(client, world, "stranger_editor").get(f"/en/exchanges/{kind}s")
    assert "Observation au bureau de Catane" in words(listed)
    seen = client.get(address)
    assert seen.status_code == 200
    assert "desk@host.example" not in seen.text
    assert "Catania" not in seen.text


def test_a_step_keeps_what_is_wrong_and_says_so(client: PageClient, world: World) -> None:
    begun = visit(client, world, "host_officer").post("/en/exchanges/offers/new").location
    address = begun.replace("/what", "/when")
    typed_in = {"windows-0-starts_on": "2027-02-29", "windows-0-ends_on": "", "min_days": "zehn", "max_days": "5"}
    saved = client.send(client.get(address), typed_in, action="/edit/when")
    assert (saved.status_code, saved.location) == (303, address)
    page = client.get(address)
    assert "This day does not exist in the calendar." in words(page, ".errs")
    assert "Enter a whole number, in digits only." in words(page, ".errs")
    assert 'value="2027-02-29"' in page.text
    assert 'value="zehn"' in page.text
    links = [a["href"] for a in BeautifulSoup(page.text, "html.parser").select(".errs a")]
    assert {"#windows-0-starts_on", "#windows-0-ends_on", "#min_days"} == set(links)


def test_changing_the_language_inside_a_form_keeps_what_was_typed(client: PageClient, world: World) -> None:
    begun = visit(client, world, "host_officer").post("/en/exchanges/offers/new").location
    answer = client.send(client.get(begun), {"title": "Half a ti", "lang_to": "ar"}, action="/edit/what")
    assert answer.location == begun.replace("/en/", "/ar/")
    page = client.get(answer.location)
    assert 'value="Half a ti"' in page.text
    assert 'dir="rtl"' in page.text


def test_leaving_keeps_the_draft_and_the_list_shows_it_to_the_agency_alone(client: PageClient, world: World) -> None:
    begun = visit(client, world, "host_officer").post("/en/exchanges/offers/new").location
    left = client.send(client.get(begun), {"title": "Unfinished idea", "leave": "1"}, action="/edit/what")
    assert left.location == begun.removesuffix("/edit/what")
    assert "Unfinished idea" in visit(client, world, "host_editor").get("/en/exchanges/offers").text
    colleague = client.get(begun)
    assert 'value="Unfinished idea"' in colleague.text
    assert "Unfinished idea" not in visit(client, world, "stranger_editor").get("/en/exchanges/offers").text
    assert client.get(begun).status_code == 404


def test_an_old_tab_keeps_its_answers_and_shows_the_difference(client: PageClient, world: World) -> None:
    begun = visit(client, world, "host_officer").post("/en/exchanges/offers/new").location
    old_tab = client.get(begun)
    client.send(client.get(begun), {"title": "From the new tab"}, action="/edit/what")
    late = client.send(old_tab, {"title": "From the old tab"}, action="/edit/what")
    assert late.status_code == 409
    assert 'value="From the old tab"' in late.text
    assert "From the new tab" in words(late, ".note")
    again = client.send(late, action="/edit/what")
    assert again.status_code == 303
    assert 'value="From the old tab"' in client.get(begun).text


@pytest.mark.parametrize(("step", "name"), [("when", "windows"), ("who", "languages")])
def test_an_add_button_adds_a_row_each_time_and_finds_no_fault_yet(
    client: PageClient, world: World, step: str, name: str
) -> None:
    begun = visit(client, world, "host_officer").post("/en/exchanges/offers/new").location
    page = client.get(begun.replace("/what", f"/{step}"))
    for rows in (3, 4):
        answer = client.send(page, {"add": name}, action=f"/edit/{step}")
        assert answer.location.endswith(f"?{name}={rows}#{name}-{rows - 1}")
        page = client.get(answer.location)
        assert page.text.count(f'<fieldset class="row" id="{name}-') == rows
        assert 'class="errs"' not in page.text
    assert 'class="errs"' in client.get(begun.replace("/what", f"/{step}")).text
    assert client.get(f"{begun.replace('/what', f'/{step}')}?{name}=9999").text.count(f'id="{name}-') < 60


def test_an_add_button_asks_for_another_row(client: PageClient, world: World) -> None:
    begun = visit(client, world, "host_officer").post("/en/exchanges/offers/new").location
    address = begun.replace("/what", "/when")
    rows = {
        f"windows-{i}-{end}": f"2027-0{i + 2}-{day}"
        for i in (0, 1)
        for end, day in (("starts_on", "01"), ("ends_on", "05"))
    }
    answer = client.send(client.get(address), rows | {"add": "windows"}, action="/edit/when")
    assert answer.location == f"{address}?windows=3#windows-2"
    assert "windows-2-starts_on" in client.get(address).text


def test_the_last_check_links_to_every_missing_answer(client: PageClient, world: World) -> None:
    begun = visit(client, world, "host_officer").post("/en/exchanges/offers/new").location
    review = client.get(begun.replace("/what", "/review"))
    links = {a["href"].rpartition("#")[2] for a in BeautifulSoup(review.text, "html.parser").select(".note a")}
    assert {"title", "topics", "places", "windows", "site", "contact", "programme"} <= links


def test_changed_terms_are_published_as_a_new_version(client: PageClient, world: World) -> None:
    address = f"/en/exchanges/offers/{world.refs['offer']}"
    page = visit(client, world, "host_approver").get(address)
    step = client.send(page, action="/revise")
    assert step.location == f"{address}/edit/what"
    client.send(client.get(step.location), {"title": "Another title"}, action="/edit/what")
    assert "Another title" not in visit(client, world, "stranger_editor").get(address).text
    review = visit(client, world, "host_approver").get(f"{address}/edit/review")
    assert client.send(review, {"authority": "y"}, action="/edit/review").status_code == 303
    assert "Another title" in visit(client, world, "stranger_editor").get(address).text
    assert world.post("offer").terms_version == 2


def test_a_final_step_names_its_effect_and_asks_why(client: PageClient, world: World) -> None:
    address = f"/en/exchanges/offers/{world.refs['offer']}"
    ask = visit(client, world, "host_approver").get(f"{address}/withdraw")
    assert "proposals are withdrawn" in words(ask)
    assert client.send(ask, {"reason": " "}, action="/withdraw").status_code == 422
    assert client.send(ask, {"reason": "The office closes"}, action="/withdraw").status_code == 303
    assert world.post("offer").state == PostState.WITHDRAWN
    assert client.get(f"{address}/withdraw").status_code in {403, 409}


def test_a_stranger_is_told_the_same_as_of_nothing(client: PageClient, world: World) -> None:
    marker = "Marker7391"
    hidden = []
    for label in (Tlp.AMBER, Tlp.AMBER_STRICT, Tlp.RED):
        texts = dict.fromkeys(
            ("title", "site", "contact", "programme", "conditions", "restricted", "costs_note"), marker
        )
        post = add_post(world, OFFER, "host", label=label, **texts)
        db.session.refresh(post, ["agency"])
        index_words(post)
        hidden.append(post.ref)
    db.session.commit()
    visit(client, world, "stranger_approver")
    absent = client.get("/en/exchanges/offers/EX-2026-00000Z")
    for ref in hidden:
        for path in ("", "/edit/what", "/withdraw"):
            answer = client.get(f"/en/exchanges/offers/{ref}{path}")
            assert answer.status_code == 404
            assert words(answer) == words(absent)
        assert client.get(f"/api/v1/offers/{ref}").status_code == 404
    for path in (
        "/en/exchanges/offers",
        f"/en/exchanges/offers?q={marker}",
        "/api/v1/offers",
        f"/api/v1/offers?q={marker}",
    ):
        answer = client.get(path)
        assert not any(ref in answer.text for ref in hidden)
        assert marker not in answer.text.replace(f"q={marker}", "").replace(f'value="{marker}"', "").replace(
            f"Search: {marker}", ""
        )
    visit(client, world, "secretariat")
    for ref in hidden[1:]:
        page = client.get(f"/en/exchanges/offers/{ref}")
        assert page.status_code == 200
        assert marker not in page.text
        assert marker not in client.get(f"/api/v1/offers/{ref}").text
    for path in (f"/en/exchanges/offers?q={marker}", f"/api/v1/offers?q={marker}"):
        assert not any(ref in client.get(path).text for ref in hidden[1:])


def test_an_empty_list_names_the_filter_that_blocks(client: PageClient, world: World) -> None:
    post = world.post("offer")
    db.session.refresh(post, ["agency", "topics", "languages"])
    index_words(post)
    db.session.commit()
    page = visit(client, world, "stranger_editor").get("/en/exchanges/offers?q=zeppelin&state=IT")
    assert "zeppelin" in words(page, ".empty")
    [way_out] = BeautifulSoup(page.text, "html.parser").select(".empty a")
    assert post.ref in client.get(str(way_out["href"])).text


def test_a_bad_address_of_a_list_is_read_as_far_as_it_makes_sense(client: PageClient, world: World) -> None:
    visit(client, world, "stranger_editor")
    bad = "after=%00&letter=99&topic=x&state=XX&region=Moon&language=zz&level=Z9&from=soon&to=2027-02-30&sort=magic"
    page = client.get(f"/en/exchanges/offers?{bad}")
    assert page.status_code == 200
    assert not BeautifulSoup(page.text, "html.parser").select("a.chip")


def test_a_visitor_reads_a_clear_post_and_nothing_else(client: PageClient, world: World) -> None:
    address = f"/en/exchanges/offers/{world.refs['offer']}"
    assert client.get(address).status_code == 303
    world.post("offer").label = Tlp.CLEAR
    db.session.commit()
    page = client.get(address)
    assert page.status_code == 200
    assert "Border office, gate 14" in page.text
    assert "desk@host.example" not in page.text


def test_the_api_takes_the_same_command_and_gives_the_same_refusals(client: PageClient, world: World) -> None:
    visit(client, world, "host_officer")
    refused = client.post("/api/v1/offers", json=typed(OFFER, places=0, windows=[{"starts_on": "2027-02-29"}]))
    assert refused.status_code == 422
    assert refused.mimetype == "application/problem+json"
    assert {(p["field"], p["code"]) for p in refused.get_json()["problems"]} >= {
        ("places", "too_small"),
        ("windows-0-starts_on", "no_such_date"),
        ("windows-0-ends_on", "required"),
    }
    made = client.post("/api/v1/offers", json=typed(OFFER))
    assert made.status_code == 201
    assert made.get_json()["state"] == "submitted"
    own = client.post(f"{made.headers['Location']}/publish", json={})
    assert own.status_code == 403
    published = visit(client, world, "host_approver").post(f"{made.headers['Location']}/publish", json={})
    assert published.get_json()["state"] == "published"
    again = client.post(f"{made.headers['Location']}/publish", json={})
    assert again.status_code == 409
    changed = client.post(f"{made.headers['Location']}/revise", json=typed(OFFER, places=4))
    assert (changed.get_json()["version"], changed.get_json()["terms"]["places"]) == (2, 4)
    stranger = visit(client, world, "stranger_editor").get(made.headers["Location"]).get_json()
    assert stranger["terms"]["site"] is None
    assert stranger["terms"]["contact"] is None
    assert "terms_hash" not in stranger
    listed = client.get("/api/v1/offers?letter=14.2.b").get_json()
    assert stranger["ref"] in {offer["ref"] for offer in listed["offers"]}


@pytest.mark.parametrize("who", ["donor_officer", "auditor", "inspector", "administrator", "host_coordinator"])
def test_who_does_not_write_finds_no_way_to_begin(client: PageClient, world: World, who: str) -> None:
    page = visit(client, world, who).get("/en/exchanges/offers")
    assert "/offers/new" not in page.text
    assert client.post("/en/exchanges/offers/new").status_code == 403


def test_every_page_is_light(client: PageClient, world: World) -> None:
    css = (Path(assets.__file__).parent / "static" / "app.css").read_bytes()
    address = write(visit(client, world, "host_officer"))
    for path in (
        *(f"{address}/edit/{step}" for step in (*STEPS[OFFER], "review")),
        address,
        "/ar/exchanges/offers",
        "/ar/exchanges/needs",
        f"/ar/exchanges/offers/{world.refs['offer']}",
    ):
        page = client.get(path)
        assert page.status_code == 200
        assert len(brotli.compress(page.data)) + len(brotli.compress(css)) <= 14_600, path


def test_what_must_change_in_a_release_stands_above_everything_else(client: PageClient, world: World) -> None:
    strict = add_post(world, OFFER, "host", label=Tlp.AMBER_STRICT)
    db.session.commit()
    visit(client, world, "host_approver")
    page = client.get(f"/en/exchanges/offers/{strict.ref}")
    refused = client.send(page, {"to": "XX-NONE"}, action="/release")
    assert refused.status_code == 422
    assert 'value="XX-NONE"' in refused.text
    assert refused.text.index('class="errs"') < refused.text.index("<h2 "), "above what is below the fold"


def test_a_colleague_continues_the_draft_of_someone_who_left(client: PageClient, world: World) -> None:
    begun = visit(client, world, "host_officer").post("/en/exchanges/offers/new").location
    client.send(client.get(begun), {"title": "Half an offer"}, action="/edit/what")
    db.session.get_one(Membership, world.memberships["host_officer"]).ends_at = now()
    db.session.commit()
    assert "Half an offer" in visit(client, world, "host_editor").get("/en/exchanges/offers").text
    page = client.get(begun)
    assert 'value="Half an offer"' in page.text
    answer = client.send(page, fields(OFFER, "what", title="A whole offer"), action="/edit/what")
    assert answer.location.endswith("/edit/who")
