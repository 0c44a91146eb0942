"""Runs of a round, and the pairs and left-over posts of one, for whoever may review it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.models import Post
from portal.features.rounds.models import Mark, Round, Run, RunLeft, RunPair, Sending
from portal.infra.db import db

_POSTS = (
    joinedload(RunPair.offer).joinedload(Post.agency),
    joinedload(RunPair.need).joinedload(Post.agency),
    joinedload(RunPair.proposal),
)


@dataclass(frozen=True, slots=True)
class Narrow:
    """Which pairs of a run are wanted; nothing means all."""

    look: bool = False
    state: str = ""
    score: int | None = None


def runs_of(subject: Round) -> Sequence[Run]:
    """Newest first."""
    return db.session.scalars(select(Run).where(Run.round_id == subject.id).order_by(Run.number.desc())).all()


def run_of(subject: Round, number: int | None) -> Run | None:
    query = select(Run).where(Run.round_id == subject.id, Run.number == number)
    return db.session.scalars(query).first()


def last_good(subject: Round) -> Run | None:
    """What is on the table: the chosen run, else the last one that has an answer."""
    if subject.chosen_run is not None:
        return run_of(subject, subject.chosen_run)
    query = select(Run).where(Run.round_id == subject.id, Run.digest.is_not(None)).order_by(Run.number.desc())
    return db.session.scalars(query.limit(1)).first()


def unfinished(subject: Round) -> Run | None:
    query = select(Run).where(Run.round_id == subject.id, Run.ended_at.is_(None))
    return db.session.scalars(query).first()


@dataclass(frozen=True, slots=True)
class Delivery:
    """How far the sending of a run is: pairs in all, proposals on the table, pairs that were lost meanwhile."""

    pairs: int
    sent: int
    lost: int


def sending_of(subject: Round) -> Sending | None:
    """Someone has sent the chosen run, or is doing so."""
    return db.session.scalars(select(Sending).where(Sending.round_id == subject.id)).first()


def delivery(sending: Sending) -> Delivery:
    query = select(func.count(RunPair.id), func.count(RunPair.proposal_id), func.count().filter(RunPair.lost))
    row = db.session.execute(query.where(RunPair.run_id == sending.run_id)).one()
    return Delivery(row[0], row[1], row[2])


def waiting_pairs(sending: Sending) -> Select[Any]:
    """What is not sent yet, in the order of sending, with the posts as they are now."""
    query = select(RunPair).where(RunPair.run_id == sending.run_id, RunPair.proposal_id.is_(None), ~RunPair.lost)
    order = query.options(*_POSTS).order_by(RunPair.offer_id, RunPair.need_id)
    return order.execution_options(populate_existing=True)


def before(run: Run) -> Run | None:
    """The good run that came before this one."""
    query = select(Run).where(Run.round_id == run.round_id, Run.number < run.number, Run.digest.is_not(None))
    return db.session.scalars(query.order_by(Run.number.desc()).limit(1)).first()


def pairs_of(run: Run, narrow: Narrow = Narrow()) -> Select[Any]:
    query = select(RunPair).where(RunPair.run_id == run.id).options(*_POSTS)
    if narrow.look:
        query = query.where(RunPair.needs_look, RunPair.kept_at.is_(None))
    if narrow.state:
        query = query.where(RunPair.sender_state == narrow.state)
    return query if narrow.score is None else query.where(RunPair.score == narrow.score)


def pair_of(run: Run, offer_id: int, need_id: int) -> RunPair | None:
    query = select(RunPair).where(RunPair.run_id == run.id, RunPair.offer_id == offer_id, RunPair.need_id == need_id)
    return db.session.scalars(query.options(*_POSTS)).first()


def left_of(run: Run, kind: PostKind, *, wholly: bool = True, state: str = "") -> Select[Any]:
    query = (
        select(RunLeft)
        .where(RunLeft.run_id == run.id, RunLeft.kind == kind)
        .options(joinedload(RunLeft.post).joinedload(Post.agency))
    )
    if wholly:
        query = query.where(RunLeft.wholly)
    return query.where(RunLeft.state_iso2 == state) if state else query


def count_to_look(run: Run) -> int:
    query = select(func.count()).select_from(RunPair).where(RunPair.run_id == run.id)
    return db.session.scalar(query.where(RunPair.needs_look, RunPair.kept_at.is_(None))) or 0


def empty_again(run: Run) -> int:
    """States that got nothing now and did not in an earlier round either."""
    empty = (run.figures or {}).get("empty_states", ())
    query = select(func.count(RunLeft.state_iso2.distinct())).where(
        RunLeft.run_id == run.id, RunLeft.times > 0, RunLeft.state_iso2.in_(empty)
    )
    return db.session.scalar(query) or 0


def count_left(run: Run, kind: PostKind) -> int:
    query = select(func.count()).select_from(RunLeft).where(RunLeft.run_id == run.id, RunLeft.kind == kind)
    return db.session.scalar(query.where(RunLeft.wholly)) or 0


def marks_of(subject: Round) -> Sequence[Mark]:
    """What is locked or ruled out now, newest first."""
    query = (
        select(Mark)
        .where(Mark.round_id == subject.id, Mark.lifted_at.is_(None))
        .options(joinedload(Mark.offer).joinedload(Post.agency), joinedload(Mark.need).joinedload(Post.agency))
    )
    return db.session.scalars(query.order_by(Mark.id.desc())).all()


def mark_on(subject: Round, offer_id: int, need_id: int) -> Mark | None:
    query = select(Mark).filter_by(round_id=subject.id, offer_id=offer_id, need_id=need_id, lifted_at=None)
    return db.session.scalars(query).first()
