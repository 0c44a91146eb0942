"""Mails about what happens: to whom it concerns, in their language, and without what may not leave the portal."""

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask

from portal.features.exchanges import services as posts
from portal.features.exchanges.domain.lifecycles import PostState
from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.queries import by_id
from portal.features.matches import services as proposals
from portal.features.notices.domain import STEPS, WITHOUT_CONTENT, told_of
from portal.features.notices.labels import MAILS
from portal.features.notices.services import compose, send_waiting
from portal.features.people.models import Deputy, Membership
from portal.infra.db import db, now
from portal.infra.history import advance
from portal.infra.mail import kept_mails
from portal.infra.outbox import OutboxMail, post_mail
from portal.kernel.labels import Tlp
from portal.kernel.languages import LANGUAGES
from tests.client import PageClient
from tests.conftest import BASE_URL
from tests.features.matches.acts import NOW, accept, actor, counter, decline, propose
from tests.world import World, add_post

CANARY = "Kanarienvogel 金丝雀 كناري"
EVERYTHING = {"url": "http://localhost/en/x", "days": 7, "hours": 1, "record": "proposal", "ref": "PR-2026-ABCDE0",
              "until": "2026-12-24T12:00:00+00:00", "zone": "Africa/Niamey", "head": "NE-BORD 41 " + "ff40a253" * 8}  # fmt: skip


def outbox() -> list[OutboxMail]:
    db.session.flush()
    return list(db.session.scalars(db.select(OutboxMail).order_by(OutboxMail.id)))


def told(world: World) -> Mapping[str, set[str]]:
    """Kind of mail, and the names of those who got it."""
    names = {number: name for name, number in world.people.items()}
    result: dict[str, set[str]] = {}
    for mail in outbox():
        assert mail.person_id is not None
        result.setdefault(mail.kind, set()).add(names[mail.person_id])
    return result


def waiting_post(world: World, **changes: object) -> object:
    writer = world.people["host_editor"]
    written = {"state": PostState.SUBMITTED, "published_at": None, "author_id": writer, "submitted_by": writer}
    return by_id(add_post(world, PostKind.OFFER, "host", **written | changes).id)


HOSTS = {"host_officer", "host_editor", "host_approver", "host_second_approver"}
SENDERS = {"sender_officer", "sender_editor", "sender_approver"}


def test_every_step_that_is_told_has_words() -> None:
    kinds = {kind for steps in STEPS.values() for mails in steps.values() for kind, _group in mails}
    assert kinds | {WITHOUT_CONTENT, "strong_fit", "invitation", "password_reset"} <= MAILS.keys()
    assert told_of("offer", "begin") == ()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", MAILS)
def test_every_mail_can_be_written_in_every_language(app: Flask, kind: str, language: str) -> None:
    mail = post_mail(kind, to="a@b.example", language=language, at=NOW, params=EVERYTHING, person_id=None)
    message = compose(mail)
    assert message
    text = message.get_content()
    assert message["Subject"]
    assert message["Content-Language"] == language
    assert "%(" not in message["Subject"] + text
    assert ("\u200f" in text) == (language == "ar")
    [link] = [line for line in text.splitlines() if line.startswith("http")]
    assert link.startswith(BASE_URL + "/")


def test_what_is_handed_in_is_told_to_approvers_who_did_not_do_it(app: Flask, world: World) -> None:
    post = waiting_post(world, state=PostState.DRAFT, submitted_by=None)
    advance(post.lifecycle, post, "submit", by=actor(world, "host_second_approver"), at=NOW)
    assert told(world) == {"post_to_publish": {"host_approver"}}


def test_without_a_second_approver_the_coordinator_is_told_too(app: Flask, world: World) -> None:
    post = waiting_post(world, state=PostState.DRAFT, without_second_approver=True)
    advance(post.lifecycle, post, "submit", by=actor(world, "host_editor"), at=NOW)
    assert told(world)["post_to_publish"] == {"host_approver", "host_second_approver", "host_coordinator"}


def test_a_post_that_comes_back_and_one_that_is_published_are_told_to_their_authors(app: Flask, world: World) -> None:
    posts.return_post(waiting_post(world), by=actor(world, "host_approver"), at=NOW, reason=CANARY)
    assert told(world) == {"post_returned": {"host_editor"}}
    posts.publish(waiting_post(world), by=actor(world, "host_approver"), at=NOW)
    assert told(world)["post_published"] == {"host_editor"}


def test_when_the_author_has_left_their_colleagues_hear_of_the_post(app: Flask, world: World) -> None:
    db.session.get_one(Membership, world.memberships["host_editor"]).ends_at = NOW - timedelta(days=1)
    posts.return_post(waiting_post(world), by=actor(world, "host_approver"), at=NOW, reason=CANARY)
    assert told(world) == {"post_returned": {"host_officer", "host_second_approver"}}


