"""Lists of live posts: filtered, in order, page by page, each statement looking at a bounded number of rows.

Posts of one reach stand together in every index, so that a list is a merge of a few ranges: those open to the
reader's kind, and the few that only this reader's agency may see.
"""

from collections.abc import Collection
from functools import cache, partial
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, CompoundSelect, and_, bindparam, exists, select, true, union_all

from portal.features.exchanges.domain.disclosure import OVERSEERS
from portal.features.exchanges.domain.filters import Filters, Sort
from portal.features.exchanges.domain.lifecycles import CLAIMABLE
from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.models import Post, PostCounterpart, PostRelease, PostTerm, PostWindow
from portal.features.exchanges.queries.scores import best_fits, best_scores
from portal.features.exchanges.queries.sight import readable, visible
from portal.infra.db import db
from portal.infra.ranges import Count, Found, Indexed, Order, Place, Row, Search, looking_ahead, page_of
from portal.kernel.policy import Actor
from portal.kernel.reference import parse_reference

PRIVATE = 1_500
CLEAR, GREEN, AMBER, NAMED = 4, 3, 2, 1
"""The values of `post.reach`."""
POSTS = Indexed(Post, PostTerm, owner="post_id", parts=("kind", "reach"), counted_by="published_at")
_KEYS = {Sort.NEWEST: "published_at", Sort.SOONEST: "first_day", Sort.FIT: "published_at"}


def page(  # noqa: PLR0917
    actor: Actor | None,
    kind: PostKind,
    filters: Filters,
    sort: Sort,
    place: Place | None,
    private: frozenset[int] | None = None,
) -> Found:
    """One page of live posts that the actor may know of; an empty one only where a good look ahead found nothing.

    `private` is what `privately_known` says, for who asks for a page and its count.
    """
    if private is None:
        private = privately_known(actor, kind)
    return looking_ahead(partial(_page, actor, kind, filters, sort, private), place)


def _page(  # noqa: PLR0917
    actor: Actor | None,
    kind: PostKind,
    filters: Filters,
    sort: Sort,
    private: frozenset[int],
    place: Place | None,
) -> Found:
    order = _order(sort, backwards=bool(place and place.before))
    start = (place.key, place.id) if place else None
    if filters.nothing_findable:
        return Found((), None, None)
    if filters.fits or sort is Sort.FIT:
        rows, frontier = _fitting(actor, kind, filters, sort), None
    else:
        rows, frontier = _search(actor, kind, filters, sort).rows(order, start)
        rows += _private(actor, kind, filters, sort, private)
    return page_of(rows, frontier, order, start)


def count(actor: Actor | None, kind: PostKind, filters: Filters, private: frozenset[int] | None = None) -> Count:
    """How many posts a list has, counted no further than is worth it."""
    if filters.nothing_findable:
        return Count(0)
    sort = Sort.NEWEST
    if filters.fits:
        return Count(len(set(_fitting(actor, kind, filters, sort))))
    if private is None:
        private = privately_known(actor, kind)
    return _search(actor, kind, filters, sort).count(len(_private(actor, kind, filters, sort, private)))


# ------------------------------------------------------------------------------------------- ranges open to many


def _order(sort: Sort, *, backwards: bool = False) -> Order:
    """Times and scores count down, days count up."""
    return Order(_KEYS[sort], sort is not Sort.SOONEST, backwards)


def _search(actor: Actor | None, kind: PostKind, filters: Filters, sort: Sort) -> Search:
    ranges = [{"kind": kind, "reach": reach} for reach in _reaches(actor, filters, sort)]
    return Search(POSTS, ranges, filters.groups(), _conditions(filters), narrowed={"kind": kind})


def _reaches(actor: Actor | None, filters: Filters, sort: Sort) -> tuple[int, ...]:
    if actor is None:
        return (CLEAR,)
    if actor.role in OVERSEERS:
        return (CLEAR, GREEN, AMBER, NAMED) if _reads_bare(filters, sort) else (CLEAR, GREEN, AMBER)
    return (CLEAR, GREEN) if actor.verified and actor.agency_id is not None else (CLEAR,)


