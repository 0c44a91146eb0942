"""Sending as a job: once, whoever asks; a kill costs nothing; what is lost on the way is followed up as a refusal is."""

import multiprocessing
import os
import signal
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError

from portal import create_app
from portal.features.exchanges.services import withdraw
from portal.features.matches.models import Proposal
from portal.features.rounds import services
from portal.features.rounds.domain.commands import CancelRound, MarkPair, StartRun
from portal.features.rounds.domain.lifecycle import RoundState
from portal.features.rounds.domain.rules import PATIENCE
from portal.features.rounds.models import Round, RunPair, Sending
from portal.features.rounds.queries.runs import runs_of
from portal.features.rounds.services import delivering
from portal.features.rounds.services.proposing import asker
from portal.infra.db import db, now
from portal.infra.history import history_of
from portal.kernel.errors import Conflict
from tests.conftest import test_config
from tests.features.matches.acts import NOW, actor
from tests.features.rounds.acts import again, chosen, more_needs, place
from tests.world import World


def of_three_pairs(world: World) -> Round:
    """A round with three pairs, chosen and ready to be sent."""
    world.post("offer").capacity = 4
    return chosen(world, "offer", "need", *more_needs(world, 2))


def wanted(world: World, round_: Round, who: str = "second_secretariat") -> Sending:
    sending = services.send(round_, by=actor(world, who), at=now())
    db.session.commit()
    return sending


def proposals() -> int:
    return db.session.scalar(db.select(db.func.count(Proposal.id))) or 0


def test_whoever_sends_again_gets_what_is_on_its_way(world: World) -> None:
    round_ = of_three_pairs(world)
    first = wanted(world, round_)
    assert wanted(world, again(round_)).id == first.id
    assert services.work_off_sendings(at=now()) == 1
    assert services.work_off_sendings(at=now()) == 0
    round_ = again(round_)
    assert (round_.state, proposals()) == (RoundState.CONSENT, 3)
    step = next(one for one in history_of("round", round_.id) if one.transition == "send")
    assert (step.person_id, step.details) == (world.people["second_secretariat"], {"run": 1, "proposals": 3})


def test_nothing_of_the_round_changes_while_it_is_sent(world: World) -> None:
    round_ = of_three_pairs(world)
    wanted(world, round_)
    by = actor(world, "secretariat")
    both = {"offer": world.refs["offer"], "need": world.refs["need"]}
    for attempt in (
        lambda one: services.start(StartRun(), one, by=by, at=NOW),
        lambda one: services.mark(MarkPair(kind="veto", reason="No.", **both), one, by=by, at=NOW),
        lambda one: services.cancel_as_said(CancelRound(reason="No."), one, by=by, at=NOW),
    ):
        with pytest.raises(Conflict, match="sending_on_its_way"):
            attempt(round_)
        db.session.rollback()
        round_ = again(round_)
    assert world.post("offer").held_for == round_.ref


def test_the_work_is_done_a_few_at_a_time_and_the_posts_are_held_until_the_last(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "A_FEW", 2)
    round_ = of_three_pairs(world)
    wanted(world, round_)
    taken = delivering._take_next(now())
    assert taken
    assert delivering._goes_on(*taken)
    assert (proposals(), again(round_).state) == (2, RoundState.REVIEW)
    assert world.post("offer").held_for == round_.ref
    assert delivering._goes_on(*taken)
    assert not delivering._goes_on(*taken)
    assert (proposals(), again(round_).state) == (3, RoundState.CONSENT)
    assert world.post("offer").held_for is None


def test_of_two_jobs_the_one_that_was_given_up_stops(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivering, "A_FEW", 1)
    round_ = of_three_pairs(world)
    wanted(world, round_)
    slow = delivering._take_next(now())
    assert slow
    assert delivering._goes_on(*slow)
    assert services.work_off_sendings(at=now()) == 0, "it is being worked on"
    later = now() + PATIENCE + timedelta(seconds=1)
    assert services.work_off_sendings(at=later) == 1
    assert not delivering._goes_on(*slow)
    assert proposals() == 3


