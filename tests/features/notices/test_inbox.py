"""The inbox: what needs whom, in which order, and in which words."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import event

from portal.features.exchanges.domain.lifecycles import PostState
from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.notices.queries import collected
from portal.infra.db import db, now
from portal.kernel.labels import Tlp
from portal.kernel.languages import LANGUAGES
from portal.kernel.policy import Actor, Role
from portal.kernel.tasks import Task
from tests.client import PageClient
from tests.features.matches.acts import propose
from tests.world import PERSONAS, World, add_post

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SOMEONE = Actor(person_id=1, membership_id=1, role=Role.APPROVER, agency_id=1)


def a_task(ref: str, **changes: Any) -> Task:
    values: dict[str, Any] = {"code": "offer.publish_post", "endpoint": "notices.inbox", "args": {}, "since": NOON}
    return Task(**values | {"ref": ref, "params": {"title": f"Title <b>{ref}</b>"}} | changes)


def give(app: Flask, monkeypatch: pytest.MonkeyPatch, *tasks: Task) -> None:
    monkeypatch.setitem(app.extensions, "task_sources", (lambda _actor, **_at: list(tasks),))


def titles(html: str) -> list[str]:
    return [" ".join(h.text.split()) for h in BeautifulSoup(html, "html.parser").select(".todo h3")]


def test_overdue_comes_first_then_what_is_due_then_what_waits_longest() -> None:
    tasks = [
        a_task("young"),
        a_task("old", since=NOON - timedelta(days=9)),
        a_task("later", due_at=NOON + timedelta(days=9)),
        a_task("overdue", due_at=NOON - timedelta(days=1)),
        a_task("theirs", waits_on_us=False),
    ]
    found = collected(SOMEONE, at=NOON, sources=[lambda _actor, **_at: tasks])
    assert [t.ref for t in found.ours] == ["overdue", "later", "old", "young"]
    assert [t.ref for t in found.theirs] == ["theirs"]


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_everyone_who_signs_in_has_an_inbox(client: PageClient, world: World, persona: str, language: str) -> None:
    page = client.sign_in(world.people[persona]).get(f"/{language}/inbox")
    assert page.status_code == 200


def test_nobody_has_one_without_signing_in(client: PageClient) -> None:
    assert client.get("/en/inbox").status_code == 303
    assert client.get("/en/inbox/tasks").status_code == 303


def test_a_task_says_what_and_when_and_leads_there(
    app: Flask, client: PageClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = now()
    give(
        app,
        monkeypatch,
        a_task("EX-1", due_at=at - timedelta(days=4)),
        a_task("EX-2", due_at=at + timedelta(days=2)),
        a_task("EX-3", due_at=at + timedelta(days=20)),
        a_task("EX-4", waits_on_us=False, code="offer.post_waits"),
    )
    page = client.sign_in(world.people["host_approver"]).get("/en/inbox")
    html = BeautifulSoup(page.text, "html.parser")
    assert html.select_one("h1").text == "3 things need you"  # type: ignore[union-attr]
    assert titles(page.text) == [f"Check and publish the offer: Title <b>EX-{n}</b>" for n in (1, 2, 3)]
    assert "Overdue by 4 days" in html.select_one(".due.bad").text  # type: ignore[union-attr]
    assert [len(html.select(f".due.{tone}")) for tone in ("bad", "warn")] == [1, 1]
    assert "Europe/Rome" in html.select_one(".due.warn").text  # type: ignore[union-attr]
    assert "The offer waits to be published" in html.select_one("aside").text  # type: ignore[union-attr]
    assert html.select_one(".nav .n").text == "3"  # type: ignore[union-attr]


def test_six_rows_then_a_page_of_all(
    app: Flask, client: PageClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(app, monkeypatch, *(a_task(f"EX-{n:02}") for n in range(45)))
    client.sign_in(world.people["host_approver"])
    assert len(titles(client.get("/en/inbox").text)) == 6
    seen = [titles(client.get(f"/en/inbox/tasks?page={n}").text) for n in (1, 2, 3)]
    assert [len(one) for one in seen] == [20, 20, 5]
    assert len({title for one in seen for title in one}) == 45
    assert client.get("/en/inbox/tasks?page=4").status_code == 404
    assert client.get("/en/inbox/tasks?page=0").status_code == 404


def test_what_waits_on_others_has_a_page_too(
    app: Flask, client: PageClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(app, monkeypatch, *(a_task(f"EX-{n:02}", waits_on_us=False) for n in range(25)))
    client.sign_in(world.people["host_approver"])
    assert "/en/inbox/waiting" in client.get("/en/inbox").text
    assert client.get("/en/inbox/waiting").text.count('class="ref"') == 20
    assert client.get("/en/inbox/waiting?page=2").text.count('class="ref"') == 5


@pytest.mark.parametrize(
    ("persona", "offers", "needs"),
    [
        ("host_officer", True, False),
        ("sender_editor", False, True),
        ("secretariat", False, False),
        ("auditor", False, False),
        ("donor_officer", False, False),
        ("suspended_approver", False, False),
    ],
)
def test_the_main_button_begins_what_this_person_begins(
    client: PageClient, world: World, persona: str, offers: bool, needs: bool
) -> None:
    page = client.sign_in(world.people[persona]).get("/en/inbox").text
    assert ("Post an offer" in page, "Post a need" in page) == (offers, needs)


def test_a_paused_agency_is_told_so(client: PageClient, world: World) -> None:
    page = client.sign_in(world.people["suspended_approver"]).get("/en/inbox").text
    assert "The work of your agency is paused" in page


def test_a_proposal_needs_its_approver_and_stands_on_the_route(client: PageClient, world: World) -> None:
    proposal = propose(world, "sender_approver", at=now())
    db.session.commit()
    page = client.sign_in(world.people["host_approver"]).get("/en/inbox").text
    assert "1 thing needs you" in page
    assert proposal.ref in page
    route = BeautifulSoup(page, "html.parser").select(".route li")
    assert [" ".join(stage.text.split()) for stage in route][:3] == ["Done: Posted", "Done: Fits", "Terms"]
    assert route[2].get("aria-current") == "step"
    theirs = client.sign_in(world.people["sender_approver"]).get("/en/inbox").text
    assert "Nothing needs you" in theirs
    assert proposal.ref in theirs


@pytest.mark.parametrize("persona", ["stranger_approver", "donor_officer", "pending_approver"])
def test_a_stranger_learns_nothing(client: PageClient, world: World, persona: str) -> None:
    proposal = propose(world, "sender_approver", at=now())
    marker = "Marqueur confidentiel"
    post = add_post(world, PostKind.OFFER, "host", title=marker, label=Tlp.AMBER, state=PostState.SUBMITTED)
    db.session.commit()
    client.sign_in(world.people[persona])
    for path in ("inbox", "inbox/tasks", "inbox/waiting"):
        page = client.get(f"/en/{path}").text
        assert [word for word in (marker, post.ref, proposal.ref) if word in page] == []


def test_the_badge_costs_the_same_number_of_queries_however_much_waits(
    app: Flask, client: PageClient, world: World
) -> None:
    client.sign_in(world.people["host_approver"])
    writer = world.people["host_editor"]

    def queries() -> int:
        counted: list[str] = []

        def count(*arguments: Any) -> None:
            counted.append(arguments[2])

        event.listen(db.engine, "before_cursor_execute", count)
        try:
            assert client.get("/en/inbox").status_code == 200
        finally:
            event.remove(db.engine, "before_cursor_execute", count)
        return len(counted)

    for number in range(3):
        submitted = {"state": PostState.SUBMITTED, "author_id": writer, "submitted_by": writer, "published_at": None}
        add_post(world, PostKind.OFFER, "host", title=f"Waiting {number}", **submitted)
    propose(world, "sender_approver", at=now())
    db.session.commit()
    queries()
    few = queries()
    for number in range(20):
        add_post(world, PostKind.OFFER, "host", title=f"Waiting more {number}", **submitted)
    db.session.commit()
    assert queries() == few


def test_the_number_is_kept_for_a_moment_and_forgotten_after_a_change(
    app: Flask, client: PageClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def source(_actor: Actor, **_at: datetime) -> list[Task]:
        asked.append(1)
        return [a_task("EX-1")]

    monkeypatch.setitem(app.extensions, "task_sources", (source,))
    client.sign_in(world.people["host_approver"])
    for _ in range(3):
        assert BeautifulSoup(client.get("/en/help").text, "html.parser").select_one(".nav .n")
    assert len(asked) == 1
    client.get("/en/inbox")
    assert len(asked) == 2, "the inbox always counts anew"
    client.post("/en/account/sessions/end-others")
    client.get("/en/help")
    assert len(asked) == 3
    client.sign_in(world.people["host_editor"]).get("/en/help")
    assert len(asked) == 4, "each person has a number of their own"


def test_a_page_that_says_what_failed_does_not_ask_the_database(
    app: Flask, client: PageClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_actor: Actor, **_at: datetime) -> list[Task]:
        raise RuntimeError("the database is away")

    monkeypatch.setitem(app.extensions, "task_sources", (broken,))
    page = client.sign_in(world.people["host_approver"]).get("/en/exchanges/offers/EX-2026-000000")
    assert page.status_code == 404


def test_the_secretariat_is_asked_to_verify_agencies(client: PageClient, world: World) -> None:
    page = client.sign_in(world.people["secretariat"]).get("/en/inbox").text
    assert titles(page) == ["Verify the agency: Immigration Service"]
    assert "Nothing needs you" in client.sign_in(world.people["auditor"]).get("/en/inbox").text
