"""The pages of a round, as people use them from plan to publication, and what each shows."""

import re

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.matches.models import Proposal
from portal.features.rounds import api as rounds_api
from portal.features.rounds import services
from portal.features.rounds.domain.commands import MarkPair
from portal.features.rounds.domain.lifecycle import RoundState
from portal.features.rounds.domain.vocabulary import MarkKind
from portal.features.rounds.models import Round, Run
from portal.features.rounds.views import comparing
from portal.infra.db import db, now
from portal.kernel.languages import LANGUAGES
from portal.web import pagination
from tests.client import PageClient
from tests.features.matches.acts import actor
from tests.features.rounds.acts import DAY, again, chosen, closed, matched, more_needs, run, sent, start
from tests.world import World, add_post

BASE = "/en/exchanges/rounds"


def text(html: str) -> str:
    return " ".join(BeautifulSoup(html, "html.parser").select_one("main").text.split())  # type: ignore[union-attr]


def sign_in(client: PageClient, world: World, who: str) -> PageClient:
    return client.sign_in(world.people[who])


def the_round() -> Round:
    db.session.expire_all()
    return db.session.scalars(db.select(Round)).one()


def test_from_plan_to_publication_by_pages_alone(app: Flask, client: PageClient, world: World) -> None:
    today = now().date()
    sign_in(client, world, "secretariat")
    form = client.get(f"{BASE}/plan")
    wrong = client.send(form, {"opens_on": str(today), "closes_on": str(today - DAY), "review_until": "soon"})
    assert wrong.status_code == 422
    dates = {"opens_on": today, "closes_on": today + 5 * DAY, "review_until": today + 9 * DAY}
    made = client.send(form, {name: str(day) for name, day in dates.items()} | {"look_below": "90"})
    assert made.status_code == 303
    page = f"{BASE}/{the_round().ref}"
    assert client.send(client.get(f"{page}/open")).status_code == 303
    for who, name in (("host_editor", "offer"), ("sender_editor", "need")):
        sign_in(client, world, who)
        assert client.send(client.get(page), action="/enrol").status_code == 303
        assert world.refs[name] in client.get(page).text
    sign_in(client, world, "secretariat")
    assert client.send(client.get(f"{page}/close")).status_code == 303
    started = client.send(client.get(f"{page}/runs"), {"look_below": "90"})
    assert started.status_code == 303
    waiting = client.get(started.location)
    assert waiting.headers["Refresh"] == "4"
    assert "Waiting to begin" in waiting.text
    assert services.work_off(at=now()) == 1
    done = client.get(started.location)
    assert "Refresh" not in done.headers
    assert "Proven best" in done.text
    assert client.send(done, action="/choose").status_code == 303
    review = client.get(page)
    assert "1 pair to look at" in text(review.text)
    assert "Send the proposals" not in text(review.text), "whoever chose does not send"
    assert client.send(review, action="/keep").status_code == 303
    sign_in(client, world, "second_secretariat")
    assert client.send(client.get(f"{page}/send")).status_code == 303
    under_way = client.get(page)
    assert under_way.headers["Refresh"] == "4"
    assert "0 of 1 proposal is on the table." in text(under_way.text)
    assert "Cancel the round" not in text(under_way.text)
    assert services.work_off_sendings(at=now()) == 1
    assert "Refresh" not in client.get(page).headers
    assert the_round().state == RoundState.CONSENT
    proposal = db.session.scalars(db.select(Proposal)).one()
    for who in ("sender_approver", "host_approver"):
        sign_in(client, world, who)
        answered = client.send(client.get(f"/en/exchanges/proposals/{proposal.ref}"), action="/accept")
        assert answered.status_code == 303
    sign_in(client, world, "secretariat")
    assert client.send(client.get(f"{page}/publish")).status_code == 303
    sign_in(client, world, "stranger_editor")
    assert "What was agreed in the whole round" in client.get(page).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_a_round_opens_in_every_language(client: PageClient, world: World, language: str) -> None:
    lonely = add_post(world, PostKind.NEED, "sender", languages=[("ru", "C1")], title="Alone")
    world.refs["lonely"] = lonely.ref
    round_ = matched(world, "offer", "need", "lonely", *more_needs(world, 2))
    run(world, round_, stay_points=9, look_below=95)
    offer, need = world.refs["offer"], world.refs["need"]
    base = f"/{language}/exchanges/rounds"
    sign_in(client, world, "auditor")
    for path in (
        "",
        "/runs",
        "/runs/1",
        "/pairs",
        "/pairs?look=1",
        "/posts?kind=offer",
        "/posts?kind=need&state=NE",
        "/posts?kind=need&out=1",
        "/left?kind=need",
        "/left?kind=offer",
        f"/pair?offer={offer}&need={need}",
        f"/pair?offer={offer}&need={lonely.ref}",
        "/compare?one=1&other=2",
        "/compare",
        "/report",
    ):
        page = client.get(f"{base}/{round_.ref}{path}")
        assert page.status_code == 200, path
        assert '<span class="i"' not in page.text
    assert client.get(base).status_code == 200


