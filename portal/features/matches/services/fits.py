"""Keeps the stored fits in step with the posts: which live offer and need keep all rules, and with how many points."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from uuid import uuid4

from sqlalchemy import delete, insert, or_, select, update

from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.models import Fit
from portal.features.matches.models import FitBoard
from portal.features.matches.queries.programme import EnginePost, id_of, live_posts, posts_by_id, topic_tree
from portal.features.matches.services.noticing import StrongFit, notice_strong
from portal.infra.db import db
from portal.matching import rules
from portal.matching.index import of_offers
from portal.matching.types import Need, Offer, Score

CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class PairFit:
    """An offer and a need that keep every rule."""

    offer_id: int
    need_id: int
    score: Score

    @property
    def row(self) -> dict[str, object]:
        return {
            "offer_id": self.offer_id,
            "need_id": self.need_id,
            "score": self.score.total,
            "parts": self.score.parts,
        }


def replace_fits(post_id: int, kind: PostKind, *, at: datetime) -> int:
    """Compute the fits of one post anew, after it was published or revised. Returns how many there are."""
    _next_board()
    known = _partners(post_id)
    forget_fits(post_id)
    post = posts_by_id([post_id])[post_id]
    other = PostKind.NEED if kind == PostKind.OFFER else PostKind.OFFER
    found = [fit for one in live_posts(other, sharing_topics_of=post) if (fit := _fit(post, one))]
    _store(found)
    fresh = [f for f in found if f.offer_id not in known and f.need_id not in known]
    notice_strong((StrongFit(f.offer_id, f.need_id, f.score.total) for f in fresh), around=post_id, at=at)
    return len(found)


def drop_fits(post_id: int) -> None:
    """The post ended: it fits nobody any more."""
    _next_board()
    forget_fits(post_id)


def rebuild_all(*, at: datetime) -> int:
    """Compute all fits anew with the engine's index, as after an import. Returns how many there are."""
    _next_board()
    known = set(db.session.execute(select(Fit.offer_id, Fit.need_id)))
    db.session.execute(delete(Fit))
    index = of_offers([p for p in live_posts(PostKind.OFFER) if isinstance(p, Offer)], topic_tree())
    found = [
        PairFit(id_of(fit.key), id_of(need.key), fit.score)
        for need in live_posts(PostKind.NEED)
        if isinstance(need, Need)
        for fit in index.fits(need)
    ]
    _store(found)
    fresh = (f for f in found if (f.offer_id, f.need_id) not in known)
    notice_strong((StrongFit(f.offer_id, f.need_id, f.score.total) for f in fresh), around=None, at=at)
    return len(found)


def forget_fits(post_id: int) -> None:
    db.session.execute(delete(Fit).where(or_(Fit.offer_id == post_id, Fit.need_id == post_id)))


def _next_board() -> None:
    """Whoever changes fits does it alone: what the one before wrote is there to be read when the wait ends."""
    mark = uuid4().hex
    if db.session.scalar(update(FitBoard).values(mark=mark).returning(FitBoard.id)) is None:
        db.session.add(FitBoard(id=1, mark=mark))
        db.session.flush()


def _partners(post_id: int) -> set[int]:
    """Posts that fitted already: they are no news when the post is revised."""
    pairs = db.session.execute(
        select(Fit.offer_id, Fit.need_id).where(or_(Fit.offer_id == post_id, Fit.need_id == post_id))
    )
    return {one for pair in pairs for one in pair} - {post_id}


def _fit(post: EnginePost, other: EnginePost) -> PairFit | None:
    offer, need = (post, other) if isinstance(post, Offer) else (other, post)
    if not isinstance(offer, Offer) or not isinstance(need, Need) or not rules.feasible(need, offer, topic_tree()):
        return None
    return PairFit(id_of(offer.key), id_of(need.key), rules.score(need, offer))


def _store(found: Iterable[PairFit]) -> None:
    for chunk in _chunks(found):
        db.session.execute(insert(Fit), [fit.row for fit in chunk])


def _chunks(fits: Iterable[PairFit]) -> Iterator[list[PairFit]]:
    left = iter(fits)
    while chunk := list(islice(left, CHUNK)):
        yield chunk
