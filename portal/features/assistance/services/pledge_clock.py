"""What time alone brings about for pledges: reminders, and the end of what nobody accepted. Safe to run twice."""

from datetime import datetime, timedelta

from sqlalchemy import exists, select

from portal.features.assistance.domain.lifecycles import PLEDGE, PledgeState
from portal.features.assistance.domain.pledging import REMIND_BEFORE
from portal.features.assistance.models import Pledge
from portal.features.assistance.services.claims import give_back
from portal.features.assistance.services.pledge_steps import held_pledge, take
from portal.features.assistance.services.waiting import tell_due, tell_waiting
from portal.infra.db import db
from portal.infra.history import StateChange, note
from portal.kernel.policy import SYSTEM

AT_ONCE = 200


def run_pledges(*, at: datetime) -> int:
    """Everything that is due now. Returns how many records moved; call again until it is none."""
    return lapse_due(at=at) + remind_due(at=at) + tell_due(at=at)


def lapse_due(*, at: datetime) -> int:
    """End what was offered until now and not accepted; its quantity returns at once. A frozen pledge only waits."""
    due = (
        select(Pledge.id, Pledge.request_id)
        .where(Pledge.state == PledgeState.OFFERED, Pledge.valid_until <= at.date())
        .order_by(Pledge.valid_until, Pledge.id)
        .limit(AT_ONCE)
    )
    lapsed = 0
    # Locks are taken in one order, so that two runners do not wait for each other.
    for pledge_id, request_id in sorted(db.session.execute(due).all(), key=lambda row: (row[1], row[0])):
        pledge = held_pledge(pledge_id, request_id)
        if pledge.state != PledgeState.OFFERED or pledge.lapses_at > at or pledge.frozen:
            continue
        take(pledge, "lapse", by=SYSTEM, at=at)
        give_back(pledge.line, pledge.quantity)
        tell_waiting(pledge.line, request=pledge.request, at=at)
        lapsed += 1
    return lapsed


def remind_due(*, at: datetime) -> int:
    """Once, a week before a pledge lapses: both sides can still act."""
    reminded = exists().where(
        StateChange.lifecycle == PLEDGE.name, StateChange.subject_id == Pledge.id, StateChange.transition == "remind"
    )
    due = (
        select(Pledge.id, Pledge.request_id)
        .where(
            Pledge.state == PledgeState.OFFERED,
            Pledge.valid_until <= (at + REMIND_BEFORE).date(),
            Pledge.valid_until > (at - timedelta(days=1)).date(),
            Pledge.pledged_at < at - REMIND_BEFORE / 2,
            ~reminded,
        )
        .order_by(Pledge.request_id, Pledge.id)
        .limit(AT_ONCE)
    )
    sent = 0
    for pledge_id, request_id in db.session.execute(due).all():
        pledge = held_pledge(pledge_id, request_id)
        if pledge.state == PledgeState.OFFERED and not pledge.frozen and pledge.lapses_at > at:
            note(PLEDGE, pledge, "remind", by=SYSTEM, at=at, details={"until": pledge.lapses_at.isoformat()})
            sent += 1
    return sent
