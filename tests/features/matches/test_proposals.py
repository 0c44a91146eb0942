"""Proposals: who may do what when, what consent is to, and what follows from it."""

from datetime import timedelta

import pytest

from portal.features.agencies import services as agencies
from portal.features.agencies.models import Standing
from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.models import PostCounterpart
from portal.features.exchanges.queries import by_id
from portal.features.exchanges.services.writing import write_version
from portal.features.matches import services
from portal.features.matches.domain.commands import Answer, Ask
from portal.features.matches.domain.errors import NotOpen, TermsMoved
from portal.features.matches.domain.lifecycle import ProposalState
from portal.features.matches.domain.terms import differences
from portal.features.matches.models import Acceptance, Proposal, ProposalTerms
from portal.features.matches.queries import proposals as read
from portal.features.people.models import Membership
from portal.infra.db import db
from portal.infra.history import advance
from portal.kernel.errors import Conflict, NotAllowed, Rejected
from portal.kernel.policy import SYSTEM
from tests.features.matches.acts import FIRST, LAST, NOW, WEEK, accept, actor, counter, decline, propose, withdraw
from tests.world import World, add_post

S = ProposalState
services.listen()


def test_journey_with_counter_and_stale_accept(world: World) -> None:
    proposal = propose(world, "host_officer")
    assert (proposal.state, proposal.terms_version) == (S.PROPOSED, 1)
    first = proposal.terms_hash
    counter(world, proposal, "sender_approver", starts_on=FIRST + WEEK, ends_on=LAST + WEEK)
    assert (proposal.state, proposal.terms_version) == (S.SENDER_ACCEPTED, 2)
    with pytest.raises(TermsMoved) as refusal:
        accept(world, proposal, "host_approver", version=1, hash=first)
    assert (refusal.value.seen, refusal.value.current) == (1, 2)
    before, after = read.terms(proposal, 1), read.terms(proposal, 2)
    assert before
    assert after
    assert [(d.code, d.before, d.after) for d in differences(before, after)] == [
        ("starts_on", FIRST, FIRST + WEEK),
        ("ends_on", LAST, LAST + WEEK),
    ]
    accept(world, proposal, "host_approver")
    assert proposal.state == S.CONFIRMED
    offer, need = world.post("offer"), world.post("need")
    assert (offer.free, offer.state, need.free, need.state) == (0, "full", 0, "matched")
    connected = db.session.scalars(db.select(PostCounterpart)).all()
    assert {(c.post_id, c.agency_id, c.live, c.agreed) for c in connected} == {
        (offer.id, world.agencies["sender"], 0, 1),
        (need.id, world.agencies["host"], 0, 1),
    }


def test_accept_after_withdrawal_takes_nothing(world: World) -> None:
    proposal = propose(world, "host_approver")
    assert proposal.state == S.HOST_ACCEPTED
    withdraw(world, proposal, "host_approver")
    with pytest.raises(NotOpen):
        accept(world, proposal, "sender_approver")
    assert (proposal.state, world.post("offer").claimed) == (S.WITHDRAWN, 0)


def test_the_same_acceptance_twice_means_once(world: World) -> None:
    proposal = propose(world, "host_approver")
    accept(world, proposal, "sender_approver")
    accept(world, proposal, "sender_approver")
    assert (proposal.state, world.post("offer").claimed) == (S.CONFIRMED, 2)
    assert len(read.acceptances(proposal)) == 2


def test_only_approvers_accept_and_only_for_their_side(world: World) -> None:
    proposal = propose(world, "host_officer")
    for nobody in ("host_officer", "sender_editor", "stranger_approver", "secretariat", "donor_approver"):
        with pytest.raises(NotAllowed):
            accept(world, proposal, nobody)
    assert not db.session.scalars(db.select(Acceptance)).all()