def test_whoever_presses_start_second_is_told_that_it_is_the_run_of_another(client: PageClient, world: World) -> None:
    page = f"{BASE}/{closed(world).ref}/runs"
    db.session.commit()
    first = client.send(sign_in(client, world, "secretariat").get(page), {"stay_points": "3"})
    assert "on its way already" not in client.get(first.location).text
    second = client.send(sign_in(client, world, "second_secretariat").get(page), {"stay_points": "7"})
    assert second.location == first.location
    assert "A run was on its way already" in client.get(second.location).text


def test_the_price_of_one_more_place_is_told_to_its_host_and_to_nobody_else(client: PageClient, world: World) -> None:
    sent(world, "offer", "need", *more_needs(world, 1))
    page = f"{BASE}/{the_round().ref}"
    assert "One more place at this offer would bring the round" in text(
        sign_in(client, world, "host_approver").get(page).text
    )
    assert "One more place" not in sign_in(client, world, "sender_approver").get(page).text


def test_a_region_opens_its_posts(client: PageClient, world: World) -> None:
    round_ = matched(world)
    page = BeautifulSoup(sign_in(client, world, "secretariat").get(f"{BASE}/{round_.ref}").text, "html.parser")
    link = next(a for a in page.select("table.t a") if a.text == "Western Africa")
    assert world.refs["need"] in client.get(str(link["href"])).text
    elsewhere = client.get(str(link["href"]).replace("Western", "Eastern")).text
    assert world.refs["need"] not in elsewhere


def test_each_figure_opens_its_records(client: PageClient, world: World) -> None:
    round_ = matched(world, "offer", "need", *more_needs(world, 2))
    page = BeautifulSoup(sign_in(client, world, "secretariat").get(f"{BASE}/{round_.ref}").text, "html.parser")
    figures = page.select(".kpi b a")
    assert len(figures) == 5
    for link in figures:
        assert client.get(str(link["href"])).status_code == 200, link


def test_why_a_pair_was_not_made_is_said_in_words(client: PageClient, world: World) -> None:
    names = more_needs(world, 1)
    round_ = matched(world, "offer", "need", *names)
    sign_in(client, world, "secretariat")
    page = client.get(f"{BASE}/{round_.ref}/pair?offer={world.refs['offer']}&need={world.refs[names[0]]}")
    assert re.search(r"The pair is \d+ points? short", text(page.text))


def test_lock_and_veto_with_a_reason_and_lift_it(client: PageClient, world: World) -> None:
    round_ = matched(world)
    sign_in(client, world, "secretariat")
    address = f"{BASE}/{round_.ref}/pair?offer={world.refs['offer']}&need={world.refs['need']}"
    page = client.get(address)
    assert client.send(page, {"kind": "veto", "reason": ""}, action="/pair").status_code == 422
    assert client.send(page, {"kind": "veto", "reason": "Site under repair."}, action="/pair").status_code == 303
    page = client.get(address)
    assert "Site under repair." in page.text
    assert client.send(page, action="/lift").status_code == 303
    assert "Site under repair." not in client.get(address).text


def test_a_failed_run_is_told_and_the_last_good_one_shown(
    client: PageClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_more: object) -> None:
        raise RuntimeError("no")

    round_ = matched(world)
    monkeypatch.setattr("portal.features.rounds.services.running.solve", broken)
    run(world, round_)
    page = text(sign_in(client, world, "secretariat").get(f"{BASE}/{round_.ref}").text)
    assert "Run 2 failed." in page
    assert "The result of run 1 stands." in page
    assert "2 of 2 officers have a place" in page


