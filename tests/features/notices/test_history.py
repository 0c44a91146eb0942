"""Histories: who did what, when and why, and no more of it than the reader may know."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from portal.app import LIFECYCLES
from portal.features.exchanges import services as posts
from portal.features.exchanges.domain.lifecycles import PostState
from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.queries import by_id
from portal.infra.db import db
from portal.infra.history import advance, note
from portal.kernel.labels import Tlp
from portal.web.labels import label
from tests.client import PageClient
from tests.features.matches.acts import NOW, actor, counter, decline, propose
from tests.world import World, add_post

REASON = "Ask the coordinator of the airport first."


def steps(html: str) -> list[str]:
    return [" ".join(h.text.split()) for h in BeautifulSoup(html, "html.parser").select(".log h3")]


def published(world: World, label: Tlp = Tlp.GREEN) -> str:
    """Handed in, returned, handed in again and published."""
    writer = world.people["host_editor"]
    draft = {"state": PostState.DRAFT, "published_at": None, "author_id": writer, "submitted_by": writer}
    post = by_id(add_post(world, PostKind.OFFER, "host", title="With a past", label=label, **draft).id)
    assert post
    editor, approver = actor(world, "host_editor"), actor(world, "host_approver")
    advance(post.lifecycle, post, "submit", by=editor, at=NOW)
    posts.return_post(post, by=approver, at=NOW + timedelta(hours=1), reason=REASON)
    advance(post.lifecycle, post, "submit", by=editor, at=NOW + timedelta(hours=2))
    posts.publish(post, by=approver, at=NOW + timedelta(hours=3))
    db.session.commit()
    return post.ref


def test_every_step_of_every_lifecycle_has_a_sentence(app: Flask) -> None:
    for lifecycle in LIFECYCLES:
        for name in lifecycle.transitions:
            assert label(f"{lifecycle.name}.{name}.done")


def test_the_own_agency_reads_who_what_when_and_why(client: PageClient, world: World) -> None:
    ref = published(world)
    page = client.sign_in(world.people["host_officer"]).get(f"/en/exchanges/offers/{ref}").text
    assert steps(page)[:2] == ["Offer published", "Offer sent for approval"]
    for word in (REASON, "Host Approver", "Host Editor", "Polizia di Frontiera", "Europe/Rome"):
        assert word in page
    assert f"/en/history/offer/{ref}" not in page, "four steps need no page of their own"


def test_another_agency_reads_what_happened_since_it_was_published(client: PageClient, world: World) -> None:
    ref = published(world)
    page = client.sign_in(world.people["stranger_editor"]).get(f"/en/exchanges/offers/{ref}").text
    assert steps(page) == ["Offer published"]
    for word in (REASON, "Host Approver", "Host Editor"):
        assert word not in page
    assert steps(client.get(f"/en/history/offer/{ref}").text) == ["Offer published"]


def test_the_secretariat_reads_reasons_and_no_names(client: PageClient, world: World) -> None:
    ref = published(world)
    page = client.sign_in(world.people["secretariat"]).get(f"/en/history/offer/{ref}").text
    assert len(steps(page)) == 4
    assert REASON in page
    assert "Host Approver" not in page


@pytest.mark.parametrize("label", [Tlp.AMBER, Tlp.AMBER_STRICT, Tlp.RED])
def test_for_a_stranger_a_history_is_not_there(client: PageClient, world: World, label: Tlp) -> None:
    ref = published(world, label)
    client.sign_in(world.people["stranger_approver"])
    there, absent = client.get(f"/en/history/offer/{ref}"), client.get("/en/history/offer/EX-2026-000000")
    assert there.status_code == absent.status_code == 404
    bodies = [BeautifulSoup(page.text, "html.parser").select_one("main") for page in (there, absent)]
    assert str(bodies[0]) == str(bodies[1])


@pytest.mark.parametrize("label", [Tlp.AMBER_STRICT, Tlp.RED])
def test_of_a_record_that_is_named_only_the_secretariat_reads_no_history(
    client: PageClient, world: World, label: Tlp
) -> None:
    ref = published(world, label)
    client.sign_in(world.people["secretariat"])
    assert client.get(f"/en/history/offer/{ref}").status_code == 404
    assert REASON not in client.get(f"/en/exchanges/offers/{ref}").text


@pytest.mark.parametrize(
    "path", ["offer/nonsense", "need/EX-2026-000000", "spaceship/EX-2026-000000", "agency/XX-NONE"]
)
def test_what_does_not_exist_has_no_history(client: PageClient, world: World, path: str) -> None:
    assert client.sign_in(world.people["secretariat"]).get(f"/en/history/{path}").status_code == 404


def test_an_offer_is_no_need(client: PageClient, world: World) -> None:
    ref = published(world)
    assert client.sign_in(world.people["host_officer"]).get(f"/en/history/need/{ref}").status_code == 404


def test_both_sides_read_all_of_a_proposal_and_nobody_else_any(client: PageClient, world: World) -> None:
    proposal = propose(world, "sender_editor")
    counter(world, proposal, "host_approver", at=NOW + timedelta(hours=1), officers=1)
    decline(world, proposal, "sender_approver", at=NOW + timedelta(hours=2))
    db.session.commit()
    path = f"/en/history/proposal/{proposal.ref}"
    ours = client.sign_in(world.people["host_officer"]).get(path).text
    theirs = client.sign_in(world.people["sender_officer"]).get(path).text
    assert steps(ours) == steps(theirs)
    assert steps(ours)[0] == "Proposal declined"
    assert "Our unit moves in March." in ours
    assert ("Host Approver" in ours, "Sender Approver" in ours) == (True, False)
    assert ("Host Approver" in theirs, "Sender Approver" in theirs) == (False, True)
    for stranger in ("stranger_approver", "donor_officer", "pending_approver"):
        assert client.sign_in(world.people[stranger]).get(path).status_code == 404


def test_why_an_agency_was_suspended_is_between_it_and_the_secretariat(client: PageClient, world: World) -> None:
    from portal.features.agencies.domain.lifecycle import AGENCY
    from portal.features.agencies.models import Standing

    standing = Standing(world.agency("host"))
    advance(AGENCY, standing, "suspend", by=actor(world, "secretariat"), at=NOW, reason=REASON)
    db.session.commit()
    path = f"/en/history/agency/{standing.ref}"
    for insider in ("secretariat", "auditor", "host_officer"):
        assert REASON in client.sign_in(world.people[insider]).get(path).text
    assert client.sign_in(world.people["stranger_approver"]).get(path).status_code == 404


def test_six_steps_then_a_page_and_older_ones_behind_it(client: PageClient, world: World) -> None:
    post = by_id(world.post("offer").id)
    assert post
    for number in range(60):
        note(post.lifecycle, post, "revise", by=actor(world, "host_approver"), at=NOW + timedelta(minutes=number))
    db.session.commit()
    client.sign_in(world.people["host_officer"])
    page = client.get(f"/en/exchanges/offers/{post.ref}").text
    assert len(steps(page)) == 6
    whole = client.get(f"/en/history/offer/{post.ref}")
    assert len(steps(whole.text)) == 50
    older = BeautifulSoup(whole.text, "html.parser").select_one("main a[rel=next]")
    assert older
    assert len(steps(client.get(str(older["href"])).text)) == 10