def test_a_second_open_proposal_for_the_pair_is_refused(world: World) -> None:
    propose(world, "host_officer")
    with pytest.raises(Conflict) as refusal:
        propose(world, "sender_officer")
    assert refusal.value.problems[0].code == "already_proposed"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"starts_on": FIRST.replace(month=2), "ends_on": LAST.replace(month=2)}, "outside_windows"),
        ({"ends_on": FIRST + timedelta(days=2)}, "wrong_length"),
        ({"ends_on": FIRST + timedelta(days=15)}, "wrong_length"),
        ({"officers": 3}, "more_than_left"),
        ({"starts_on": NOW.date(), "ends_on": NOW.date() + timedelta(days=5)}, "in_the_past"),
    ],
)
def test_terms_that_cannot_be(world: World, changes: dict[str, object], code: str) -> None:
    with pytest.raises(Rejected) as refusal:
        propose(world, "host_officer", **changes)
    assert code in {p.code for p in refusal.value.problems}


def test_nobody_answered_reminders_then_the_end(world: World) -> None:
    proposal = propose(world, "host_approver")
    for days, expected in ((13, 0), (14, 1), (15, 0), (19, 1), (20, 0)):
        assert services.remind_due(at=NOW + timedelta(days=days)) == expected, days
    assert services.expire_due(at=NOW + timedelta(days=20)) == 0
    assert services.expire_due(at=NOW + timedelta(days=21)) == 1
    assert services.expire_due(at=NOW + timedelta(days=21)) == 0
    assert proposal.state == S.EXPIRED


def test_a_frozen_proposal_neither_moves_nor_expires(world: World) -> None:
    proposal = propose(world, "host_approver")
    world.agency("sender").status = "suspended"
    db.session.flush()
    with pytest.raises(Conflict):
        accept(world, proposal, "sender_approver")
    assert services.expire_due(at=NOW + timedelta(days=30)) == 0


def test_the_time_of_a_suspension_is_given_back(world: World) -> None:
    proposal = propose(world, "host_approver")
    until = proposal.expires_at
    sender, secretariat = Standing(world.agency("sender")), actor(world, "secretariat")
    agencies.suspend(sender, by=secretariat, at=NOW + timedelta(days=2), reason="Allegations.")
    assert proposal.frozen
    agencies.resume(sender, by=secretariat, at=NOW + timedelta(days=12), reason="They were unfounded.")
    assert proposal.expires_at == until + timedelta(days=10)


def test_questions_stay_and_are_answered_by_the_other_side_once(world: World) -> None:
    proposal = propose(world, "host_officer")
    question = services.ask(Ask(text="Who pays?"), proposal, by=actor(world, "sender_officer"), at=NOW)
    reply = Answer(question=question.number, text="We do.")
    with pytest.raises(Rejected):
        services.answer(reply, proposal, by=actor(world, "sender_editor"), at=NOW)
    services.answer(reply, proposal, by=actor(world, "host_editor"), at=NOW)
    with pytest.raises(Conflict):
        services.answer(reply, proposal, by=actor(world, "host_officer"), at=NOW)
    decline(world, proposal, "sender_approver")
    assert [(q.text, q.answer) for q in read.questions(proposal)] == [("Who pays?", "We do.")]


def line_of(world: World, agencies: tuple[str, ...], officers: tuple[int, ...] = (1, 1, 1, 1)) -> list[Proposal]:
    """Proposals of several needs on the one offer, agreed one after the other, an hour apart."""
    made = []
    for number, (agency, wanted) in enumerate(zip(agencies, officers, strict=False)):
        name = f"need_of_{agency}_{number}"
        world.refs[name] = add_post(world, PostKind.NEED, agency, capacity=wanted).ref
        made.append(propose(world, "host_approver", need=name, officers=wanted, at=NOW))
    for hour, (proposal, agency) in enumerate(zip(made, agencies, strict=True)):
        accept(world, proposal, f"{agency}_approver", at=NOW + timedelta(hours=hour))
    return made


def test_release_returns_the_places_and_promotes_in_strict_order(world: World) -> None:
    made = line_of(world, ("sender", "stranger", "sender", "stranger"))
    assert [p.state for p in made] == [S.CONFIRMED, S.CONFIRMED, S.WAITING, S.WAITING]
    assert (world.post("offer").claimed, world.post("offer").state) == (2, "full")
    services.release(made[1], by=SYSTEM, at=NOW + timedelta(days=1))
    assert [p.state for p in made] == [S.CONFIRMED, S.RELEASED, S.CONFIRMED, S.WAITING]
    services.release(made[0], by=SYSTEM, at=NOW + timedelta(days=2))
    assert [p.state for p in made] == [S.RELEASED, S.RELEASED, S.CONFIRMED, S.CONFIRMED]
    assert (world.post("offer").claimed, world.post("offer").state) == (2, "full")