def _reads_bare(filters: Filters, sort: Sort) -> bool:
    """Whether the list says nothing of what a post says, so that references alone may stand in it."""
    return not filters.any and sort is Sort.NEWEST


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    """What each candidate is asked besides its terms, by look-ups of its own rows alone."""
    found: list[ColumnElement[bool]] = []
    if filters.free:
        found.append(and_(Post.claimed < Post.capacity, Post.state.in_(CLAIMABLE)))
    if filters.starts or filters.ends:
        found.append(
            exists().where(
                PostWindow.post_id == Post.id,
                PostWindow.ends_on >= filters.starts if filters.starts else true(),
                PostWindow.starts_on <= filters.ends if filters.ends else true(),
            )
        )
    return found


# ------------------------------------------------------------------------------------------- the reader's own few


def _private(actor: Actor | None, kind: PostKind, filters: Filters, sort: Sort, private: frozenset[int]) -> list[Row]:
    """Posts above GREEN that this reader may see: own, of counterparts, released, fitting their own."""
    if not private or actor is None or (actor.role in OVERSEERS and _reads_bare(filters, sort)):
        return []
    reaches = (NAMED,) if actor.role in OVERSEERS else (AMBER, NAMED)
    return _among(actor, kind, private, filters, sort, reaches=reaches)


def privately_known(actor: Actor | None, kind: PostKind) -> frozenset[int]:
    """The few posts that this reader may know of where others may not; whether they may is asked again of each."""
    if actor is None:
        return frozenset()
    by_fit = actor.role not in OVERSEERS and actor.verified
    statement = _private_ids(kind, of_agency=actor.agency_id is not None, by_fit=by_fit)
    return frozenset(
        db.session.scalars(statement, {"person_id": actor.person_id, "agency_id": actor.agency_id, "kind": kind})
    )


@cache
def _private_ids(kind: PostKind, *, of_agency: bool, by_fit: bool) -> CompoundSelect[Any]:
    agency_id: BindParameter[int] = bindparam("agency_id")
    queries = [select(PostRelease.post_id.label("id")).where(PostRelease.person_id == bindparam("person_id"))]
    if of_agency:
        own = select(Post.id.label("id")).where(Post.agency_id == agency_id, Post.kind == bindparam("kind"))
        queries += [
            own.where(Post.reach.in_((AMBER, NAMED))).order_by(Post.published_at.desc()),
            select(PostCounterpart.post_id.label("id")).where(PostCounterpart.agency_id == agency_id),
            select(PostRelease.post_id.label("id")).where(PostRelease.agency_id == agency_id),
        ]
        queries += [best_fits(kind)] if by_fit else []
    return union_all(*(select(query.limit(PRIVATE).subquery().c.id) for query in queries))


def _fitting(actor: Actor | None, kind: PostKind, filters: Filters, sort: Sort) -> list[Row]:
    """Posts that fit live posts of the reader's agency; by score where the list is sorted so."""
    scores = best_scores(actor, kind) if actor else {}
    if not scores:
        return []
    rows = _among(actor, kind, set(scores), filters, sort, reaches=(CLEAR, GREEN, AMBER, NAMED))
    return [(scores[id_], id_) for _, id_ in rows] if sort is Sort.FIT else rows


def _among(
    actor: Actor | None,
    kind: PostKind,
    ids: Collection[int],
    filters: Filters,
    sort: Sort,
    *,
    reaches: tuple[int, ...],
) -> list[Row]:
    """Those of known posts that the filters let through and whose content the reader may see."""
    query = select(getattr(Post, _KEYS[sort]), Post.id).where(
        Post.id.in_(ids), Post.kind == kind, Post.reach.in_(reaches), readable(actor)
    )
    query = query.where(*POSTS.having(filters.groups()), *_conditions(filters))
    return [(key_, id_) for key_, id_ in db.session.execute(query)]


def place_of(actor: Actor | None, kind: PostKind, sort: Sort, ref: str, *, before: bool) -> Place | None:
    """The place of a post that the reader may know of, in the order of a list. Addresses carry only references."""
    known = parse_reference(ref)
    query = select(Post.id, Post.published_at, Post.first_day).where(Post.ref == known, Post.kind == kind)
    row = db.session.execute(query.where(visible(actor))).first()
    if row is None or row.published_at is None or row.first_day is None:
        return None
    if sort is Sort.FIT:
        return Place(best_scores(actor, kind).get(row.id, 0) if actor else 0, row.id, before)
    return Place(row.first_day if sort is Sort.SOONEST else row.published_at, row.id, before)
