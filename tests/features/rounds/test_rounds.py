"""A round from its plan to its publication, as the services take it there."""

from datetime import timedelta
from typing import Any

import pytest

from portal.features.agencies.domain import AgencyStatus
from portal.features.exchanges.domain.lifecycles import PostState
from portal.features.exchanges.domain.terms import terms_of
from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.services import begin_revision, revise, save_step, withdraw
from portal.features.exchanges.services.revision import as_typed
from portal.features.matches.domain.lifecycle import Author, ProposalState
from portal.features.matches.models import Proposal
from portal.features.rounds import services
from portal.features.rounds.domain.commands import ChooseRun, KeepPair, LiftMark, MarkPair
from portal.features.rounds.domain.lifecycle import RoundState
from portal.features.rounds.domain.vocabulary import LeftOut, MarkKind
from portal.features.rounds.models import Enrolment, Mark, RunLeft, RunPair
from portal.features.rounds.queries.runs import last_good, run_of
from portal.infra.db import db
from portal.kernel.errors import Conflict, Frozen, IllegalTransition, NotAllowed, Rejected
from portal.kernel.labels import Tlp
from tests.features.matches.acts import NOW, accept, actor, propose
from tests.features.rounds.acts import (
    DAY,
    again,
    chosen,
    closed,
    enrol,
    matched,
    more_needs,
    opened,
    place,
    plan,
    planned,
    run,
    sent,
    start,
)
from tests.world import World, add_post


def enrolment(world: World, name: str) -> Enrolment:
    return db.session.scalars(db.select(Enrolment).filter_by(post_id=world.post(name).id)).one()


def proposals() -> list[Proposal]:
    return list(db.session.scalars(db.select(Proposal).order_by(Proposal.id)))


# ------------------------------------------------------------------------------------------------- plan and enrolment


def test_the_rules_stand_still_once_enrolment_is_open(world: World) -> None:
    round_ = planned(world, look_below=50)
    by = actor(world, "secretariat")
    services.change(plan(look_below=55), round_, by=by, at=NOW)
    assert round_.rules.look_below == 55
    services.open_enrolment(round_, by=by, at=NOW)
    with pytest.raises(IllegalTransition):
        services.change(plan(look_below=60), round_, by=by, at=NOW)


def test_each_round_has_a_number_and_a_lottery_of_its_own(world: World) -> None:
    one, other = planned(world), planned(world)
    assert (one.number, other.number) == (1, 2)
    assert one.ref.startswith("MR-")
    assert one.seed != other.seed


def test_the_clock_opens_and_closes_at_the_dates_and_may_come_twice(world: World) -> None:
    round_ = planned(world)
    assert services.run_due(at=round_.opens_at - DAY) == 0
    assert services.run_due(at=round_.opens_at) == 1
    assert round_.state == RoundState.OPEN
    assert services.run_due(at=round_.closes_at) == 0, "nobody joined: the secretariat decides"
    enrol(world, round_, "offer", "need")
    assert [services.run_due(at=round_.closes_at) for _ in range(2)] == [1, 0]
    assert round_.state == RoundState.CLOSED
    assert world.post("offer").held_for == round_.ref


def test_enrolled_twice_is_enrolled_once_and_taken_out_is_out(world: World) -> None:
    round_ = opened(world)
    enrol(world, round_, "offer", "offer")
    services.take_out(place(world, round_, "offer"), by=actor(world, "host_editor"), at=NOW)
    services.take_out(place(world, round_, "offer"), by=actor(world, "host_editor"), at=NOW)
    assert db.session.scalars(db.select(Enrolment)).all() == []


def test_a_post_is_in_one_round_at_a_time(world: World) -> None:
    one, other = opened(world), opened(world)
    enrol(world, one, "offer")
    with pytest.raises(Conflict, match="in_another_round"):
        enrol(world, other, "offer")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"label": Tlp.AMBER_STRICT}, "too_closed_to_enrol"),
        ({"label": Tlp.RED}, "too_closed_to_enrol"),
        ({"state": PostState.FULL, "claimed": 2}, "nothing_free_to_enrol"),
        ({"state": PostState.WITHDRAWN}, "nothing_free_to_enrol"),
    ],
)
def test_what_cannot_take_part_is_refused(world: World, changes: dict[str, Any], code: str) -> None:
    round_ = opened(world)
    world.refs["other"] = add_post(world, PostKind.OFFER, "host", **changes).ref
    with pytest.raises(Rejected, match=code):
        enrol(world, round_, "other")


