"""Runs as jobs: one at a time, whoever starts them; one that fails or is killed leaves the last good one."""

import multiprocessing
import os
import signal
from collections.abc import Sequence
from datetime import timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from portal import create_app
from portal.features.rounds import services
from portal.features.rounds.domain.commands import StartRun
from portal.features.rounds.domain.lifecycle import RoundState
from portal.features.rounds.domain.rules import PATIENCE
from portal.features.rounds.domain.vocabulary import RunStanding
from portal.features.rounds.models import Round, Run
from portal.features.rounds.queries.runs import last_good, run_of, runs_of
from portal.infra.db import db, now
from portal.matching.result import Result
from tests.conftest import test_config
from tests.features.matches.acts import NOW
from tests.features.rounds.acts import again, closed, matched, run, start
from tests.proofs.racing import run_race
from tests.world import World


def test_two_people_who_start_get_one_run(world: World) -> None:
    round_ = closed(world)
    first = start(world, round_)
    second = start(world, round_, "second_secretariat", stay_points=5)
    assert first.id == second.id
    db.session.commit()
    assert services.work_off(at=NOW) == 1
    assert services.work_off(at=NOW) == 0
    assert len(runs_of(again(round_))) == 1


def press_start(url: str, folder: Path, share: Sequence[tuple[int, int]], start_line: Barrier) -> list[str]:
    """Want a run for each (round, membership), in a transaction of its own; again when the database cannot answer."""
    from sqlalchemy.orm import joinedload

    from portal.features.people.models import Membership
    from portal.features.people.queries import actor_of

    app = create_app(test_config(url, folder))
    outcomes = []
    start_line.wait()
    for round_id, membership_id in share:
        for _press in range(20):
            with app.app_context():
                try:
                    query = db.select(Membership).filter_by(id=membership_id).options(joinedload(Membership.agency))
                    by = actor_of(db.session.scalars(query).one())
                    round_ = db.session.get_one(Round, round_id)
                    number = services.start(StartRun(), round_, by=by, at=now()).number
                    db.session.commit()
                    outcomes.append(f"run {number}")
                    break
                except OperationalError:
                    db.session.rollback()
        else:
            outcomes.append("no answer")
    return outcomes


@pytest.mark.proof
def test_many_who_start_at_the_same_moment_get_one_run(app: Flask, world: World, tmp_path: Path) -> None:
    round_ = closed(world)
    db.session.commit()
    url = db.engine.url.render_as_string(hide_password=False)
    items = [(round_.id, world.memberships[name]) for name in ("secretariat", "second_secretariat") * 8]
    outcomes = run_race(press_start, url, tmp_path, items)
    assert outcomes == {"run 1": len(items)}
    db.session.rollback()
    assert len(runs_of(again(round_))) == 1


def test_two_runners_never_do_the_same_run(world: World) -> None:
    from portal.features.rounds.services import running

    round_ = closed(world)
    start(world, round_)
    db.session.commit()
    assert running._take_next(NOW) is not None
    assert running._take_next(NOW) is None


def test_a_run_that_breaks_leaves_everything_as_it_was(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    round_ = matched(world)
    good = last_good(round_)
    assert good

    def broken(*_args: object, **_more: object) -> Result:
        raise RuntimeError("out of memory")

    monkeypatch.setattr("portal.features.rounds.services.running.solve", broken)
    bad = run(world, round_)
    assert (bad.standing(NOW), bad.problem) == (RunStanding.FAILED, "broken")
    assert "out of memory" in caplog.text
    round_ = again(round_)
    assert (round_.state, last_good(round_).number) == (RoundState.MATCHED, good.number)  # type: ignore[union-attr]


def test_an_answer_that_cannot_be_proven_is_not_kept(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from portal.features.rounds.services import running

    honest = running.solve
    monkeypatch.setattr(running, "solve", lambda p, **more: replace(honest(p, **more), value=1_000))
    bad = run(world, closed(world))
    assert (bad.problem, bad.digest, bad.result) == ("broken", None, None)


def test_what_the_engine_refuses_is_told_in_its_words(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from portal.matching import BadSource

    def refuse(*_args: object, **_more: object) -> Result:
        raise BadSource("lock ND-1 with EX-1: above the places")

    monkeypatch.setattr("portal.features.rounds.services.running.solve", refuse)
    bad = run(world, closed(world))
    assert (bad.problem, bad.problem_details) == ("refused", "lock ND-1 with EX-1: above the places")


def die_in_the_middle(url: str, folder: Path) -> None:
    """A job runner that is killed while it solves."""
    from portal.features.rounds.services import running

    running.solve = lambda *_a, **_m: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment]
    with create_app(test_config(url, folder)).app_context():
        services.work_off(at=now())


def test_a_killed_run_leaves_the_last_good_one_and_makes_room_for_the_next(
    app: Flask, world: World, tmp_path: Path
) -> None:
    round_ = matched(world)
    start(world, round_, stay_points=3)
    db.session.commit()
    url = db.engine.url.render_as_string(hide_password=False)
    victim = multiprocessing.get_context("spawn").Process(target=die_in_the_middle, args=(url, tmp_path))
    victim.start()
    victim.join(timeout=60)
    assert victim.exitcode == -signal.SIGKILL
    round_ = again(round_)
    dead = run_of(round_, 2)
    assert dead
    assert dead.begun_at
    assert dead.ended_at is None
    assert (round_.state, last_good(round_).number) == (RoundState.MATCHED, 1)  # type: ignore[union-attr]
    later = now() + PATIENCE + timedelta(seconds=1)
    assert dead.standing(now()) is RunStanding.WORKING
    assert dead.standing(later) is RunStanding.FAILED
    services.work_off(at=later)
    assert again(round_).state == RoundState.MATCHED
    assert run_of(again(round_), 2).problem == "killed"  # type: ignore[union-attr]
    assert run(world, again(round_)).done


def test_whoever_starts_after_a_killed_run_gets_a_new_one(world: World) -> None:
    round_ = closed(world)
    first = start(world, round_)
    first.begun_at = first.beat_at = NOW - 2 * PATIENCE
    db.session.flush()
    assert start(world, round_).number == 2
    assert db.session.get_one(Run, first.id).problem == "killed"


def test_each_run_proves_itself_again_and_a_changed_one_does_not(app: Flask, world: World) -> None:
    round_ = matched(world)
    runner = app.test_cli_runner()
    proven = runner.invoke(args=["round", "verify", round_.ref])
    assert proven.exit_code == 0, proven.output
    assert "run 1: proven" in proven.output
    kept = run_of(round_, 1)
    assert kept
    assert kept.result
    kept.result = kept.result.replace('"value": 168', '"value": 169').replace('"value":168', '"value":169')
    db.session.commit()
    changed = runner.invoke(args=["round", "verify", round_.ref])
    assert changed.exit_code == 1
    assert "NOT PROVEN" in changed.output
    assert "wrong_value" in changed.output
    assert runner.invoke(args=["round", "verify", "MR-2026-000000"]).exit_code == 1
