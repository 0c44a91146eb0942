"""The pages of fits and proposals, as people of both agencies and a stranger open them."""

import re
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup

from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.matches import services
from portal.features.matches.models import Proposal
from portal.infra.db import db, now
from tests.client import PageClient
from tests.features.matches.acts import FIRST, LAST, WEEK, counter, propose
from tests.world import World, add_post


@pytest.fixture(autouse=True)
def _fits(world: World) -> None:
    services.rebuild_all(at=now() - timedelta(minutes=5))
    db.session.commit()


def visit(client: PageClient, world: World, who: str) -> PageClient:
    return client.sign_in(world.people[who])


def proposed(world: World, who: str = "host_officer", **changes: Any) -> Proposal:
    proposal = propose(world, who, at=now(), **changes)
    db.session.commit()
    return proposal


def typed_terms(**changes: str) -> dict[str, Any]:
    values = {"starts_on": FIRST.isoformat(), "ends_on": LAST.isoformat(), "officers": "2", "costs": ["lodging"]}
    return values | {"conditions": "Bring civilian clothes.", "conditions_language": "en"} | changes


def text_of(page: Any) -> str:
    return " ".join(BeautifulSoup(page.text, "html.parser").select_one("main").get_text(" ").split())  # type: ignore[union-attr]


def test_a_post_shows_its_best_fit_with_points_that_add_up(client: PageClient, world: World) -> None:
    page = visit(client, world, "host_officer").get(f"/en/exchanges/offers/{world.refs['offer']}")
    shown = text_of(page)
    for words in ("Same topic 30 of 30", "French at the level 14 of 20", "26 common days 20 of 20",
                  "Second choice 12 of 15", "2 of 5 covered 4 of 10", "Within the range 4 of 5",
                  "84 of 100 points: topic 30, language 14, dates 20, preferred State 12, costs 4, level of post 4.",
                  "No other post that you may see fits.", "Propose terms"):  # fmt: skip
        assert words in shown, words


@pytest.mark.parametrize("language", ["ar", "zh", "en", "fr", "ru", "es"])
def test_every_page_stands_in_every_language(client: PageClient, world: World, language: str) -> None:
    proposal = proposed(world)
    services.rebuild_all(at=now())
    add_post(world, PostKind.NEED, "stranger", topics=["art14-1"])
    db.session.commit()
    visit(client, world, "sender_approver")
    base = f"/{language}/exchanges"
    need, own = f"/needs/{world.refs['need']}", f"/proposals/{proposal.ref}"
    steps = (own, f"{own}/counter", f"{own}/decline", f"{own}/ask")
    for path in (need, f"{need}/fits", f"{need}/near", "/proposals", "/proposals?box=ended", *steps, "/scores"):
        assert client.get(base + path).status_code == 200, path


def test_from_the_fit_to_the_agreement(client: PageClient, world: World) -> None:
    visit(client, world, "host_officer")
    form = client.get(f"/en/exchanges/proposals/new?offer={world.refs['offer']}&need={world.refs['need']}")
    sent = client.send(form, typed_terms())
    assert sent.status_code == 303
    address = sent.location
    visit(client, world, "host_approver")
    old_tab = client.get(address)
    visit(client, world, "sender_approver")
    form = client.get(address + "/counter")
    later = {"starts_on": (FIRST + WEEK).isoformat(), "ends_on": (LAST + WEEK).isoformat()}
    assert client.send(form, later).status_code == 303
    visit(client, world, "host_approver")
    stale = client.post(address + "/accept", data=fields_of(old_tab, "/accept"))
    assert stale.status_code == 409
    assert f"Start: 8 → 15 March {FIRST.year}" in text_of(stale)
    assert f"End: 12 → 19 March {FIRST.year}" in text_of(stale)
    done = client.post(address + "/accept", data=fields_of(stale, "/accept"))
    assert done.status_code == 303
    page = client.get(address)
    assert "Both sides agreed" in text_of(page)
    assert "Border office, gate 14" in text_of(page)
    assert world.post("offer").free == 0
    for kind in ("offer", "need"):
        post = BeautifulSoup(client.get(f"/en/exchanges/{kind}s/{world.refs[kind]}").text, "html.parser")
        assert post.select(f"main a[href='{address}']"), "from the post one comes to what was agreed"
        assert [step.text.strip() for step in post.select("main [aria-current=step]")] == ["Preparing"]