def test_a_proposal_is_told_once_though_its_approver_accepts_in_the_same_breath(app: Flask, world: World) -> None:
    propose(world, "sender_approver")
    assert told(world) == {"proposal_received": HOSTS}


def test_terms_go_to_and_fro(app: Flask, world: World) -> None:
    proposal = propose(world, "sender_editor")
    counter(world, proposal, "host_approver", at=NOW + timedelta(hours=1), officers=1)
    accept(world, proposal, "sender_approver", at=NOW + timedelta(hours=2))
    heard = told(world)
    assert heard["proposal_countered"] == SENDERS
    assert heard["proposal_confirmed"] == HOSTS | SENDERS - {"sender_approver"}
    assert not heard.keys() & {"proposal_accepted", WITHOUT_CONTENT}


def test_one_side_accepting_is_told_to_the_other(app: Flask, world: World) -> None:
    proposal = propose(world, "sender_editor")
    accept(world, proposal, "host_approver", at=NOW + timedelta(hours=2))
    assert told(world)["proposal_accepted"] == SENDERS


def test_declining_is_told_to_the_other_side(app: Flask, world: World) -> None:
    decline(world, propose(world, "sender_approver"), "host_approver")
    assert told(world)["proposal_declined"] == SENDERS


def test_reminders_and_the_end_are_told_to_both_sides_with_the_day(app: Flask, world: World) -> None:
    propose(world, "sender_approver")
    proposals.remind_due(at=NOW + timedelta(days=15))
    proposals.expire_due(at=NOW + timedelta(days=30))
    heard = told(world)
    assert heard["proposal_expiring"] == heard["proposal_expired"] == HOSTS | SENDERS
    reminder = next(m for m in outbox() if m.kind == "proposal_expiring")
    message = compose(reminder)
    assert message
    assert "Europe/Rome" in message.get_content()


def test_a_strong_fit_is_told_once_a_day_to_both_posters(app: Flask, world: World) -> None:
    proposals.rebuild_all(at=NOW)
    assert told(world) == {"strong_fit": HOSTS | SENDERS}
    add_post(world, PostKind.NEED, "sender")
    proposals.rebuild_all(at=NOW + timedelta(hours=1))
    assert len(outbox()) == len(HOSTS | SENDERS)
    proposals.rebuild_all(at=NOW + timedelta(days=1))
    add_post(world, PostKind.NEED, "sender")
    proposals.rebuild_all(at=NOW + timedelta(days=1, hours=1))
    assert len(outbox()) == 2 * len(HOSTS | SENDERS)


def test_counterparts_of_a_suspended_agency_are_told(app: Flask, world: World) -> None:
    from portal.features.agencies.domain.lifecycle import AGENCY
    from portal.features.agencies.models import Standing

    propose(world, "sender_approver")
    advance(AGENCY, Standing(world.agency("host")), "suspend", by=actor(world, "secretariat"), at=NOW, reason=CANARY)
    heard = told(world)
    assert heard["counterpart_suspended"] == SENDERS
    assert heard["agency_suspended"] == {"host_approver", "host_second_approver"}


def test_nobody_of_another_agency_hears_anything(app: Flask, world: World) -> None:
    proposal = propose(world, "sender_editor")
    counter(world, proposal, "host_approver", at=NOW + timedelta(hours=1), officers=1)
    decline(world, proposal, "sender_approver", at=NOW + timedelta(hours=2))
    posts.withdraw(world.post("offer"), by=actor(world, "host_approver"), at=NOW, reason="Site closed")
    proposals.settle()
    assert {m.address.partition("@")[2] for m in outbox()} <= {"host.example", "sender.example"}


def test_who_left_is_not_told(app: Flask, world: World) -> None:
    world_membership(world, "host_approver").ends_at = NOW - timedelta(minutes=1)
    propose(world, "sender_approver")
    assert told(world) == {"proposal_received": HOSTS - {"host_approver"}}


def test_who_left_before_the_mail_went_out_does_not_get_it(app: Flask, world: World) -> None:
    propose(world, "sender_approver")
    world_membership(world, "host_approver").ends_at = now() - timedelta(minutes=1)
    db.session.flush()
    composed = {m.address: compose(m) for m in outbox()}
    assert [a for a, message in composed.items() if message is None] == ["host.approver@host.example"]


