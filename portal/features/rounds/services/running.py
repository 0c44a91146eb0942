"""Runs of a round: wanted by a person, done by a job, one at a time. One that fails or is killed changes nothing."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Event, Thread
from typing import Any

from flask import current_app
from sqlalchemy import select, update

from portal.features.rounds.domain.commands import StartRun
from portal.features.rounds.domain.lifecycle import ROUND, RUNNABLE, RoundState
from portal.features.rounds.domain.rules import PATIENCE
from portal.features.rounds.domain.vocabulary import Stage
from portal.features.rounds.models import Round, Run
from portal.features.rounds.queries.runs import unfinished
from portal.features.rounds.services.answering import send_next
from portal.features.rounds.services.instance import Taking, problem_of
from portal.features.rounds.services.keeping import Outcome, keep, outcome_of
from portal.features.rounds.services.proposing import asker
from portal.features.rounds.services.sending import refuse_while_sent
from portal.infra.db import bookkeeping, db, now
from portal.infra.history import advance
from portal.kernel.errors import IllegalTransition
from portal.kernel.policy import SYSTEM, Actor
from portal.matching import BadSource
from portal.matching.certify import verify
from portal.matching.problem import Problem
from portal.matching.solve import solve

BEAT = 10.0
"""Seconds between two signs of life."""
AT_ONCE = 5
_log = logging.getLogger("portal.rounds")


class NotProven(RuntimeError):
    """The independent checker does not agree with the solver: nothing of such an answer is kept."""


def start(command: StartRun, round_: Round, *, by: Actor, at: datetime) -> Run:
    """Want a run with these rules. While one is on its way everyone gets that one."""
    db.session.refresh(round_, with_for_update=True)
    if round_.state not in RUNNABLE:
        raise IllegalTransition(ROUND.name, "run", round_.state)
    refuse_while_sent(round_)
    return _want(round_, command.policy.model_dump(mode="json"), by=by, at=at)


def want_follow_up(round_: Round, *, at: datetime) -> Run:
    """After a refusal: solve the rest again, by the rules of what was sent."""
    db.session.refresh(round_, with_for_update=True)
    if round_.state != RoundState.CONSENT:
        raise IllegalTransition(ROUND.name, "ask_next", round_.state)
    chosen = select(Run.policy).where(Run.round_id == round_.id, Run.number == round_.chosen_run)
    return _want(round_, db.session.scalars(chosen).one(), by=SYSTEM, at=at, follow_up=True)


def _want(round_: Round, policy: dict[str, Any], *, by: Actor, at: datetime, follow_up: bool = False) -> Run:
    if current := unfinished(round_):
        if not current.silent(at):
            return current
        give_up(current, "killed", at=at)
    numbers = select(Run.number).where(Run.round_id == round_.id).order_by(Run.number.desc())
    run = Run(
        round_id=round_.id,
        number=(db.session.scalar(numbers.limit(1)) or 0) + 1,
        follow_up=follow_up,
        policy=policy,
        seed=round_.seed,
        wanted_by=by.person_id,
        wanted_as=by.membership_id,
        wanted_at=at,
    )
    db.session.add(run)
    db.session.flush()
    return run


def give_up(run: Run, problem: str, *, at: datetime, details: str | None = None) -> None:
    """The run brought nothing. What earlier ones brought stands as it was."""
    run.problem, run.problem_details, run.ended_at = problem, details, at
    db.session.flush()


def work_off(*, at: datetime) -> int:
    """For the job runner: do what is wanted. Ends its own transactions. Returns how many runs it did."""
    _bury_the_silent(at)
    done = 0
    for _turn in range(AT_ONCE):
        run_id = _take_next(now())
        if run_id is None:
            break
        with _signs_of_life(run_id):
            _do(run_id)
        done += 1
    return done


def _bury_the_silent(at: datetime) -> None:
    silent = select(Run).where(Run.ended_at.is_(None), Run.beat_at < at - PATIENCE)
    for run in db.session.scalars(silent.with_for_update(key_share=True, skip_locked=True)).all():
        give_up(run, "killed", at=at)
    db.session.commit()


def _take_next(at: datetime) -> int | None:
    """Claim a run that nobody works on: of two runners one gets it."""
    wanted = select(Run.id).where(Run.ended_at.is_(None), Run.begun_at.is_(None)).order_by(Run.id).limit(1)
    taken: int | None = db.session.scalar(
        update(Run)
        .where(Run.id == wanted.scalar_subquery(), Run.begun_at.is_(None))
        .values(begun_at=at, beat_at=at, stage=Stage.READING, version=Run.version + 1)
        .returning(Run.id)
        .execution_options(synchronize_session=False)
    )
    db.session.commit()
    return taken


def _do(run_id: int) -> None:
    """One run from its inputs to its kept answer; whatever goes wrong is written down, and nothing else changes."""
    try:
        _solve_and_keep(run_id)
        db.session.commit()
    except BadSource as refusal:
        _failed(run_id, "refused", str(refusal))
    except Exception:  # noqa: BLE001 - the run must end, whatever went wrong
        _log.exception("run %s failed", run_id)
        _failed(run_id, "broken", None)


def _solve_and_keep(run_id: int) -> None:
    run, round_ = _loaded(run_id)
    problem, taking = problem_of(round_, run)
    db.session.commit()  # the solve may take long: nothing is locked meanwhile
    outcome = _proven(problem, taking, run, lambda step: _tell_stage(run_id, step))
    run, round_ = _loaded(run_id)
    db.session.refresh(round_, with_for_update=True)
    db.session.refresh(run, with_for_update=True)
    if run.ended_at is None:  # else someone gave it up meanwhile
        _finish(run, round_, outcome, at=now())


def do_now(run: Run, round_: Round, *, at: datetime) -> Run:
    """Do a wanted run inside the caller's transaction, as the demonstration does for rounds of the past."""
    problem, taking = problem_of(round_, run)
    run.begun_at = run.beat_at = at
    _finish(run, round_, _proven(problem, taking, run, lambda _step: None), at=at)
    return run