def test_a_paused_agency_brings_nothing(world: World) -> None:
    round_ = opened(world)
    world.agency("host").status = AgencyStatus.SUSPENDED
    with pytest.raises(Frozen):
        enrol(world, round_, "offer")


def test_nothing_comes_in_after_the_close(world: World) -> None:
    round_ = closed(world, "offer")
    with pytest.raises(IllegalTransition):
        enrol(world, round_, "need")


def test_an_empty_round_does_not_close(world: World) -> None:
    with pytest.raises(Rejected, match="nothing_enrolled"):
        services.close(opened(world), by=actor(world, "secretariat"), at=NOW)


# ---------------------------------------------------------------------------------------------------- what is held


def test_a_held_post_takes_no_other_proposal_until_the_round_is_sent(world: World) -> None:
    world.refs["other"] = add_post(world, PostKind.NEED, "sender").ref
    round_ = closed(world)
    with pytest.raises(Conflict, match="post_held"):
        propose(world, "sender_approver", need="other")
    services.cancel(round_, by=actor(world, "secretariat"), at=NOW, reason="Not enough needs.")
    assert propose(world, "sender_approver", need="other").open


def revised(world: World, **changes: object) -> None:
    by = actor(world, "host_approver")
    post = place(world, opened(world), "offer").post
    begin_revision(post, by=by, at=NOW)
    typed = as_typed(terms_of(post)) | {"authority": "yes"} | changes
    for step in ("what", "who", "when", "where", "costs"):
        save_step(post, step, typed, by=by, at=NOW)
    revise(post, by=by, at=NOW)


def test_a_held_post_takes_no_material_edit_but_its_words_may_change(world: World) -> None:
    closed(world)
    db.session.commit()
    revised(world, title="Secondary inspection, second gate")
    assert world.post("offer").title.endswith("second gate")
    db.session.commit()
    with pytest.raises(Conflict, match="post_held"):
        revised(world, band_max=5)


def test_what_is_asked_for_elsewhere_is_set_aside(world: World) -> None:
    made = propose(world, "host_approver", officers=1)
    closed(world)
    assert (enrolment(world, "offer").brings, enrolment(world, "need").brings) == (1, 1)
    assert accept(world, made, "sender_approver").state == ProposalState.CONFIRMED, "it harms no round"


def test_a_post_with_nothing_left_is_told_why_and_is_not_held(world: World) -> None:
    propose(world, "host_approver", officers=2)
    round_ = closed(world)
    assert enrolment(world, "offer").left_out == LeftOut.NOTHING_FREE
    assert world.post("offer").held_for is None
    figures = run(world, round_).figures or {}
    assert (figures["offers"], figures["needs"], figures["pairs"]) == (0, 0, 0)


# ------------------------------------------------------------------------------------------------------ runs, marks


def test_a_run_keeps_everything_that_it_depends_on(world: World) -> None:
    round_ = matched(world)
    done = last_good(round_)
    assert done
    assert round_.state == RoundState.MATCHED
    assert (done.value, done.proof, done.figures["placed"]) == (2 * 84, "duality", 2)  # type: ignore[index]
    pair = db.session.scalars(db.select(RunPair)).one()
    assert (pair.score, pair.officers, sum(pair.parts.values())) == (84, 2, 84)
    assert pair.ranks == {"for_need": 1, "of_need": 1, "for_offer": 1, "of_offer": 1, "one_more": 0}
    assert world.refs["offer"] in (done.input or "")
    assert round_.seed in (done.input or "")


def test_the_same_inputs_give_the_same_digest(world: World) -> None:
    round_ = matched(world, "offer", "need", *more_needs(world, 3))
    second = run(world, round_)
    first = run_of(again(round_), 1)
    assert first
    # the second run knows what the first gave, so the inputs differ; what comes out is the same
    assert (first.result, first.value) == (second.result, second.value)
    assert first.digest != second.digest
    assert run(world, again(round_)).digest == second.digest