def die_after_two(url: str, folder: Path) -> None:
    """A job runner that is killed while it puts the third proposal forward."""
    delivering.A_FEW = 1
    honest, done = delivering.put, []

    def put(*args: object, **more: object) -> bool:
        if len(done) == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        done.append(1)
        return honest(*args, **more)  # type: ignore[arg-type]

    delivering.put = put  # type: ignore[assignment]
    with create_app(test_config(url, folder)).app_context():
        services.work_off_sendings(at=now())


def test_after_a_kill_the_rest_is_sent_and_nothing_twice(app: Flask, world: World, tmp_path: Path) -> None:
    round_ = of_three_pairs(world)
    wanted(world, round_)
    url = db.engine.url.render_as_string(hide_password=False)
    victim = multiprocessing.get_context("spawn").Process(target=die_after_two, args=(url, tmp_path))
    victim.start()
    victim.join(timeout=60)
    assert victim.exitcode == -signal.SIGKILL
    assert (proposals(), again(round_).state) == (2, RoundState.REVIEW)
    assert services.work_off_sendings(at=now()) == 0, "it may still live"
    assert services.work_off_sendings(at=now() + PATIENCE + timedelta(seconds=1)) == 1
    assert (proposals(), again(round_).state) == (3, RoundState.CONSENT)
    pairs = db.session.scalars(db.select(RunPair.proposal_id)).all()
    assert len(set(pairs)) == 3
    assert None not in pairs


def test_what_is_lost_on_the_way_is_followed_up_as_a_refusal_is(world: World) -> None:
    round_ = of_three_pairs(world)
    wanted(world, round_)
    withdraw(place(world, round_, "need").post, by=actor(world, "sender_approver"), at=NOW, reason="No money.")
    db.session.commit()
    assert services.work_off_sendings(at=now()) == 1
    round_ = again(round_)
    assert (round_.state, proposals()) == (RoundState.CONSENT, 2)
    lost = db.session.scalars(db.select(RunPair).filter_by(lost=True)).one()
    assert lost.need_id == world.post("need").id
    services.run_due(at=now())
    db.session.commit()
    assert services.work_off(at=now()) == 1
    services.run_due(at=now())
    assert [run.number for run in runs_of(again(round_))] == [2, 1], "once"


def press(app: Flask, start_line: Barrier, round_id: int, membership_id: int | None) -> str:
    """Send the round as this person, or do the job; again when the database cannot answer."""
    start_line.wait()
    for _press in range(20):
        with app.app_context():
            try:
                return _press_once(round_id, membership_id)
            except (OperationalError, StaleDataError):
                db.session.rollback()
    return "no answer"


def _press_once(round_id: int, membership_id: int | None) -> str:
    if membership_id is None:
        services.work_off_sendings(at=now())
        return "worked"
    try:
        services.send(db.session.get_one(Round, round_id), by=asker(membership_id), at=now())
        db.session.commit()
    except Conflict:  # the job was faster: all is sent
        db.session.rollback()
    return "sent"


def test_many_who_send_and_many_jobs_at_the_same_moment_send_once(app: Flask, world: World) -> None:
    round_ = of_three_pairs(world)
    db.session.commit()
    who = [world.memberships["second_secretariat"], None] * 4
    start_line = Barrier(len(who))
    with ThreadPoolExecutor(len(who)) as threads:
        presses = [threads.submit(press, app, start_line, round_.id, one) for one in who]
        outcomes = Counter(one.result(timeout=120) for one in presses)
    assert outcomes == {"sent": 4, "worked": 4}
    db.session.rollback()
    services.work_off_sendings(at=now() + 2 * PATIENCE)
    assert (proposals(), again(round_).state) == (3, RoundState.CONSENT)
    steps = [one for one in history_of("round", round_.id) if one.transition == "send"]
    assert len(steps) == 1


def test_a_pair_with_a_proposal_on_the_table_elsewhere_is_left_to_it(world: World) -> None:
    """Else no round with it could ever be sent."""
    from tests.features.matches.acts import propose
    from tests.features.rounds.acts import closed, run

    propose(world, "host_approver", officers=1)
    names = more_needs(world, 1)
    round_ = closed(world, "offer", "need", *names)
    run(world, round_)
    pairs = db.session.scalars(db.select(RunPair)).all()
    assert [pair.need_id for pair in pairs] == [world.post(names[0]).id]