def _proven(problem: Problem, taking: Taking, run: Run, tell: Callable[[str], None]) -> Outcome:
    """The answer with its reasons, if the independent checker agrees that it is one."""
    result = solve(problem, progress=tell)
    if findings := verify(problem, result):
        raise NotProven(", ".join(finding.code for finding in findings[:5]))
    tell(Stage.EXPLAINING)
    return outcome_of(problem, result, taking, run.rules)


def _finish(run: Run, round_: Round, outcome: Outcome, *, at: datetime) -> None:
    """Keep the answer and take the step, together or not at all."""
    ROUND.step(round_.state, "ask_next" if run.follow_up else "run")
    keep(run, round_, outcome, at=at)
    details = {"run": run.number, "pairs": len(outcome.pairs)}
    if run.follow_up:
        asked = send_next(run, round_, at=at)
        advance(ROUND, round_, "ask_next", by=SYSTEM, at=at, details=details | {"asked": asked})
    else:
        round_.chosen_run = round_.chosen_by = None
        advance(ROUND, round_, "run", by=asker(run.wanted_as), at=at, details=details)


def _loaded(run_id: int) -> tuple[Run, Round]:
    run = db.session.get_one(Run, run_id, populate_existing=True)
    return run, db.session.get_one(Round, run.round_id, populate_existing=True)


def _failed(run_id: int, problem: str, details: str | None) -> None:
    db.session.rollback()
    run = db.session.get_one(Run, run_id, populate_existing=True)
    if run.ended_at is None:
        give_up(run, problem, at=now(), details=details)
    db.session.commit()


def _tell_stage(run_id: int, step: str) -> None:
    """So that whoever waits sees how far it is. In a transaction of its own, beside the one that keeps the answer."""
    if step in {stage.value for stage in Stage}:
        _touch(run_id, stage=Stage(step))


def _touch(run_id: int, **values: Any) -> None:
    with bookkeeping() as connection:
        alive = update(Run).where(Run.id == run_id, Run.ended_at.is_(None))
        connection.execute(alive.values(beat_at=now(), **values))


@contextmanager
def _signs_of_life(run_id: int) -> Iterator[None]:
    """While something inside works, the row says every few seconds that the job still lives."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    over = Event()
    thread = Thread(target=_beat, args=(app.app_context, run_id, over), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _beat(context: Callable[[], Any], run_id: int, over: Event) -> None:
    while not over.wait(BEAT):
        with context():
            try:
                _touch(run_id)
            except Exception:  # noqa: BLE001 - a missed beat is made good by the next
                _log.warning("run %s: a sign of life was missed", run_id, exc_info=True)


def failed_lately(round_: Round, at: datetime) -> bool:
    """The last follow-up failed just now: wait a little before it is tried again."""
    query = select(Run.ended_at).where(Run.round_id == round_.id, Run.follow_up, Run.problem.is_not(None))
    last = db.session.scalars(query.order_by(Run.number.desc()).limit(1)).first()
    return last is not None and last > at - 10 * PATIENCE
