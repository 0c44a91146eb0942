"""Tells the owners of two posts about a strong new fit: at most once a day for each post, until they looked."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from blinker import Signal
from sqlalchemy import Connection, or_, select, update

from portal.features.exchanges.models import Fit
from portal.features.matches.models import FitNotice
from portal.infra.db import db

STRONG = 80
BEST = 5
noticed = Signal("the owners of posts are to hear of strong new fits")
"""Sent in the transaction that writes the notices, with `post_ids` and `at`."""


class StrongFit(NamedTuple):
    """A new fit that may be worth telling."""

    offer_id: int
    need_id: int
    score: int


def notice_strong(fresh: Iterable[StrongFit], *, around: int | None, at: datetime) -> None:
    """Write a notice for both posts of each fit that has 80 points or more and is among the five best of its post.

    Its post is `around`, the one just published; after an import every post is one.
    """
    strong = sorted((f for f in fresh if f.score >= STRONG), key=lambda f: (-f.score, f))
    asked = {around} if around is not None else {post for f in strong for post in (f.offer_id, f.need_id)}
    best = _best_of(asked)
    news: dict[int, tuple[int, int]] = {}
    for fit in strong:
        if best[fit.offer_id].get(fit.need_id) or best[fit.need_id].get(fit.offer_id):
            news.setdefault(fit.offer_id, (fit.need_id, fit.score))
            news.setdefault(fit.need_id, (fit.offer_id, fit.score))
    _write(news, at=at)


def dismiss_notices(connection: Connection, post_id: int, *, at: datetime) -> None:
    """Somebody of the post's agency has looked at its fits. Runs in a transaction of its own."""
    connection.execute(
        update(FitNotice).where(FitNotice.post_id == post_id, FitNotice.dismissed_at.is_(None)).values(dismissed_at=at)
    )


def act_on_fit(offer_id: int, need_id: int, *, at: datetime) -> None:
    """Somebody proposed: what the two posts were told about each other is done."""
    pair = (offer_id, need_id)
    db.session.execute(
        update(FitNotice)
        .where(FitNotice.post_id.in_(pair), FitNotice.other_id.in_(pair), FitNotice.dismissed_at.is_(None))
        .values(dismissed_at=at)
    )


def _best_of(post_ids: Iterable[int]) -> defaultdict[int, dict[int, bool]]:
    """For each post, the posts that are its five best fits now."""
    best: defaultdict[int, dict[int, bool]] = defaultdict(dict)
    for post_id in post_ids:
        query = select(Fit.offer_id, Fit.need_id).where(or_(Fit.offer_id == post_id, Fit.need_id == post_id))
        for offer_id, need_id in db.session.execute(query.order_by(Fit.score.desc(), Fit.id).limit(BEST)):
            best[post_id][need_id if offer_id == post_id else offer_id] = True
    return best


def _write(news: dict[int, tuple[int, int]], *, at: datetime) -> None:
    told = select(FitNotice.post_id).where(FitNotice.post_id.in_(news), FitNotice.day == at.date())
    already = set(db.session.scalars(told))
    untold = sorted(news.keys() - already)
    for post_id in untold:
        other_id, score = news[post_id]
        db.session.add(FitNotice(post_id=post_id, day=at.date(), other_id=other_id, score=score, made_at=at))
    db.session.flush()
    if untold:
        noticed.send("fit", post_ids=untold, at=at)