def fields_of(page: Any, action: str) -> dict[str, str]:
    form = next(
        f for f in BeautifulSoup(page.text, "html.parser").select("form") if f.get("action", "").endswith(action)
    )
    return {str(i["name"]): str(i["value"]) for i in form.select("input") if i["name"] != "csrf_token"}


def test_the_same_form_twice_makes_one_proposal(client: PageClient, world: World) -> None:
    visit(client, world, "host_officer")
    form = client.get(f"/en/exchanges/proposals/new?offer={world.refs['offer']}&need={world.refs['need']}")
    first, second = client.send(form, typed_terms()), client.send(form, typed_terms())
    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert len(db.session.scalars(db.select(Proposal)).all()) == 1


def test_wrong_terms_are_said_at_their_field_and_kept(client: PageClient, world: World) -> None:
    visit(client, world, "host_officer")
    form = client.get(f"/en/exchanges/proposals/new?offer={world.refs['offer']}&need={world.refs['need']}")
    answer = client.send(form, typed_terms(officers="7", ends_on="1/1/2020"))
    assert answer.status_code == 422
    page = BeautifulSoup(answer.text, "html.parser")
    assert page.select_one("#ends_on-error")
    assert "Bring civilian clothes." in answer.text
    answer = client.send(form, typed_terms(officers="7"))
    assert "2 or less" in BeautifulSoup(answer.text, "html.parser").select_one("#officers-error").text  # type: ignore[union-attr]


def test_a_stale_counter_keeps_what_was_typed(client: PageClient, world: World) -> None:
    proposal = proposed(world)
    visit(client, world, "sender_officer")
    form = client.get(f"/en/exchanges/proposals/{proposal.ref}/counter")
    counter(world, proposal, "host_officer", officers=1, at=now())
    db.session.commit()
    answer = client.send(form, {"conditions": "Only in daylight."})
    assert answer.status_code == 409
    assert "Only in daylight." in answer.text
    assert "Officers: 2 → 1" in text_of(answer)
    assert client.send(answer, {"conditions": "Only in daylight."}).status_code == 303


def test_who_is_too_late_reads_who_withdrew(client: PageClient, world: World) -> None:
    proposal = proposed(world, "host_approver")
    visit(client, world, "sender_approver")
    open_tab = client.get(f"/en/exchanges/proposals/{proposal.ref}")
    visit(client, world, "host_approver")
    form = client.get(f"/en/exchanges/proposals/{proposal.ref}/withdraw")
    assert client.send(form, {"reason": ""}).status_code == 422
    assert client.send(form, {"reason": "The site is closed."}).status_code == 303
    visit(client, world, "sender_approver")
    late = client.post(f"/en/exchanges/proposals/{proposal.ref}/accept", data=fields_of(open_tab, "/accept"))
    assert late.status_code == 409
    assert "Polizia di Frontiera" in text_of(late)
    assert "The site is closed." in text_of(late)


@pytest.mark.parametrize(("step", "who"), [("decline", "sender_approver"), ("withdraw", "host_approver")])
def test_a_step_from_a_second_tab_reads_that_the_first_has_done_it(
    client: PageClient, world: World, step: str, who: str
) -> None:
    proposal = proposed(world, "host_approver")
    visit(client, world, who)
    tabs = [client.get(f"/en/exchanges/proposals/{proposal.ref}/{step}") for _ in range(2)]
    assert client.send(tabs[0], {"reason": "The officers are ill."}).status_code == 303
    late = client.send(tabs[1], {"reason": "Another reason."})
    assert late.status_code == 409
    assert "The officers are ill." in text_of(late)
    assert "Nothing was changed." in text_of(late)


def test_declining_what_the_own_agency_accepted_meanwhile_reads_so(client: PageClient, world: World) -> None:
    proposal = proposed(world, "host_officer")
    visit(client, world, "sender_approver")
    page = f"/en/exchanges/proposals/{proposal.ref}"
    tab = client.get(f"{page}/decline")
    assert client.post(f"{page}/accept", data=fields_of(client.get(page), "/accept")).status_code == 303
    late = client.send(tab, {"reason": "No."})
    assert late.status_code == 403
    assert "Your agency has answered these terms already." in text_of(late)