def test_who_is_left_is_told_what_would_have_helped(world: World) -> None:
    lonely = add_post(world, PostKind.NEED, "stranger", languages=[("ru", "C1")], title="Language")
    world.refs["lonely"] = lonely.ref
    round_ = opened(world)
    services.enrol(place(world, round_, "lonely"), by=actor(world, "stranger_editor"), at=NOW)
    enrol(world, round_, "offer", "need", *more_needs(world, 1))
    services.close(round_, by=actor(world, "secretariat"), at=NOW)
    run(world, round_)
    left = {row.post_id: row for row in db.session.scalars(db.select(RunLeft))}
    assert left[lonely.id].code == "nothing_fits"
    assert left[lonely.id].params["changes"][0]["code"] == "language_added"
    assert left[lonely.id].params["changes"][0]["opened"] == [world.refs["offer"]]
    beaten = left[world.post("need0").id]
    assert (beaten.code, beaten.params["fits"]) == ("others_better", 1)
    assert beaten.params["points"] > 0


def test_a_locked_pair_stays_and_a_ruled_out_one_never_comes(world: World) -> None:
    names = more_needs(world, 2)
    round_ = matched(world, "offer", "need", *names)
    by = actor(world, "secretariat")
    mark = {"offer": world.refs["offer"], "reason": "Agreed at the meeting."}
    services.mark(MarkPair(kind=MarkKind.LOCK, need=world.refs[names[0]], **mark), round_, by=by, at=NOW)
    services.mark(MarkPair(kind=MarkKind.VETO, need=world.refs["need"], **mark), round_, by=by, at=NOW)
    second = run(world, round_)
    pairs = {p.need_id: p for p in db.session.scalars(db.select(RunPair).filter_by(run_id=second.id))}
    assert set(pairs) == {world.post(name).id for name in names}
    assert pairs[world.post(names[0]).id].locked == 1
    services.lift(LiftMark(offer=world.refs["offer"], need=world.refs["need"]), again(round_), by=by, at=NOW)
    third = run(world, again(round_))
    assert {p.need_id for p in db.session.scalars(db.select(RunPair).filter_by(run_id=third.id))} == {
        world.post(names[0]).id,
        world.post("need").id,
    }


def test_locks_that_contradict_each_other_or_the_rules_are_refused(world: World) -> None:
    names = more_needs(world, 1, band_min=5, band_max=5)
    round_ = closed(world, "offer", "need", *names)
    by = actor(world, "secretariat")
    mark = {"kind": MarkKind.LOCK, "offer": world.refs["offer"], "reason": "Wanted."}
    with pytest.raises(Rejected, match="breaks_band"):
        services.mark(MarkPair(need=world.refs[names[0]], **mark), round_, by=by, at=NOW)
    services.mark(MarkPair(need=world.refs["need"], **mark), round_, by=by, at=NOW)
    world.refs["second"] = add_post(world, PostKind.NEED, "sender").ref
    with pytest.raises(Rejected, match="not_in_round"):
        services.mark(MarkPair(need=world.refs["second"], **mark), round_, by=by, at=NOW)
    services.mark(MarkPair(need=world.refs["need"], **mark), round_, by=by, at=NOW)
    open_marks = db.session.scalars(db.select(Mark).where(Mark.lifted_at.is_(None))).all()
    assert [one.officers for one in open_marks] == [2], "said again, it replaces what was said before"


def test_a_run_again_takes_back_the_choice(world: World) -> None:
    round_ = chosen(world)
    assert (round_.state, round_.chosen_run) == (RoundState.REVIEW, 1)
    run(world, round_)
    round_ = again(round_)
    assert (round_.state, round_.chosen_run, round_.chosen_by) == (RoundState.MATCHED, None, None)


def test_stable_mode_is_proven_in_its_own_way(world: World) -> None:
    round_ = matched(world, "offer", "need", *more_needs(world, 2), rules={"mode": "stable"})
    done = last_good(round_)
    assert done
    assert (done.proof, done.policy["mode"]) == ("stability", "stable")


