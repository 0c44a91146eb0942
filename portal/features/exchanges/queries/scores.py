"""How well posts fit the live posts of the reader's own agency."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from portal.features.exchanges.domain.lifecycles import LIVE
from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.models import Fit, Post
from portal.infra.db import db
from portal.kernel.policy import Actor

MOST = 1_500
"""No more scores than this are looked at; the best come first."""


def best_scores(actor: Actor, kind: PostKind) -> dict[int, int]:
    """The best score of each live post of `kind` with the reader's own live posts."""
    if actor.agency_id is None or not actor.verified:
        return {}
    rows = db.session.execute(best_fits(kind), {"agency_id": actor.agency_id})
    return {row.id: row.score for row in rows}


@cache
def best_fits(kind: PostKind) -> Select[Any]:
    query = _scored(kind)
    return query.order_by(func.max(Fit.score).desc(), query.selected_columns.id.desc()).limit(MOST)


@cache
def _scored(kind: PostKind) -> Select[Any]:
    theirs, ours = (Fit.offer_id, Fit.need_id) if kind == PostKind.OFFER else (Fit.need_id, Fit.offer_id)
    own = select(Post.id).where(Post.agency_id == bindparam("agency_id"), Post.state.in_(LIVE))
    return select(theirs.label("id"), func.max(Fit.score).label("score")).where(ours.in_(own)).group_by(theirs)  # type: ignore[return-value]


def fits_of_page(actor: Actor | None, kind: PostKind, ids: Sequence[int]) -> dict[int, int]:
    """For the rows of one page: the best score with the reader's own live posts, where there is one."""
    if actor is None or actor.agency_id is None or not ids:
        return {}
    rows = db.session.execute(_scores_among(kind), {"agency_id": actor.agency_id, "ids": ids})
    return {row.id: row.score for row in rows}


@cache
def _scores_among(kind: PostKind) -> Select[Any]:
    theirs = Fit.offer_id if kind == PostKind.OFFER else Fit.need_id
    return _scored(kind).where(theirs.in_(bindparam("ids", expanding=True)))
