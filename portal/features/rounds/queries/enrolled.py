"""Posts in a round: those of everyone for whoever reviews it, one's own for an agency, and what could still come in."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload

from portal.features.agencies.domain import AgencyStatus
from portal.features.agencies.models import Agency
from portal.features.exchanges.domain.disclosure import NAMED_ONLY
from portal.features.exchanges.domain.lifecycles import CLAIMABLE
from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.models import Post
from portal.features.matches.domain.lifecycle import OPEN
from portal.features.matches.models import Proposal
from portal.features.rounds.models import Enrolment, Round
from portal.infra.db import db
from portal.kernel.policy import Actor

MOST = 100


def posts_of(subject: Round, kind: PostKind | None = None) -> Select[Any]:
    """Everything enrolled, for whoever may review the round."""
    query = select(Enrolment).where(Enrolment.round_id == subject.id).options(joinedload(Enrolment.post))
    query = query.options(joinedload(Enrolment.agency))
    return query if kind is None else query.where(Enrolment.kind == kind)


def own(actor: Actor, subject: Round, most: int = MOST) -> Sequence[Enrolment]:
    """The reader's own posts in the round."""
    query = places_for(actor, subject).order_by(Enrolment.kind.desc(), Enrolment.id.desc())
    return db.session.scalars(query.limit(most)).all()


def places_for(actor: Actor, subject: Round) -> Select[Any]:
    return posts_of(subject).where(Enrolment.agency_id == (actor.agency_id or 0))


def could_come_in(actor: Actor, most: int = MOST) -> Sequence[Post]:
    """Own posts with something free that are in no round and not above AMBER."""
    return db.session.scalars(able_for(actor).order_by(Post.kind.desc(), Post.id).limit(most)).all()


def able_for(actor: Actor) -> Select[Any]:
    """The agency is named on both sides, so that nobody else's enrolments are looked at."""
    agency_id = actor.agency_id or 0
    return _able(select(Post), Enrolment.agency_id == agency_id).where(Post.agency_id == agency_id)


def able_agencies() -> list[int]:
    """Agencies that have something to enrol."""
    query = _able(select(Post.agency_id)).join(Agency, Agency.id == Post.agency_id)
    return sorted(db.session.scalars(query.where(Agency.status == AgencyStatus.VERIFIED).distinct()))


def enrolled_agencies(subject: Round) -> list[int]:
    return sorted(db.session.scalars(select(Enrolment.agency_id).where(Enrolment.round_id == subject.id).distinct()))


def place_of(post: Post) -> Enrolment | None:
    """Where the post is enrolled now, or was last."""
    query = select(Enrolment).where(Enrolment.post_id == post.id)
    return db.session.scalars(query.order_by(Enrolment.active.desc(), Enrolment.id.desc()).limit(1)).first()


def asked_for(post_ids: Sequence[int]) -> dict[int, int]:
    """Officers in open proposals, by post: they may still be agreed, so they are not free for a round."""
    asked: dict[int, int] = {}
    for column in (Proposal.offer_id, Proposal.need_id):
        query = select(column, func.sum(Proposal.officers)).where(Proposal.state.in_(sorted(OPEN)))
        asked |= {row[0]: int(row[1]) for row in db.session.execute(query.where(column.in_(post_ids)).group_by(column))}
    return asked


def _able(query: Select[Any], *of: ColumnElement[bool]) -> Select[Any]:
    return query.where(
        Post.state.in_(sorted(CLAIMABLE)),
        Post.label.not_in(sorted(NAMED_ONLY)),
        ~select(Enrolment.id).where(Enrolment.post_id == Post.id, Enrolment.active, *of).exists(),
    )


def place_in(subject: Round, post_id: int) -> Enrolment | None:
    """The post's place in this round, if it has one."""
    query = select(Enrolment).where(Enrolment.round_id == subject.id, Enrolment.post_id == post_id)
    return db.session.scalars(query).first()