def test_who_comes_late_does_not_overtake_the_line(world: World) -> None:
    one, two, three = line_of(world, ("sender", "stranger", "sender"), officers=(1, 2, 1))
    assert (one.state, two.state, world.post("offer").free) == (S.CONFIRMED, S.WAITING, 1)
    assert three.state == S.WAITING, "one place is free, but the one who wants two came first"
    services.release(one, by=SYSTEM, at=NOW + timedelta(days=1))
    assert (two.state, three.state) == (S.CONFIRMED, S.WAITING)


def test_promotion_skips_only_who_can_no_longer_come(world: World) -> None:
    one, two, late, last = line_of(world, ("sender", "stranger", "sender", "stranger"))
    late.starts_on = late.ends_on = NOW.date()
    services.release(one, by=SYSTEM, at=NOW + timedelta(days=1))
    assert (two.state, late.state, last.state) == (S.CONFIRMED, S.WAITING, S.CONFIRMED)


def test_a_claim_that_the_need_cannot_follow_gives_the_place_back(world: World) -> None:
    world.refs["second_offer"] = add_post(world, PostKind.OFFER, "donor").ref
    first = propose(world, "sender_approver")
    second = propose(world, "sender_approver", offer="second_offer", officers=1)
    accept(world, first, "host_approver")
    db.session.execute(db.update(Membership).filter_by(id=world.memberships["donor_approver"]).values(role="approver"))
    db.session.expire_all()
    accept(world, second, "donor_approver")
    assert (second.state, second.waits_for) == (S.WAITING, "sender")
    assert (world.post("second_offer").claimed, world.post("need").claimed) == (0, 2)
    services.release(first, by=SYSTEM, at=NOW + timedelta(days=1))
    assert (second.state, world.post("second_offer").claimed, world.post("need").claimed) == (S.CONFIRMED, 1, 1)


def test_a_revised_post_voids_what_was_accepted(world: World) -> None:
    proposal = propose(world, "host_approver")
    offer = by_id(world.post("offer").id)
    assert offer
    offer.programme = "Work beside our examiners, also at night."
    write_version(offer, at=NOW)
    advance(offer.lifecycle, offer, "revise", by=actor(world, "host_approver"), at=NOW)
    db.session.commit()
    assert (proposal.state, proposal.terms_version) == (S.PROPOSED, 2)
    assert not read.acceptances(proposal)
    before, after = read.terms(proposal, 1), read.terms(proposal, 2)
    assert before
    assert after
    assert [d.code for d in differences(before, after)] == ["offer"]
    accept(world, proposal, "sender_approver")
    assert proposal.state == S.SENDER_ACCEPTED, "the host has to look at it again"


@pytest.mark.parametrize(
    ("step", "expected"), [("withdraw", S.WITHDRAWN), ("expire", S.EXPIRED), ("close", S.WITHDRAWN)]
)
def test_the_end_of_a_post_ends_its_open_proposals(world: World, step: str, expected: ProposalState) -> None:
    proposal = propose(world, "host_approver")
    need = by_id(world.post("need").id)
    assert need
    advance(need.lifecycle, need, step, by=actor(world, "sender_approver"), at=NOW, reason="Plans have changed.")
    db.session.commit()
    change = read.last_change(proposal)
    assert (proposal.state, change.details["because"]) == (expected, f"post_{step}")
    assert change.reason == "Plans have changed."


def test_every_version_is_kept(world: World) -> None:
    proposal = propose(world, "host_officer")
    counter(world, proposal, "sender_officer", officers=1)
    counter(world, proposal, "host_officer", officers=2, conditions="Bring your own boots.")
    rows = db.session.scalars(db.select(ProposalTerms).order_by(ProposalTerms.number)).all()
    assert [(r.number, r.officers, r.hash == r.terms(proposal.ref).hash) for r in rows] == [
        (1, 2, True),
        (2, 1, True),
        (3, 2, True),
    ]
