"""Who sees which rounds, and one round with what stands in the way of its next step."""

from sqlalchemy import ColumnElement, Select, false, func, select, true

from portal.features.exchanges.domain.disclosure import OVERSEERS
from portal.features.matches.domain.lifecycle import OPEN
from portal.features.matches.models import Proposal
from portal.features.rounds.domain.lifecycle import RoundState
from portal.features.rounds.models import Enrolment, Round, Run, RunPair
from portal.infra.db import db, first
from portal.kernel.policy import Actor
from portal.kernel.reference import parse_reference


def seen(actor: Actor) -> ColumnElement[bool]:
    if actor.role in OVERSEERS:
        return true()
    if actor.agency_id is None or not (actor.verified or actor.suspended):
        return false()
    return Round.opened_at.is_not(None)


def visible(actor: Actor) -> Select[Round]:
    """Rounds that the actor may know of. Every list and every page starts here."""
    return select(Round).where(seen(actor))


def find(actor: Actor | None, ref: str) -> Round | None:
    """The round of a page, or None when there is none that this actor may see."""
    known = parse_reference(ref)
    if actor is None or known is None:
        return None
    found: Round | None = first(visible(actor).where(Round.ref == known))
    return counted(found) if found else None


def counted(subject: Round) -> Round:
    """Count what the guards of its lifecycle ask about, as far as its state can need it."""
    if subject.state == RoundState.OPEN:
        subject.enrolled = enrolled(subject)
    if subject.state == RoundState.REVIEW:
        subject.to_look_at = to_look_at(subject)
    if subject.state == RoundState.CONSENT:
        subject.unanswered = unanswered(subject)
    return subject


def enrolled(subject: Round) -> int:
    query = select(func.count()).select_from(Enrolment)
    return db.session.scalar(query.where(Enrolment.round_id == subject.id, Enrolment.active)) or 0


def to_look_at(subject: Round) -> int:
    """Pairs of the chosen run that nobody has looked at yet."""
    query = (
        select(func.count())
        .select_from(RunPair)
        .join(Run, Run.id == RunPair.run_id)
        .where(Run.round_id == subject.id, Run.number == subject.chosen_run)
    )
    return db.session.scalar(query.where(RunPair.needs_look, RunPair.kept_at.is_(None))) or 0


def unanswered(subject: Round) -> int:
    """Proposals of the round that somebody still has to answer, or that wait for a place."""
    query = (
        select(func.count(Proposal.id.distinct()))
        .join(RunPair, RunPair.proposal_id == Proposal.id)
        .join(Run, Run.id == RunPair.run_id)
        .where(Run.round_id == subject.id, Proposal.state.in_(sorted(OPEN)))
    )
    return db.session.scalar(query) or 0


def open_round() -> Round | None:
    """The round that takes posts now, the one that closes first when there are several."""
    query = select(Round).where(Round.state == RoundState.OPEN).order_by(Round.closes_at, Round.id)
    return db.session.scalars(query.limit(1)).first()


def earlier_published(subject: Round) -> list[Round]:
    """Rounds published before this one, newest first: whose States got nothing counts for the next."""
    query = select(Round).where(Round.state == RoundState.PUBLISHED, Round.id != subject.id)
    return list(db.session.scalars(query.order_by(Round.published_at.desc(), Round.id.desc()).limit(50)))
