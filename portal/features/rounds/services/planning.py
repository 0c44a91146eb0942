"""A round is planned with its rules, opened for posts, closed, or cancelled; the clock opens and closes it at its dates."""

import secrets
from datetime import UTC, datetime, time

from sqlalchemy import func, select

from portal.features.exchanges.services import let_go
from portal.features.rounds.domain.commands import CancelRound, PlanRound
from portal.features.rounds.domain.lifecycle import BEFORE_SENDING, ROUND, RoundState
from portal.features.rounds.domain.rules import CLOSING_HOUR
from portal.features.rounds.models import Enrolment, Round
from portal.features.rounds.queries.rounds import counted
from portal.features.rounds.services.freezing import freeze
from portal.features.rounds.services.sending import refuse_while_sent
from portal.infra.db import db
from portal.infra.history import advance, begin, note
from portal.kernel.errors import IllegalTransition, Problem, Rejected
from portal.kernel.policy import SYSTEM, Actor
from portal.kernel.reference import Kind, new_reference


def plan(command: PlanRound, *, by: Actor, at: datetime) -> Round:
    """Write a round down. Its lottery is drawn now, so that nobody can choose it once the posts are known."""
    _require_ahead(command, at)
    round_ = Round(
        ref=new_reference(Kind.ROUND, at.year),
        number=(db.session.scalar(select(func.max(Round.number))) or 0) + 1,
        seed=secrets.token_hex(8),
        planned_by=by.person_id,
        state=ROUND.initial,
        **_values(command),
    )
    begin(ROUND, round_, by=by, at=at)
    return round_


def change(command: PlanRound, round_: Round, *, by: Actor, at: datetime) -> Round:
    """Until it opens, dates and rules may change; from then on they are what everyone relies on."""
    if round_.state != RoundState.PLANNED:
        raise IllegalTransition(ROUND.name, "open", round_.state)
    _require_ahead(command, at)
    for name, value in _values(command).items():
        setattr(round_, name, value)
    note(ROUND, round_, "change", by=by, at=at)
    return round_


def open_enrolment(round_: Round, *, by: Actor, at: datetime, reason: str | None = None) -> Round:
    """From now on agencies know of the round and bring their posts."""
    if round_.state == RoundState.PLANNED and round_.closes_at <= at:
        raise Rejected(Problem("enrolment_over"))
    round_.opened_at = round_.opened_at or at
    advance(ROUND, round_, "open", by=by, at=at, reason=reason)
    return round_


def close(round_: Round, *, by: Actor, at: datetime, reason: str | None = None) -> Round:
    """Enrolment ends: what each post brings is counted, and the posts are held until proposals are sent."""
    db.session.refresh(round_, with_for_update=True)
    ROUND.step(round_.state, "close")
    counted(round_)
    round_.closes_at = min(round_.closes_at, at)
    brought = freeze(round_)
    advance(ROUND, round_, "close", by=by, at=at, reason=reason, details={"posts": brought})
    return round_


def cancel(round_: Round, *, by: Actor, at: datetime, reason: str | None = None) -> Round:
    """The round does not take place; its posts are free again."""
    db.session.refresh(round_, with_for_update=True)
    refuse_while_sent(round_)
    held = round_.state in BEFORE_SENDING
    advance(ROUND, round_, "cancel", by=by, at=at, reason=reason)
    round_.cancelled_because = reason
    if held:
        give_posts_back(round_)
    return round_


def cancel_as_said(command: CancelRound, round_: Round, *, by: Actor, at: datetime) -> Round:
    return cancel(round_, by=by, at=at, reason=command.reason)


def give_posts_back(round_: Round) -> None:
    """The round no longer holds its posts; another round may take them."""
    places = db.session.scalars(select(Enrolment).where(Enrolment.round_id == round_.id, Enrolment.active)).all()
    let_go([place.post_id for place in places], round_.ref)
    for place in places:
        place.active = False
    db.session.flush()


def follow_dates(*, at: datetime) -> int:
    """For the portal's clock: opens and closes what is due. A round that nobody joined stays open for the secretariat."""
    moved = 0
    due = select(Round).where(Round.state == RoundState.PLANNED, Round.opens_at <= at, Round.closes_at > at)
    for round_ in db.session.scalars(due.order_by(Round.id).limit(20)).all():
        open_enrolment(round_, by=SYSTEM, at=at)
        moved += 1
    over = select(Round).where(Round.state == RoundState.OPEN, Round.closes_at <= at)
    for round_ in db.session.scalars(over.order_by(Round.id).limit(20)).all():
        if counted(round_).enrolled:
            close(round_, by=SYSTEM, at=at)
            moved += 1
    return moved


def _values(command: PlanRound) -> dict[str, object]:
    return {
        "opens_at": datetime.combine(command.opens_on, time(), UTC),
        "closes_at": datetime.combine(command.closes_on, CLOSING_HOUR),
        "review_until": command.review_until,
        "answer_days": command.answer_days,
        "policy": command.policy.model_dump(mode="json"),
    }


def _require_ahead(command: PlanRound, at: datetime) -> None:
    if datetime.combine(command.closes_on, CLOSING_HOUR) <= at:
        raise Rejected(Problem("in_the_past", "closes_on"))