def test_json_says_where_all_of_ones_own_are_when_there_are_more_than_it_shows(
    client: PageClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = more_needs(world, 2)
    round_ = sent(world, "offer", "need", *names)
    api = f"/api/v1/rounds/{round_.ref}"
    sign_in(client, world, "sender_approver")
    assert client.get(api).get_json()["all_posts"] is None, "these are all"
    monkeypatch.setattr(rounds_api, "FIRST", 2)
    monkeypatch.setattr(pagination.paged, "__kwdefaults__", {"size": 2})
    whole = client.get(api).get_json()
    assert (len(whole["posts"]), whole["all_posts"]) == (2, f"{api}/posts")
    first = client.get(whole["all_posts"]).get_json()
    second = client.get(first["next"]).get_json()
    assert sorted(first["posts"] + second["posts"]) == sorted(world.refs[name] for name in ("need", *names))
    assert second["next"] is None
    assert client.get(f"{api}/proposals").get_json()["proposals"] == whole["proposals"]
    sign_in(client, world, "stranger_approver")
    assert (
        client.get(f"{api}/posts").get_json()["posts"] == client.get(f"{api}/proposals").get_json()["proposals"] == []
    )


def test_two_runs_side_by_side(client: PageClient, world: World) -> None:
    names = more_needs(world, 1)
    round_ = matched(world, "offer", "need", *names)
    run(world, round_, origin_cap=1)
    page = text(sign_in(client, world, "secretariat").get(f"{BASE}/{round_.ref}/compare?one=1&other=2").text)
    assert "Most officers that one State sends" in page
    assert "Who loses" in page
    assert "Contrôle documentaire" in page, "the need that loses an officer is named"
    assert "Ruled out" not in page
    other = text(client.get(f"{BASE}/{round_.ref}/compare?one=99&other=2").text)
    assert "Two different runs with a result are needed." in other, "no other run stands in for one that is not there"
    veto = MarkPair(kind=MarkKind.VETO, offer=world.refs["offer"], need=world.refs[names[0]], reason="Not this year.")
    services.mark(veto, again(round_), by=actor(world, "secretariat"), at=now())
    run(world, again(round_))
    assert "Ruled out0 1" in text(client.get(f"{BASE}/{round_.ref}/compare?one=1&other=3").text)


def test_a_colleagues_decision_about_a_pair_is_not_undone_unseen(app: Flask, client: PageClient, world: World) -> None:
    round_ = matched(world)
    db.session.commit()
    page = f"{BASE}/{round_.ref}/pair?offer={world.refs['offer']}&need={world.refs['need']}"
    mine = sign_in(client, world, "secretariat").get(page)
    colleague = sign_in(app.test_client(), world, "second_secretariat")
    veto = {"kind": "veto", "reason": "They met last year."}
    assert colleague.send(colleague.get(page), veto, action="/pair").status_code == 303
    late = client.send(mine, {"kind": "lock", "reason": "Both asked for it."}, action="/pair")
    assert late.status_code == 409
    assert "A colleague decided about this pair after you opened it." in text(late.text)
    assert "They met last year." in text(late.text), "what was decided stands beside the form"
    assert "Both asked for it." in late.text, "what was typed is kept"
    decided = client.send(late, {"kind": "lock"}, action="/pair")
    assert decided.status_code == 303
    assert "Locked" in text(client.get(page).text)


def test_two_runs_side_by_side_say_how_many_changes_are_not_shown(
    client: PageClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.refs["offer2"] = add_post(world, PostKind.OFFER, "host", capacity=3).ref
    round_ = matched(world, "offer", "offer2", "need", *more_needs(world, 2))
    run(world, round_, origin_cap=1)
    monkeypatch.setattr(comparing, "MOST", 1)
    page = text(sign_in(client, world, "secretariat").get(f"{BASE}/{round_.ref}/compare?one=1&other=2").text)
    assert re.search(r"These are the 1 largest changes of [23]\.", page), page


def test_the_page_of_a_post_says_that_it_is_held(client: PageClient, world: World) -> None:
    closed(world)
    db.session.commit()
    page = sign_in(client, world, "host_editor").get(f"/en/exchanges/offers/{world.refs['offer']}")
    assert "This post takes part and is held" in page.text
    sign_in(client, world, "stranger_editor")
    assert "held" not in client.get(f"/en/exchanges/offers/{world.refs['offer']}").text


def test_the_page_of_a_proposal_says_where_it_comes_from(client: PageClient, world: World) -> None:
    sent(world)
    proposal = db.session.scalars(db.select(Proposal)).one()
    page = sign_in(client, world, "host_editor").get(f"/en/exchanges/proposals/{proposal.ref}")
    assert "This proposal comes from a matching round" in page.text
    assert "Put forward by a matching round" in page.text
    assert "For the offer this is number 1 of 1 need that fits." in text(page.text)
    assert "For the need" not in text(page.text), "how the other side ranks is its own affair"


def test_what_waits_for_whom(client: PageClient, world: World) -> None:
    def inbox(who: str) -> str:
        return text(sign_in(client, world, who).get("/en/inbox").text)

    round_ = closed(world)
    db.session.commit()
    assert "Start a run of matching round 1" in inbox("secretariat")
    start(world, again(round_))
    db.session.commit()
    assert "A run of matching round 1 is on its way" in inbox("secretariat")
    services.work_off(at=now())
    assert "choose one" in inbox("secretariat")
    round_ = again(round_)
    from portal.features.rounds.domain.commands import ChooseRun
    from tests.features.matches.acts import NOW, actor

    services.choose(ChooseRun(run=1), round_, by=actor(world, "secretariat"), at=NOW)
    db.session.commit()
    assert "A second person has to send" in inbox("secretariat")
    assert "Look at the pairs of matching round 1 and send them" in inbox("second_secretariat")
    services.send(again(round_), by=actor(world, "second_secretariat"), at=NOW)
    db.session.commit()
    assert "The proposals of matching round 1 are on their way" in inbox("secretariat")
    services.work_off_sendings(at=now())
    assert "Agencies answer the proposals" in inbox("secretariat")
    assert "Matching round 1 has proposed" in inbox("host_approver")
    assert "round" not in inbox("stranger_editor").lower().replace("matching rounds", "")


@pytest.mark.parametrize("place", ["pairs", "left", "states"])
def test_a_run_that_does_not_exist_is_not_silently_another(client: PageClient, world: World, place: str) -> None:
    round_ = chosen(world)
    db.session.commit()
    page = f"{BASE}/{round_.ref}/{place}"
    sign_in(client, world, "secretariat")
    assert client.get(page).status_code == client.get(f"{page}?run=1").status_code == 200
    assert {client.get(f"{page}?run={run}").status_code for run in ("99", "0", "x", "1" * 30)} == {404}


def test_whoever_chose_the_run_is_told_that_another_person_sends_it(client: PageClient, world: World) -> None:
    round_ = chosen(world)
    db.session.commit()
    page = sign_in(client, world, "secretariat").get(f"{BASE}/{round_.ref}/send")
    assert page.status_code == 403
    assert "You prepared this yourself, so another person takes this step." in text(page.text)
    stranger = sign_in(client, world, "auditor").get(f"{BASE}/{round_.ref}/send")
    assert "Your role in this agency does not allow it." in text(stranger.text)


def test_the_same_by_api(client: PageClient, world: World) -> None:
    round_ = chosen(world)
    db.session.commit()
    api = f"/api/v1/rounds/{round_.ref}"
    sign_in(client, world, "second_secretariat")
    assert client.get("/api/v1/rounds").get_json()["rounds"][0]["ref"] == round_.ref
    assert client.get(f"{api}/pairs").get_json()["pairs"][0]["offer"] == world.refs["offer"]
    assert client.post(f"{api}/runs", json={}).status_code == 202
    refused = client.post(f"{api}/send", json={})
    assert (refused.status_code, refused.get_json()["problems"][0]["code"]) == (409, "run_on_its_way")
    services.work_off(at=now())
    client.post(f"{api}/choose", json={"run": 2})
    sign_in(client, world, "secretariat")
    assert client.post(f"{api}/send", json={}).status_code == 202
    answer = client.post(f"{api}/send", json={})
    assert (answer.status_code, answer.get_json()["sending"]) == (202, {"pairs": 1, "sent": 0, "lost": 0})
    services.work_off_sendings(at=now())
    answer = client.post(f"{api}/send", json={})
    assert (answer.status_code, answer.get_json()["problems"][0]["code"]) == (409, "illegal_transition")
    assert sorted(db.session.scalars(db.select(Run.number))) == [1, 2]
    seen = sign_in(client, world, "host_approver").get(api).get_json()
    assert seen["posts"] == [world.refs["offer"]]
    assert len(seen["proposals"]) == 1
    assert "runs" not in seen
