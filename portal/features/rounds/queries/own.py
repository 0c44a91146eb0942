"""What a round means for one agency: its own pairs and why, its posts that got none and what would help."""

from collections.abc import Sequence

from sqlalchemy import and_, select
from sqlalchemy.orm import joinedload

from portal.features.exchanges.models import Post
from portal.features.matches.models import Proposal
from portal.features.matches.queries.proposals import ours, visible
from portal.features.rounds.models import Round, Run, RunLeft, RunPair
from portal.features.rounds.queries.runs import last_good
from portal.infra.db import db
from portal.kernel.policy import Actor

MOST = 100


def own_pairs(actor: Actor, subject: Round) -> Sequence[RunPair]:
    """Pairs of the agency's posts that became proposals, newest first. Nothing before the round is sent."""
    if actor.agency_id is None or not subject.sent:
        return []
    query = (
        select(RunPair)
        .join(Run, Run.id == RunPair.run_id)
        .join(Proposal, Proposal.id == RunPair.proposal_id)
        .where(
            Run.round_id == subject.id,
            Proposal.id.in_(visible(actor).with_only_columns(Proposal.id)),
            ours(actor),
            ~and_(Run.follow_up, RunPair.locked == RunPair.officers),  # an earlier run has this proposal already
        )
        .options(
            joinedload(RunPair.offer).joinedload(Post.agency),
            joinedload(RunPair.need).joinedload(Post.agency),
            joinedload(RunPair.proposal),
        )
        .order_by(RunPair.id.desc())
    )
    return db.session.scalars(query.limit(MOST)).all()


def own_left(actor: Actor, subject: Round) -> Sequence[RunLeft]:
    """The agency's posts that have something left over in the last answer."""
    run = last_good(subject)
    if actor.agency_id is None or run is None or not subject.sent:
        return []
    query = (
        select(RunLeft)
        .join(Post, Post.id == RunLeft.post_id)
        .where(RunLeft.run_id == run.id, Post.agency_id == actor.agency_id)
        .options(joinedload(RunLeft.post).joinedload(Post.agency))
    )
    return db.session.scalars(query.order_by(RunLeft.kind.desc(), RunLeft.id).limit(MOST)).all()


def round_of(proposal: Proposal) -> tuple[Round, RunPair] | None:
    """The round that put a proposal forward, with the pair."""
    query = (
        select(Round, RunPair)
        .join(Run, Run.round_id == Round.id)
        .join(RunPair, RunPair.run_id == Run.id)
        .where(RunPair.proposal_id == proposal.id)
    )
    found = db.session.execute(query.order_by(RunPair.id).limit(1)).first()
    return (found[0], found[1]) if found else None
