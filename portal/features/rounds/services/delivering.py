"""The job that puts the proposals of a round forward: a few in each transaction, so that a kill costs only those few."""

import logging
from datetime import datetime

from sqlalchemy import func, or_, select, update

from portal.features.rounds.domain.lifecycle import ROUND
from portal.features.rounds.domain.rules import PATIENCE
from portal.features.rounds.models import Round, Run, Sending
from portal.features.rounds.queries.runs import delivery, waiting_pairs
from portal.features.rounds.services.planning import give_posts_back
from portal.features.rounds.services.proposing import asker, put
from portal.features.rounds.services.sending import send
from portal.infra.db import db, now
from portal.infra.history import advance
from portal.kernel.policy import Actor

A_FEW = 20
AT_ONCE = 5
_log = logging.getLogger("portal.rounds")


def work_off_sendings(*, at: datetime) -> int:
    """For the job runner: finish what is being sent. Ends its own transactions. Returns how many rounds it sent."""
    done = 0
    for _turn in range(AT_ONCE):
        taken = _take_next(at)
        if taken is None:
            break
        try:
            while _goes_on(*taken):
                pass
            done += 1
        except Exception:  # noqa: BLE001 - what is on the table stays, and a later turn goes on
            db.session.rollback()
            _log.exception("sending %s stopped; it goes on in a minute", taken[0])
    return done


def send_now(round_: Round, *, by: Actor, at: datetime) -> Round:
    """Send everything inside the caller's transaction, as the demonstration does for rounds of the past."""
    sending = send(round_, by=by, at=at)
    while _put_a_few(sending, at=at):
        pass
    _finish(sending, round_, at=at)
    return round_


def _take_next(at: datetime) -> tuple[int, int] | None:
    """Take on what nobody works on, or what a killed job left behind: of two runners one gets it."""
    idle = or_(Sending.beat_at.is_(None), Sending.beat_at < at - PATIENCE)
    wanted = select(Sending.id).where(Sending.ended_at.is_(None), idle).order_by(Sending.id).limit(1)
    taken = db.session.execute(
        update(Sending)
        .where(Sending.id == wanted.scalar_subquery(), Sending.ended_at.is_(None), idle)
        .values(
            begun_at=func.coalesce(Sending.begun_at, at),
            beat_at=at,
            taken=Sending.taken + 1,
            version=Sending.version + 1,
        )
        .returning(Sending.id, Sending.taken)
        .execution_options(synchronize_session=False)
    ).first()
    db.session.commit()
    return (taken[0], taken[1]) if taken else None


def _goes_on(sending_id: int, taken: int) -> bool:
    """One transaction. False once all is sent, or when another runner took over because this one seemed dead."""
    at = now()
    query = select(Sending).where(Sending.id == sending_id).with_for_update()
    sending = db.session.scalars(query.execution_options(populate_existing=True)).one()
    goes_on = sending.ended_at is None and sending.taken == taken
    if goes_on:
        sending.beat_at = at
        goes_on = _put_a_few(sending, at=at)
        if not goes_on:
            round_ = db.session.get_one(Round, sending.round_id, with_for_update=True, populate_existing=True)
            _finish(sending, round_, at=at)
    db.session.commit()
    return goes_on


def _put_a_few(sending: Sending, *, at: datetime) -> bool:
    """Whether there was something left to put forward. What cannot be any more is followed up as a refusal is."""
    by = asker(sending.wanted_as)
    pairs = db.session.scalars(waiting_pairs(sending).limit(A_FEW)).all()
    for pair in pairs:
        pair.lost = not put(pair, pair.officers, answer_by=sending.answer_by, by=by, at=at)
    db.session.flush()
    return bool(pairs)


def _finish(sending: Sending, round_: Round, *, at: datetime) -> None:
    """The last proposal is on the table: the step is taken, and the posts are their agencies' again."""
    told = delivery(sending)
    round_.sent_at, round_.answer_by = at, sending.answer_by
    number = db.session.scalars(select(Run.number).where(Run.id == sending.run_id)).one()
    details = {"run": number, "proposals": told.sent}
    advance(ROUND, round_, "send", by=asker(sending.wanted_as), at=at, details=details)
    give_posts_back(round_)
    sending.ended_at = at
    db.session.flush()
