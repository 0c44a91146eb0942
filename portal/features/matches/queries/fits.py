"""Who fits a post, ranked, as far as the reader may know of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from portal.features.exchanges.domain.disclosure import Disclosure, disclosure
from portal.features.exchanges.domain.lifecycles import LIVE
from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.models import Fit, Post
from portal.features.exchanges.policy import WRITERS
from portal.features.exchanges.queries.sight import readable
from portal.features.matches.models import FitNotice
from portal.features.matches.queries.programme import posts_by_id, topic_tree
from portal.infra.db import db
from portal.kernel.policy import Actor
from portal.matching.explain import Comparison, compare
from portal.matching.types import Need, Offer, Score

BEST = 5
STRONG = 80


@dataclass(frozen=True, slots=True)
class Ranked:
    """One fit of a post, seen from that post: the other post, and the points."""

    fit: Fit
    other: Post

    @property
    def score(self) -> Score:
        return Score(**self.fit.parts)


@dataclass(frozen=True, slots=True)
class Compared:
    """An offer and a need side by side, as the engine sees them."""

    offer: Offer
    need: Need
    comparison: Comparison


def readable_content(actor: Actor | None, post: Post) -> bool:
    """Whether the actor reads what the post says, not only its reference. The post was loaded for this actor."""
    return disclosure(actor, post, post.seen) in {Disclosure.SUMMARY, Disclosure.EXACT}


def columns(post: Post) -> tuple[InstrumentedAttribute[int], InstrumentedAttribute[int]]:
    """In the table of fits: the column of this post, and that of the other."""
    return (Fit.offer_id, Fit.need_id) if post.kind == PostKind.OFFER else (Fit.need_id, Fit.offer_id)


def ranked_query(actor: Actor, post: Post) -> Select[Fit, Post]:
    """Fits whose other post the actor may read; select what is shown, then order by points and id."""
    mine, other = columns(post)
    return (
        select(Fit, Post)
        .join(Post, Post.id == other)
        .where(mine == post.id, Post.state.in_(LIVE), readable(actor))
        .options(joinedload(Post.agency))
    )


def best(actor: Actor, post: Post, *, limit: int = BEST + 1) -> list[Ranked]:
    """The best fits; one more than are drawn on the post's own page, which tells that there are further ones."""
    query = ranked_query(actor, post).order_by(Fit.score.desc(), Fit.id).limit(limit)
    return [Ranked(fit, other) for fit, other in db.session.execute(query)]


def fit_of(offer: Post, need: Post) -> Fit | None:
    return db.session.scalars(select(Fit).filter_by(offer_id=offer.id, need_id=need.id)).first()


def compared(one: Post, other: Post) -> Compared:
    posts = posts_by_id((one.id, other.id))
    offer, need = (posts[one.id], posts[other.id]) if one.kind == PostKind.OFFER else (posts[other.id], posts[one.id])
    if not isinstance(offer, Offer) or not isinstance(need, Need):
        raise TypeError(f"{one.ref} and {other.ref} are not an offer and a need")
    return Compared(offer, need, compare(need, offer, topic_tree()))


@dataclass(frozen=True, slots=True)
class Strong:
    """A strong new fit of one of our posts that nobody has looked at yet."""

    post_id: int
    ref: str
    kind: PostKind
    title: str
    score: int
    since: datetime


def strong_fits(actor: Actor, *, at: datetime) -> Sequence[Strong]:
    """Strong new fits of the posts of the actor's agency. Only of those whose other post the actor may read."""
    if actor.agency_id is None or actor.suspended or not WRITERS.holds(actor, None):
        return []
    ours = _aliased_post()
    query = (
        select(ours.c.id, ours.c.ref, ours.c.kind, ours.c.title, FitNotice.score, FitNotice.made_at)
        .select_from(FitNotice)
        .join(ours, ours.c.id == FitNotice.post_id)
        .join(Post, Post.id == FitNotice.other_id)
        .join(Fit, _same_pair())
        .where(
            ours.c.agency_id == actor.agency_id,
            ours.c.state.in_(LIVE),
            FitNotice.dismissed_at.is_(None),
            FitNotice.made_at <= at,
            Post.state.in_(LIVE),
            readable(actor),
        )
        .order_by(FitNotice.made_at.desc(), FitNotice.id.desc())
        .limit(50)
    )
    newest: dict[int, Strong] = {}
    for row in db.session.execute(query):
        newest.setdefault(row.id, Strong(row.id, row.ref, row.kind, row.title, row.score, row.made_at))
    return list(newest.values())


def unseen_notices(post: Post) -> bool:
    """Whether something about this post was told and nobody of its agency has looked yet."""
    query = select(FitNotice.id).where(FitNotice.post_id == post.id, FitNotice.dismissed_at.is_(None))
    return db.session.scalar(query.limit(1)) is not None


def _aliased_post() -> Any:
    return select(Post.id, Post.ref, Post.kind, Post.title, Post.agency_id, Post.state).subquery("ours")


def _same_pair() -> ColumnElement[bool]:
    pair = (FitNotice.post_id, FitNotice.other_id)
    return and_(Fit.offer_id.in_(pair), Fit.need_id.in_(pair))
