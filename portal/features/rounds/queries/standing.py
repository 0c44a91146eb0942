"""What waits for someone in rounds: a run, a choice, a second person, posts to enrol, a result to read."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import select

from portal.features.rounds.domain.lifecycle import RoundState
from portal.features.rounds.models import Enrolment, Round
from portal.features.rounds.policy import writers
from portal.features.rounds.queries.enrolled import could_come_in
from portal.features.rounds.queries.rounds import unanswered, visible
from portal.features.rounds.queries.runs import sending_of, unfinished
from portal.infra.db import db
from portal.kernel.policy import Actor, Role
from portal.kernel.tasks import Task

S = RoundState
SHOWN_FOR = timedelta(days=14)
"""A published result is pointed out for so long."""


def tasks(actor: Actor, *, at: datetime) -> list[Task]:
    if actor.role == Role.SECRETARIAT:
        return list(_of_secretariat(actor, at))
    if actor.suspended or not writers.holds(actor, None):
        return []
    return list(_of_agency(actor, at))


def _of_secretariat(actor: Actor, at: datetime) -> Iterator[Task]:
    states = (S.CLOSED, S.MATCHED, S.REVIEW, S.CONSENT)
    for one in db.session.scalars(visible(actor).where(Round.state.in_(states)).order_by(Round.id).limit(20)):
        review = datetime.combine(one.review_until, time(23, 59), UTC)
        if one.state == S.CONSENT:
            if unanswered(one):
                yield _task("round_waits_for_answers", one, one.sent_at or at, due_at=one.answer_by, ours=False)
            else:
                yield _task("publish_round", one, one.sent_at or at, icon="send")
        elif unfinished(one) is not None:
            yield _task("round_is_running", one, one.closes_at, ours=False)
        elif one.state == S.REVIEW and sending_of(one) is not None:
            yield _task("round_is_sent", one, one.closes_at, icon="send", ours=False)
        elif one.state == S.REVIEW:
            second = actor.person_id != one.chosen_by
            code = "send_round" if second else "round_waits_for_second_person"
            yield _task(code, one, one.closes_at, due_at=review, icon="send", ours=second)
        else:
            code = "run_round" if one.state == S.CLOSED else "choose_run"
            yield _task(code, one, one.closes_at, due_at=review, icon="scale")


def _of_agency(actor: Actor, at: datetime) -> Iterator[Task]:
    opened = visible(actor).where(Round.state == S.OPEN).order_by(Round.closes_at).limit(1)
    for one in db.session.scalars(opened):
        if could_come_in(actor):
            yield _task("enrol_in_round", one, one.opened_at or at, due_at=one.closes_at, icon="plus")
    mine = select(Enrolment.round_id).where(Enrolment.agency_id == actor.agency_id)
    sent = visible(actor).where(Round.state.in_((S.CONSENT, S.PUBLISHED)), Round.id.in_(mine))
    for one in db.session.scalars(sent.order_by(Round.id.desc()).limit(3)):
        if one.state == S.CONSENT:
            yield _task("round_result", one, one.sent_at or at, due_at=one.answer_by, ours=False)
        elif one.published_at and one.published_at > at - SHOWN_FOR:
            yield _task("round_published", one, one.published_at, ours=False)


def _task(
    code: str, one: Round, since: datetime, *, due_at: datetime | None = None, icon: str = "clock", ours: bool = True
) -> Task:
    return Task(
        code=code,
        ref=one.ref,
        endpoint="rounds.show",
        args={"ref": one.ref},
        params={"number": str(one.number)},
        since=since,
        due_at=due_at,
        icon=icon,
        waits_on_us=ours,
    )
