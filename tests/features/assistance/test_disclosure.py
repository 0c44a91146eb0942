"""A marker in every field of closed requests appears nowhere it must not: pages, lists, counts, search, files, mails."""

import pytest
from flask import Flask

from portal.features.assistance.domain.acts import AnswerQuestion, AskRequester, ReleaseRequest
from portal.features.assistance.models import Request, RequestField
from portal.features.assistance.services import answer, ask, release, withdraw
from portal.features.assistance.services.writing import index_words
from portal.infra.db import db, now
from portal.infra.outbox import OutboxMail
from portal.kernel.labels import Tlp
from tests.client import PageClient
from tests.features.assistance.acts import draft, opened, readers, screening, submitted
from tests.features.exchanges.acting import acting
from tests.proof import walked_by
from tests.site.test_disclosure import everything_seen, without_echo, without_tokens
from tests.world import World

MARKER = "Qzxmarker"
TEXTS = (
    *("title", "end_user_unit", "contact", "problem", "objective", "priority_reason", "strategy"),
    *("review_observation", "other_donors", "safeguards", "data_protection_basis", "restricted"),
)
CLOSED = (Tlp.AMBER, Tlp.AMBER_STRICT, Tlp.RED)


def marked(world: World, maker: object, **changes: object) -> Request:
    texts = {name: f"{MARKER} {name}" for name in TEXTS}
    line = readers(what=f"{MARKER} readers", alternatives=f"{MARKER} others")
    line["sustainment"] = {**line["sustainment"], "budget_owner": f"{MARKER} payer"}
    line["spec"] = {**line["spec"]}
    sites = [{"name": f"{MARKER} post", "kind": "border_post"}]
    request: Request = maker(world, **(texts | {"sites": sites, "lines": [line]} | changes))  # type: ignore[operator]
    return request


@pytest.fixture
def closed(app: Flask, world: World) -> list[Request]:
    """Open requests at every closed label with a question and its answer, and unopened ones at every label."""
    found = []
    for label in CLOSED:
        request = marked(world, opened, label=label.value)
        by = acting(world, "secretariat")
        if label is Tlp.AMBER:
            words = AskRequester(text=f"{MARKER} question", language="en")
            ask(words, request=request, by=by, at=now())
            said = AnswerQuestion(question=1, text=f"{MARKER} answer", language="fr")
            answer(said, request=request, by=acting(world, "sender_editor"), at=now())
        found.append(request)
    found += [marked(world, maker, label=label.value) for maker in (draft, submitted, screening) for label in Tlp]
    db.session.commit()
    return found


@walked_by("who", "stranger_approver", "donor_officer", "donor_approver", "pending_approver", None)
def test_who_is_not_let_in_meets_the_marker_nowhere(
    app: Flask, client: PageClient, world: World, closed: list[Request], who: str | None
) -> None:
    if who:
        client.sign_in(world.people[who])
    refs = [request.ref for request in closed]
    seen = 0
    for address, body in everything_seen(app, client, world):
        seen += 1
        assert MARKER not in without_echo(body), address
        assert not [ref for ref in refs if ref in body], address
    assert seen > 20
    for ref in refs:
        for path in (f"/en/assistance/requests/{ref}", f"/api/v1/requests/{ref}", f"/en/history/request/{ref}"):
            assert client.get(path).status_code in {303, 401, 404}, path


def test_the_secretariat_knows_a_red_request_by_reference_label_and_state_only(
    app: Flask, client: PageClient, world: World, closed: list[Request]
) -> None:
    named = [request for request in closed if request.label in {Tlp.AMBER_STRICT, Tlp.RED} and request.screening_at]
    client.sign_in(world.people["secretariat"])
    for request in named:
        for path in (f"/en/assistance/requests/{request.ref}", f"/api/v1/requests/{request.ref}"):
            answer_ = client.get(path)
            assert answer_.status_code == 200
            assert MARKER not in answer_.text, path
            assert request.ref in answer_.text
        assert client.get(f"/en/assistance/requests/{request.ref}/diligence").status_code == 403
        assert client.get(f"/en/history/request/{request.ref}").status_code == 404
    found = client.get(f"/api/v1/requests?q={MARKER}").get_json()
    assert {one["label"] for one in found["requests"]} == {"TLP:AMBER"}


