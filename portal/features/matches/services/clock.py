"""What time alone brings about: reminders, the end of what nobody answered, the next in line. Safe to run twice."""

from datetime import datetime

from sqlalchemy import select

from portal.features.matches.domain.lifecycle import NEGOTIATING, OPEN, PROPOSAL, ProposalState, Side
from portal.features.matches.domain.rules import reminder_times
from portal.features.matches.models import Proposal
from portal.features.matches.queries.proposals import WITH_PARTIES
from portal.features.matches.services.agreeing import promote_waiting
from portal.features.matches.services.steps import locked, next_reminder, take
from portal.infra.db import db
from portal.infra.history import note
from portal.kernel.policy import SYSTEM

AT_ONCE = 200


def run_due(*, at: datetime) -> int:
    """Everything that is due now. Returns how many records moved; call again until it is none."""
    return expire_due(at=at) + remind_due(at=at) + promote_due(at=at)


def expire_due(*, at: datetime) -> int:
    """End what nobody answered in 21 days, and what its own first day overtook. A frozen proposal only waits."""
    query = (
        select(Proposal)
        .where(Proposal.state.in_(OPEN), Proposal.expires_at <= at)
        .options(*WITH_PARTIES)
        .order_by(Proposal.expires_at, Proposal.id)
        .limit(AT_ONCE)
    )
    ended = 0
    for due in db.session.scalars(query).all():
        proposal = locked(due)
        if proposal.open and proposal.expires_at <= at and not proposal.frozen:
            take(proposal, "expire", by=SYSTEM, at=at)
            ended += 1
    return ended


def remind_due(*, at: datetime) -> int:
    """Remind whoever is asked: 14 and 19 days after the last change, or sooner when there is less time to answer."""
    query = (
        select(Proposal)
        .where(Proposal.state.in_(NEGOTIATING), Proposal.remind_at <= at, Proposal.expires_at > at)
        .options(*WITH_PARTIES)
        .order_by(Proposal.remind_at, Proposal.id)
        .limit(AT_ONCE)
    )
    reminded = 0
    for due in db.session.scalars(query).all():
        proposal = locked(due)
        deserved = sum(moment <= at for moment in reminder_times(proposal.moved_at, proposal.expires_at))
        if proposal.negotiating and not proposal.frozen and deserved > proposal.reminders:
            proposal.reminders = deserved
            proposal.remind_at = next_reminder(proposal)
            note(PROPOSAL, proposal, "remind", by=SYSTEM, at=at, details={"until": proposal.expires_at.isoformat()})
            reminded += 1
    return reminded


def promote_due(*, at: datetime) -> int:
    """Serve every line whose post has something again. Mostly nothing is left to do: a release does it at once."""
    promoted = 0
    for side in Side:
        on_post = Proposal.offer_id if side is Side.HOST else Proposal.need_id
        lines = select(on_post).where(Proposal.state == ProposalState.WAITING, Proposal.waits_for == side).distinct()
        for post_id in db.session.scalars(lines.limit(AT_ONCE)).all():
            promoted += promote_waiting(side, post_id, at=at)
    return promoted
