"""A refusal has the rest solved again: what is agreed or still open stays, and the next are asked."""

from datetime import timedelta

import pytest

from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.services import withdraw as withdraw_post
from portal.features.matches.domain.lifecycle import ProposalState
from portal.features.matches.models import Proposal
from portal.features.matches.services import run_due as run_proposals
from portal.features.rounds import services
from portal.features.rounds.domain.lifecycle import RoundState
from portal.features.rounds.models import Round, RunPair
from portal.features.rounds.queries.own import own_pairs
from portal.features.rounds.queries.runs import run_of, runs_of
from portal.infra.db import db
from tests.features.matches.acts import NOW, accept, actor, decline, propose
from tests.features.rounds.acts import again, more_needs, place, sent
from tests.world import World, add_post

LATER = NOW + timedelta(hours=1)


def by_need(world: World) -> dict[str, Proposal]:
    names = {world.post(name).id: name for name in world.refs if name.startswith("need")}
    db.session.expire_all()
    found = db.session.scalars(db.select(Proposal).order_by(Proposal.id)).all()
    return {names[proposal.need_id]: proposal for proposal in found if proposal.need_id in names}


def loaded(world: World, name: str) -> Proposal:
    from portal.features.matches.queries import proposal

    found = proposal(actor(world, "secretariat"), by_need(world)[name].ref)
    assert found
    return found


def follow(round_: Round) -> int:
    """What the clock does within a minute, and the job of runs within seconds."""
    db.session.commit()
    services.run_due(at=LATER)
    db.session.commit()
    return services.work_off(at=LATER)


def test_a_refusal_asks_the_next_and_leaves_the_others_alone(world: World) -> None:
    world.post("need").capacity = 1
    names = more_needs(world, 2)
    round_ = sent(world, "offer", "need", *names)
    first = by_need(world)
    assert len(first) == 2
    asked = next(name for name in names if name in first)
    spare = next(name for name in names if name not in first)
    accept(world, loaded(world, "need"), "sender_approver")
    decline(world, loaded(world, asked), "host_approver")
    assert follow(round_) == 1
    now_asked = by_need(world)
    assert set(now_asked) == {"need", *names}
    assert now_asked["need"].state == ProposalState.SENDER_ACCEPTED
    assert now_asked[asked].state == ProposalState.DECLINED
    assert now_asked[spare].state == ProposalState.PROPOSED
    assert now_asked[spare].answer_by > LATER + timedelta(days=13)
    round_ = again(round_)
    assert (round_.state, round_.chosen_run) == (RoundState.CONSENT, 2)
    second = run_of(round_, 2)
    assert second
    assert second.follow_up
    pairs = {p.need_id: p for p in db.session.scalars(db.select(RunPair).filter_by(run_id=second.id))}
    assert pairs[world.post("need").id].locked == 1
    assert pairs[world.post(spare).id].locked == 0
    assert world.post(asked).id not in pairs
    assert [v.holds for v in services.verify_round(round_)] == [True, True]
    assert len(own_pairs(actor(world, "sender_approver"), round_)) == 3, "each proposal once"


def test_it_is_done_once_and_ends_when_nobody_is_left_to_ask(world: World) -> None:
    round_ = sent(world)
    decline(world, loaded(world, "need"), "host_approver")
    assert follow(round_) == 1
    assert follow(again(round_)) == 0
    round_ = again(round_)
    assert [run.number for run in runs_of(round_)] == [2, 1]
    assert len(by_need(world)) == 1
    services.publish(round_, by=actor(world, "secretariat"), at=LATER)
    assert round_.figures
    assert (round_.figures["pairs"], round_.figures["empty_states"]) == (0, ["NE"])


def test_what_ran_out_counts_as_refused(world: World) -> None:
    world.post("need").capacity = 2
    names = more_needs(world, 1)
    round_ = sent(world, "offer", "need", *names)
    assert set(by_need(world)) == {"need"}
    assert round_.answer_by
    run_proposals(at=round_.answer_by)
    assert follow(round_) == 1
    assert by_need(world)["need"].state == ProposalState.EXPIRED
    assert by_need(world)[names[0]].state == ProposalState.PROPOSED


def test_places_that_others_took_since_are_not_offered_again(world: World) -> None:
    names = more_needs(world, 1)
    round_ = sent(world, "offer", "need", *names)
    decline(world, loaded(world, "need"), "host_approver")
    world.refs["outside"] = add_post(world, PostKind.NEED, "sender").ref
    propose(world, "host_approver", need="outside", officers=2)  # nobody waits for the clock
    assert follow(round_) == 1
    assert set(by_need(world)) == {"need"}, "both places are on the table elsewhere"


def test_a_post_that_ended_is_not_asked(world: World) -> None:
    names = more_needs(world, 1)
    round_ = sent(world, "offer", "need", *names)
    decline(world, loaded(world, "need"), "host_approver")
    withdraw_post(
        place(world, round_, names[0]).post, by=actor(world, "sender_approver"), at=NOW, reason="No travel money."
    )
    assert follow(round_) == 1
    assert set(by_need(world)) == {"need"}


@pytest.mark.parametrize("times", [2])
def test_a_follow_up_that_fails_is_tried_again_later_and_not_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    round_ = sent(world)
    decline(world, loaded(world, "need"), "host_approver")

    def broken(*_args: object, **_more: object) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr("portal.features.rounds.services.running.solve", broken)
    assert follow(round_) == 1
    for _again in range(times):
        assert follow(again(round_)) == 0, "it failed a moment ago"
    failed = run_of(again(round_), 2)
    assert failed
    assert failed.problem == "broken"
    assert again(round_).state == RoundState.CONSENT