def test_a_red_request_in_screening_shows_no_title_in_the_inbox_of_the_secretariat(
    app: Flask, client: PageClient, world: World
) -> None:
    request = marked(world, screening, label="red")
    db.session.commit()
    client.sign_in(world.people["secretariat"])
    inbox = client.get("/en/inbox").text
    assert request.ref in inbox
    assert MARKER not in inbox


EXACT = ("contact", "restricted")


def test_a_verified_agency_reads_a_green_request_without_places_contact_and_what_is_withheld(
    app: Flask, client: PageClient, world: World
) -> None:
    plain = {name: f"Plain {name}" for name in TEXTS if name not in EXACT} | {"lines": [readers()]}
    hidden = {"objective": f"{MARKER} objective", "strategy": f"{MARKER} strategy"}
    request = marked(world, opened, label="green", **(plain | hidden))
    by = {"set_by": world.people["sender_approver"], "at": now()}
    request.fields.append(RequestField(field="objective", label=Tlp.AMBER, withheld=None, **by))
    request.fields.append(RequestField(field="strategy", label=None, withheld=2, **by))
    index_words(request)
    db.session.commit()
    client.sign_in(world.people["stranger_editor"])
    seen = ""
    for path in (
        "/en/assistance/requests",
        f"/en/assistance/requests/{request.ref}",
        f"/api/v1/requests/{request.ref}",
    ):
        seen += client.get(path).text
    seen += client.get("/en/assistance/requests/export.csv").get_data(as_text=True)
    assert "Plain title" in seen
    assert MARKER not in seen
    assert client.get(f"/api/v1/requests?q={MARKER}").get_json()["requests"] == []


def test_what_is_hidden_answers_as_what_does_not_exist(
    app: Flask, client: PageClient, world: World, closed: list[Request]
) -> None:
    client.sign_in(world.people["stranger_approver"]).get("/en/help")
    absent_ref = "TA-2026-000000"
    absent = client.get(f"/en/assistance/requests/{absent_ref}")
    for request in closed:
        hidden = client.get(f"/en/assistance/requests/{request.ref}")
        assert hidden.status_code == absent.status_code == 404
        assert without_tokens(hidden.text.replace(request.ref, "")) == without_tokens(
            absent.text.replace(absent_ref, "")
        )


def test_the_donor_to_whom_it_was_released_reads_it_without_places(
    app: Flask, client: PageClient, world: World, closed: list[Request]
) -> None:
    request = closed[0]
    release(
        ReleaseRequest(to=world.agency("donor").key), request=request, by=acting(world, "sender_approver"), at=now()
    )
    db.session.commit()
    client.sign_in(world.people["donor_officer"])
    page = client.get(f"/en/assistance/requests/{request.ref}").text
    assert f"{MARKER} problem" in page
    assert not [name for name in ("post", *EXACT) if f"{MARKER} {name}" in page]
    assert request.ref in client.get(f"/en/assistance/requests?q={MARKER}").text
    assert MARKER in client.get("/en/assistance/requests/export.csv").get_data(as_text=True)


def test_the_marker_is_there_for_its_owner(app: Flask, client: PageClient, world: World, closed: list[Request]) -> None:
    """Without this, the tests above could pass on empty pages."""
    client.sign_in(world.people["sender_approver"])
    for request in closed:
        assert MARKER in client.get(f"/en/assistance/requests/{request.ref}").text
    assert MARKER in client.get("/en/assistance/requests").text
    assert MARKER in client.get("/en/assistance/requests/export.csv").get_data(as_text=True)


def test_no_mail_about_a_closed_request_says_more_than_that_something_waits(
    app: Flask, world: World, closed: list[Request]
) -> None:
    withdraw(closed[0], by=acting(world, "sender_approver"), at=now(), reason=f"{MARKER} reason")
    labels = {request.ref: request.label for request in closed}
    mails = list(db.session.scalars(db.select(OutboxMail)))
    assert mails
    for mail in mails:
        assert MARKER not in str(mail.params)
        assert labels.get(mail.params.get("ref", ""), Tlp.GREEN) not in CLOSED