def test_a_pair_that_has_agreed_leads_to_what_was_agreed(client: PageClient, world: World) -> None:
    proposal = proposed(world, "host_approver")
    form = f"/en/exchanges/proposals/new?offer={world.refs['offer']}&need={world.refs['need']}"
    visit(client, world, "sender_approver")
    page = f"/en/exchanges/proposals/{proposal.ref}"
    assert client.get(form).location == page, "open: answer that one"
    assert client.post(f"{page}/accept", data=fields_of(client.get(page), "/accept")).status_code == 303
    assert client.get(form).location == page
    assert "have a proposal already" in text_of(client.get(page))


def body(page: Any, ref: str) -> str:
    """A page without what differs on every page: the tokens, and the address that was asked for."""
    return re.sub(r'name="(_once|csrf_token)" value="[^"]*"', "", page.text).replace(ref, "")


def test_a_stranger_meets_the_same_answer_as_for_what_does_not_exist(client: PageClient, world: World) -> None:
    proposal = proposed(world)
    visit(client, world, "stranger_approver")
    for path in ("", "/counter", "/ask", "/decline"):
        there = client.get(f"/en/exchanges/proposals/{proposal.ref}{path}")
        absent = client.get(f"/en/exchanges/proposals/PR-2026-00000T{path}")
        assert there.status_code == absent.status_code == 404
        assert body(there, proposal.ref) == body(absent, "PR-2026-00000T")
    assert proposal.ref not in client.get("/en/exchanges/proposals").text
    assert client.get("/api/v1/proposals").json["proposals"] == []  # type: ignore[index]
    assert client.get(f"/api/v1/proposals/{proposal.ref}").status_code == 404


def test_a_strong_fit_is_a_task_until_it_was_looked_at(client: PageClient, world: World) -> None:
    from portal.features.matches.queries import tasks
    from tests.features.matches.acts import actor

    codes = lambda who: [t.code for t in tasks(actor(world, who), at=now())]  # noqa: E731
    assert codes("host_officer") == ["look_at_fit_of_offer"]
    assert codes("sender_editor") == ["look_at_fit_of_need"]
    visit(client, world, "host_editor").get(f"/en/exchanges/offers/{world.refs['offer']}")
    assert codes("host_officer") == []
    assert codes("sender_editor") == ["look_at_fit_of_need"]


def test_a_need_without_a_fit_is_told_the_one_change_that_would_help(client: PageClient, world: World) -> None:
    name = add_post(world, PostKind.NEED, "stranger", topics=["art14-1"]).ref
    services.rebuild_all(at=now())
    db.session.commit()
    page = visit(client, world, "stranger_editor").get(f"/en/exchanges/needs/{name}")
    shown = text_of(page)
    assert "Nothing fits yet" in shown
    assert "This would open 1 offer." in shown
    near = text_of(client.get(f"/en/exchanges/needs/{name}/near"))
    assert "They share no topic." in near


def test_the_api_follows_the_same_rules(client: PageClient, world: World) -> None:
    visit(client, world, "host_approver")
    body = {"offer": world.refs["offer"], "need": world.refs["need"], "starts_on": FIRST.isoformat(),
            "ends_on": LAST.isoformat(), "officers": 2}  # fmt: skip
    made = client.post("/api/v1/proposals", json=body)
    assert (made.status_code, made.json["state"]) == (201, "host_accepted")  # type: ignore[index]
    again = client.post("/api/v1/proposals", json=body)
    assert (again.status_code, again.json["problems"][0]["code"]) == (409, "already_proposed")  # type: ignore[index]
    visit(client, world, "sender_approver")
    seen = {"version": 1, "hash": "0" * 64}
    url = f"/api/v1/proposals/{made.json['ref']}"  # type: ignore[index]
    assert client.post(url + "/accept", json=seen).status_code == 409
    right = {"version": 1, "hash": made.json["hash"]}  # type: ignore[index]
    assert client.post(url + "/accept", json=right).json["state"] == "confirmed"  # type: ignore[index]
    assert client.get(url).json["acceptances"][1]["side"] in {"host", "sender"}  # type: ignore[index]
