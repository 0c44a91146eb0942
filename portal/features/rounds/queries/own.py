"""What a round means for one agency: its own pairs and why, its posts that got none and what would help."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Select, and_, false, select
from sqlalchemy.orm import joinedload

from portal.features.exchanges.models import Post
from portal.features.matches.models import Proposal
from portal.features.matches.queries.proposals import ours, visible
from portal.features.rounds.models import Round, Run, RunLeft, RunPair
from portal.features.rounds.queries.runs import last_good
from portal.infra.db import db
from portal.kernel.policy import Actor

MOST, AT_ONCE = 100, 50


def own_pairs(actor: Actor, subject: Round, most: int = MOST) -> Sequence[RunPair]:
    """Pairs of the agency's posts that became proposals, newest first. Nothing before the round is sent."""
    return db.session.scalars(pairs_for(actor, subject).order_by(RunPair.id.desc()).limit(most)).all()


def every_own_pair(actor: Actor, subject: Round) -> Iterator[RunPair]:
    """All of them, read a part at a time."""
    query, last = pairs_for(actor, subject).order_by(RunPair.id.desc()).limit(AT_ONCE), None
    while found := db.session.scalars(query if last is None else query.where(RunPair.id < last)).all():
        yield from found
        last = found[-1].id


def pairs_for(actor: Actor, subject: Round) -> Select[Any]:
    if actor.agency_id is None or not subject.sent:
        return select(RunPair).where(false())
    return (
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
    )


def own_left(actor: Actor, subject: Round, most: int = MOST) -> Sequence[RunLeft]:
    """The agency's posts that have something left over in the last answer."""
    query = left_for(actor, subject).order_by(RunLeft.kind.desc(), RunLeft.id)
    return db.session.scalars(query.limit(most)).all()


def every_own_left(actor: Actor, subject: Round) -> Iterator[RunLeft]:
    """All of them, read a part at a time."""
    query, last = left_for(actor, subject).order_by(RunLeft.id).limit(AT_ONCE), 0
    while found := db.session.scalars(query.where(RunLeft.id > last)).all():
        yield from found
        last = found[-1].id


def left_for(actor: Actor, subject: Round) -> Select[Any]:
    run = last_good(subject)
    if actor.agency_id is None or run is None or not subject.sent:
        return select(RunLeft).where(false())
    return (
        select(RunLeft)
        .join(Post, Post.id == RunLeft.post_id)
        .where(RunLeft.run_id == run.id, Post.agency_id == actor.agency_id)
        .options(joinedload(RunLeft.post).joinedload(Post.agency))
    )


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