def test_a_post_that_ended_meanwhile_takes_no_part_in_the_next_run(world: World) -> None:
    names = more_needs(world, 1)
    round_ = matched(world, "offer", "need", *names)
    post = place(world, round_, "need").post
    withdraw(post, by=actor(world, "sender_approver"), at=NOW, reason="No travel money.")
    db.session.commit()
    second = run(world, again(round_))
    pairs = db.session.scalars(db.select(RunPair).filter_by(run_id=second.id)).all()
    assert [pair.need_id for pair in pairs] == [world.post(names[0]).id]


# ----------------------------------------------------------------------------------------------------------- sending


def test_a_second_person_sends(world: World) -> None:
    round_ = chosen(world)
    with pytest.raises(NotAllowed):
        services.send_now(round_, by=actor(world, "secretariat"), at=NOW)
    assert proposals() == []


def test_each_pair_becomes_a_proposal_with_the_deadline_of_the_round(world: World) -> None:
    round_ = sent(world, answer_days=9)
    made = proposals()
    assert round_.state == RoundState.CONSENT
    assert [(p.state, p.proposed_by, p.officers) for p in made] == [(ProposalState.PROPOSED, Author.ROUND, 2)]
    assert made[0].expires_at == made[0].answer_by == round_.answer_by
    assert (made[0].expires_at - NOW).days == 9
    assert world.post("offer").held_for is None
    pair = db.session.scalars(db.select(RunPair)).one()
    assert pair.proposal_id == made[0].id


def test_nothing_is_sent_while_a_pair_needs_a_look(world: World) -> None:
    round_ = chosen(world, look_below=100)
    db.session.commit()
    # a run without rules of its own takes those of the command, so look_below is given there
    run(world, again(round_), look_below=100)
    round_ = again(round_)
    by = actor(world, "secretariat")
    services.choose(ChooseRun(run=2), round_, by=by, at=NOW)
    db.session.commit()
    with pytest.raises(Rejected, match="pairs_to_look_at"):
        services.send_now(round_, by=actor(world, "second_secretariat"), at=NOW)
    db.session.rollback()
    round_ = again(round_)
    services.keep_pair(KeepPair(run=2, offer=world.refs["offer"], need=world.refs["need"]), round_, by=by, at=NOW)
    services.send_now(round_, by=actor(world, "second_secretariat"), at=NOW)
    assert len(proposals()) == 1


def test_what_changed_since_the_run_stops_the_whole_sending(world: World) -> None:
    round_ = chosen(world, "offer", "need", *more_needs(world, 1))
    withdraw(place(world, round_, "need").post, by=actor(world, "sender_approver"), at=NOW, reason="No money.")
    db.session.commit()
    with pytest.raises(Conflict, match="run_out_of_date"):
        services.send_now(round_, by=actor(world, "second_secretariat"), at=NOW)
    db.session.rollback()
    assert proposals() == []
    assert again(round_).state == RoundState.REVIEW


def test_both_sides_accept_what_the_round_proposed_and_all_is_published(world: World) -> None:
    round_ = sent(world)
    [made] = proposals()
    accept(world, made, "sender_approver")
    with pytest.raises(Rejected, match="still_unanswered"):
        services.publish(round_, by=actor(world, "secretariat"), at=NOW)
    assert accept(world, made, "host_approver").state == ProposalState.CONFIRMED
    services.publish(round_, by=actor(world, "secretariat"), at=NOW)
    assert round_.state == RoundState.PUBLISHED
    assert round_.figures
    assert (round_.figures["pairs"], round_.figures["placed"]) == (1, 2)
    assert round_.figures["empty_states"] == []


def test_other_terms_do_not_move_the_deadline_of_the_round(world: World) -> None:
    from tests.features.matches.acts import counter

    round_ = sent(world)
    [made] = proposals()
    counter(world, made, "host_approver", at=NOW + timedelta(days=5))
    assert made.expires_at == round_.answer_by


def test_cancelled_with_a_reason_gives_the_posts_back(world: World) -> None:
    round_ = matched(world)
    by = actor(world, "secretariat")
    with pytest.raises(Rejected, match="required"):
        services.cancel(round_, by=by, at=NOW, reason=" ")
    db.session.rollback()
    round_ = again(round_)
    services.cancel(round_, by=by, at=NOW, reason="Too few offers.")
    assert round_.cancelled_because == "Too few offers."
    assert {world.post(name).held_for for name in ("offer", "need")} == {None}
    with pytest.raises(IllegalTransition):
        start(world, round_)