def test_a_deputy_is_told_on_the_days_of_the_approver(app: Flask, world: World) -> None:
    post = waiting_post(world, state=PostState.DRAFT)
    days = {"starts_on": NOW.date(), "ends_on": NOW.date()}
    member, approver = world.memberships["host_officer"], world.memberships["host_approver"]
    db.session.add(Deputy(for_membership_id=approver, membership_id=member, ended_at=None, **days))
    advance(post.lifecycle, post, "submit", by=actor(world, "host_editor"), at=NOW)
    assert told(world)["post_to_publish"] == {"host_approver", "host_second_approver", "host_officer"}
    post = waiting_post(world, state=PostState.DRAFT)
    advance(post.lifecycle, post, "submit", by=actor(world, "host_editor"), at=NOW + timedelta(days=3))
    later = [m for m in outbox() if m.created_at > NOW]
    assert {m.person_id for m in later} == {world.people["host_approver"], world.people["host_second_approver"]}


@pytest.mark.parametrize("label", [Tlp.AMBER, Tlp.AMBER_STRICT, Tlp.RED])
def test_above_green_a_mail_says_only_that_something_waits(app: Flask, world: World, label: Tlp) -> None:
    for name in ("offer", "need"):
        post = world.post(name)
        post.title = post.programme = post.conditions = post.site = CANARY
    world.post("offer").label = label
    db.session.flush()
    proposal = _proposed(world)
    [kind] = told(world)
    assert kind == WITHOUT_CONTENT
    for mail in outbox():
        message = compose(mail)
        assert message
        text = message.as_string() + message.get_content() + str(mail.params)
        for marker in (CANARY, proposal.ref, world.refs["offer"], world.refs["need"], "proposal"):
            assert marker not in text
        assert f"{BASE_URL}/en/inbox" in text


def test_no_mail_carries_a_name_or_what_people_wrote(app: Flask, world: World) -> None:
    for name in ("offer", "need"):
        world.post(name).title = CANARY
    proposal = propose(world, "sender_editor", conditions=CANARY)
    counter(world, proposal, "host_approver", at=NOW + timedelta(hours=1), officers=1, conditions=CANARY)
    posts.return_post(waiting_post(world, title=CANARY), by=actor(world, "host_approver"), at=NOW, reason=CANARY)
    names = [world.person(name).name for name in world.people]
    names += [name for agency in world.agencies for name in world.agency(agency).names.values()]
    for mail in outbox():
        message = compose(mail)
        assert message
        said = message["Subject"] + message.get_content()
        assert [n for n in (*names, CANARY) if n in said] == []


def test_each_receiver_is_written_to_in_their_language(app: Flask, world: World) -> None:
    world.person("host_approver").language = "ar"
    world.person("host_editor").language = "zh"
    propose(world, "sender_approver")
    languages = {m.address: m.language for m in outbox()}
    assert languages["host.approver@host.example"] == "ar"
    assert languages["host.editor@host.example"] == "zh"
    for mail in outbox():
        message = compose(mail)
        assert message
        [link] = [line for line in message.get_content().splitlines() if line.startswith("http")]
        assert urlsplit(link).path.startswith(f"/{mail.language}/")


def test_a_refused_step_tells_nobody(app: Flask, world: World) -> None:
    propose(world, "sender_approver")
    db.session.rollback()
    assert outbox() == []


@pytest.mark.parametrize(
    "header", [{"Host": "evil.example"}, {"X-Forwarded-Host": "evil.example"}, {"Forwarded": "host=evil.example"}]
)
def test_links_lead_to_the_configured_address_whatever_a_request_says(
    app: Flask, client: PageClient, world: World, header: dict[str, str]
) -> None:
    world.person("host_editor").password_hash = "set"
    db.session.commit()
    page = client.get("/en/forgotten-password")
    client.send(page, {"email": "host.editor@host.example"}, headers=header)
    mails = [m for m in outbox() if m.kind == "password_reset"]
    assert all(m.params["url"].startswith(BASE_URL + "/") for m in mails)
    assert mails or "Host" in header


def test_from_the_step_to_the_folder(app: Flask, world: World) -> None:
    propose(world, "sender_approver", at=now())
    db.session.commit()
    folder = app.extensions["config"].folder
    for old in (folder / "mail").glob("*"):
        old.unlink()
    assert send_waiting(at=now()) == len(HOSTS)
    assert {m.to for m in kept_mails(folder, most=10)} == {f"{n.replace('_', '.')}@host.example" for n in HOSTS}


def world_membership(world: World, name: str) -> Membership:
    return db.session.get_one(Membership, world.memberships[name])


def _proposed(world: World) -> object:
    """Proposed by the host, who sees its own restricted offer; the sender may not find it by itself."""
    from portal.features.matches.domain.commands import Propose
    from portal.features.matches.services.pairs import Pair
    from tests.features.matches.acts import terms

    by = actor(world, "host_approver")
    pair = Pair(by_id(world.post("offer").id), by_id(world.post("need").id))
    refs = {"offer": world.refs["offer"], "need": world.refs["need"]}
    return proposals.propose(Propose(**refs, **terms()), pair=pair, by=by, at=NOW)
