"""Lists of live posts: filtered, in order, page by page, each statement looking at a bounded number of rows.

Posts of one reach stand together in every index, so that a list is a merge of a few ranges: those open to the
reader's kind, and the few that only this reader's agency may see. Where filters combine, a page looks at no more
than `CANDIDATES` rows of a range and of what it looks up for them; when these are not enough the page is short and
the next one goes on from there.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute

from portal.features.exchanges.domain.disclosure import OVERSEERS
from portal.features.exchanges.domain.filters import Filters, Sort
from portal.features.exchanges.domain.lifecycles import CLAIMABLE
from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.models import Post, PostCounterpart, PostRelease, PostTerm, PostWindow
from portal.features.exchanges.queries.places import Count, Found, Place
from portal.features.exchanges.queries.scores import best_fits, best_scores
from portal.features.exchanges.queries.sight import readable, visible
from portal.infra.db import db
from portal.kernel.policy import Actor
from portal.kernel.reference import parse_reference

PAGE = 20
CANDIDATES = 1_950
PRIVATE = 1_500
COUNT_CAP = 1_001
LOOKS_AHEAD = 3
CLEAR, GREEN, AMBER, NAMED = 4, 3, 2, 1
"""The values of `post.reach`."""


Row = tuple[Any, int]
_TERMS: BindParameter[str] = bindparam("terms", expanding=True)


@dataclass(frozen=True, slots=True)
class Order:
    """How a list runs. Times count down, days count up."""

    sort: Sort
    backwards: bool = False

    @property
    def descending(self) -> bool:
        return (self.sort is not Sort.SOONEST) != self.backwards

    def key_of(self, table: type[Post | PostTerm]) -> InstrumentedAttribute[Any]:
        return table.first_day if self.sort is Sort.SOONEST else table.published_at

    def sorted(self, rows: Iterable[Row]) -> list[Row]:
        return sorted(set(rows), reverse=self.descending)

    def past(self, row: Row, place: Row) -> bool:
        return row < place if self.descending else row > place


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
    found = _page(actor, kind, filters, sort, place, private)
    for _ in range(LOOKS_AHEAD):
        onward = found.previous if place and place.before else found.next
        if found.ids or onward is None:
            break
        found = _page(actor, kind, filters, sort, onward, private)
    return found


def _page(  # noqa: PLR0917
    actor: Actor | None,
    kind: PostKind,
    filters: Filters,
    sort: Sort,
    place: Place | None,
    private: frozenset[int],
) -> Found:
    order = Order(sort, backwards=bool(place and place.before))
    start = (place.key, place.id) if place else None
    if filters.nothing_findable:
        return Found((), None, None)
    if filters.fits or sort is Sort.FIT:
        rows, frontier = _fitting(actor, kind, filters, order), None
    else:
        rows, frontier = _ranges(actor, kind, filters, order, start, private)
    rows = order.sorted(rows)
    if start is not None:
        rows = [row for row in rows if order.past(row, start)]
    if frontier is not None:
        rows = [row for row in rows if not order.past(row, frontier)]
    return _cut(rows, frontier, order, start)


def _cut(rows: list[Row], frontier: Row | None, order: Order, start: Row | None) -> Found:
    shown, more = rows[:PAGE], len(rows) > PAGE
    last = shown[-1] if more else frontier
    onward = Place(*last, before=order.backwards) if last else None
    first = shown[0] if shown else start
    back = Place(*first, before=not order.backwards) if start and first else None
    if order.backwards:
        return Found(tuple(id_ for _, id_ in reversed(shown)), next=back, previous=onward)
    return Found(tuple(id_ for _, id_ in shown), next=onward, previous=back)


def count(actor: Actor | None, kind: PostKind, filters: Filters, private: frozenset[int] | None = None) -> Count:
    """How many posts a list has, counted no further than is worth it."""
    if filters.nothing_findable:
        return Count(0)
    order = Order(Sort.NEWEST)
    if filters.fits:
        return Count(len(set(_fitting(actor, kind, filters, order))))
    if private is None:
        private = privately_known(actor, kind)
    number, more = len(_private(actor, kind, filters, order, private)), False
    driver, rest = _driver(kind, filters.groups())
    conditions = _conditions(filters, rest)
    for reach in _reaches(actor, filters, order):
        if conditions or len(driver) > 1:
            matching, cut = _count_looking(kind, reach, sorted(driver), conditions)
            more = more or cut
        else:
            asked = {"kind": kind, "reach": reach, "terms": list(driver)}
            matching = db.session.scalar(_counted(bool(driver)), asked) or 0
        number += matching
        if number >= COUNT_CAP:
            return Count(COUNT_CAP - 1, more=True)
    return Count(number, more)


def _count_looking(
    kind: PostKind, reach: int, terms: list[str], conditions: list[ColumnElement[bool]]
) -> tuple[int, bool]:
    """How many posts of a reach have one of the terms and pass, and whether there were more to look at."""
    most = max(_looked_at(conditions) // max(len(terms), 1), 1)
    ranges = []
    for number, term in enumerate(terms or [None]):
        table: type[Post | PostTerm] = PostTerm if term else Post
        id_ = PostTerm.post_id if term else Post.id
        query = select(id_.label("id"), literal(number).label("range")).where(table.kind == kind, table.reach == reach)
        ranges.append(select((query.where(PostTerm.term == term) if term else query).limit(most).subquery()))
    inner = (union_all(*ranges) if len(ranges) > 1 else ranges[0]).subquery()
    passed = _passes(inner.c.id, conditions) if conditions else inner.c.id
    seen = select(inner.c.id, inner.c.range, passed.label("ok")).subquery()
    sizes = [func.count(case((seen.c.range == number, 1))) for number in range(len(ranges))]
    matching, *looked = db.session.execute(select(func.count(seen.c.ok.distinct()), *sizes)).one()
    return matching, max(looked) >= most


def _looked_at(conditions: list[ColumnElement[bool]]) -> int:
    """How many posts a statement may look at when it reads each post and one row for each condition too."""
    return max(CANDIDATES // (2 + len(conditions)), 1) if conditions else CANDIDATES


def _passes(id_: ColumnElement[int], conditions: list[ColumnElement[bool]]) -> Any:
    """The id if its post passes, else null. A look-up of its own for each, which no database turns into a whole scan."""
    return select(Post.id).where(Post.id == id_, *conditions).scalar_subquery()


# ------------------------------------------------------------------------------------------- ranges open to many


def _reaches(actor: Actor | None, filters: Filters, order: Order) -> tuple[int, ...]:
    if actor is None:
        return (CLEAR,)
    if actor.role in OVERSEERS:
        return (CLEAR, GREEN, AMBER, NAMED) if _reads_bare(filters, order) else (CLEAR, GREEN, AMBER)
    return (CLEAR, GREEN) if actor.verified and actor.agency_id is not None else (CLEAR,)


def _reads_bare(filters: Filters, order: Order) -> bool:
    """Whether the list says nothing of what a post says, so that references alone may stand in it."""
    return not filters.any and order.sort is Sort.NEWEST


def _ranges(  # noqa: PLR0917
    actor: Actor | None,
    kind: PostKind,
    filters: Filters,
    order: Order,
    start: Row | None,
    private: frozenset[int],
) -> tuple[list[Row], Row | None]:
    """Rows of every range, and the place up to which all of them were looked at, None when to the end."""
    rows: list[Row] = list(_private(actor, kind, filters, order, private))
    frontiers: list[Row] = []
    driver, rest = _driver(kind, filters.groups())
    conditions = _conditions(filters, rest)
    walked: list[str | None] = [*sorted(driver)] or [None]
    for reach in _reaches(actor, filters, order):
        for term in walked:
            found, stopped = _range(kind, reach, term, conditions, order, start)
            rows += found
            frontiers += [stopped] if stopped else []
    nearest = (max if order.descending else min)(frontiers) if frontiers else None
    return rows, nearest


def _range(  # noqa: PLR0917
    kind: PostKind,
    reach: int,
    term: str | None,
    conditions: list[ColumnElement[bool]],
    order: Order,
    start: Row | None,
) -> tuple[list[Row], Row | None]:
    """One range of one index from `start` on: its rows, and where it stopped if not at its end or at a page's worth."""
    asked: dict[str, Any] = {"kind": kind, "reach": reach, "terms": [term]}
    if start is not None:
        asked |= {"key": start[0], "last": start[1]}
    walk = (order.sort is Sort.SOONEST, order.descending, term is not None, start is not None)
    if not conditions:
        rows: list[Row] = [(row.key, row.id) for row in db.session.execute(_walk(*walk, PAGE + 1), asked)]
        return rows, None
    most = _looked_at(conditions)
    inner = _walk(*walk, most).subquery()
    checked = select(inner.c.key, inner.c.id, _passes(inner.c.id, conditions).label("ok"))
    rows_checked = db.session.execute(checked, asked).all()
    candidates = sorted(rows_checked, key=lambda row: row[:2], reverse=order.descending)
    found = [(key_, id__) for key_, id__, ok in candidates if ok is not None][: PAGE + 1]
    whole = len(candidates) < most or len(found) > PAGE
    return found, None if whole else (candidates[-1][0], candidates[-1][1])


@cache
def _walk(by_day: bool, descending: bool, by_term: bool, started: bool, most: int) -> Select[Any]:
    """A range of an index in its order. Built once for each way: building it costs more than running it."""
    table: type[Post | PostTerm] = PostTerm if by_term else Post
    id_ = PostTerm.post_id if by_term else Post.id
    key: InstrumentedAttribute[Any] = table.first_day if by_day else table.published_at
    query = _of_reach(select(key.label("key"), id_.label("id")), table)
    if by_term:
        query = query.where(PostTerm.term.in_(_TERMS))
    if started:
        query = query.where(_beyond(key, id_, descending=descending))
    return (query.order_by(key.desc(), id_.desc()) if descending else query.order_by(key, id_)).limit(most)


def _of_reach(query: Select[Any], table: type[Post | PostTerm]) -> Select[Any]:
    return query.where(table.kind == bindparam("kind"), table.reach == bindparam("reach"))


def _beyond(key: Any, id_: Any, *, descending: bool) -> ColumnElement[bool]:
    """Rows after the place of `key` and `last`; the first bound lets the index start in the right place."""
    value, last = bindparam("key", type_=key.type), bindparam("last", type_=id_.type)
    if descending:
        return and_(key <= value, or_(key < value, id_ < last))
    return and_(key >= value, or_(key > value, id_ > last))


@cache
def _candidate_ids(by_term: bool) -> Select[Any]:
    if by_term:
        return _of_reach(select(PostTerm.post_id.label("id")), PostTerm).where(PostTerm.term.in_(_TERMS))
    return _of_reach(select(Post.id.label("id")), Post)


@cache
def _counted(by_term: bool) -> Select[Any]:
    return select(func.count()).select_from(_candidate_ids(by_term).limit(COUNT_CAP).subquery())


def _driver(kind: PostKind, groups: list[frozenset[str]]) -> tuple[frozenset[str], list[frozenset[str]]]:
    """The group with the fewest posts, which the index is walked by, and the others, which are looked up."""
    if len(groups) <= 1:
        return (groups[0] if groups else frozenset()), []
    cap = max(CANDIDATES // sum(map(len, groups)), 1)
    sizes = [sum(_at_most(kind, term, cap) for term in group) for group in groups]
    chosen = sizes.index(min(sizes))
    return groups[chosen], [*groups[:chosen], *groups[chosen + 1 :]]


def _at_most(kind: PostKind, term: str, cap: int) -> int:
    inner = select(literal(1)).where(PostTerm.kind == kind, PostTerm.term == term).limit(cap).subquery()
    return db.session.scalar(select(func.count()).select_from(inner)) or 0


def _conditions(filters: Filters, groups: list[frozenset[str]]) -> list[ColumnElement[bool]]:
    """What each candidate is asked, by look-ups of its own rows alone."""
    found: list[ColumnElement[bool]] = [
        exists().where(PostTerm.post_id == Post.id, PostTerm.term.in_(group)) for group in groups
    ]
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


def _private(actor: Actor | None, kind: PostKind, filters: Filters, order: Order, private: frozenset[int]) -> list[Row]:
    """Posts above GREEN that this reader may see: own, of counterparts, released, fitting their own."""
    if not private or actor is None or (actor.role in OVERSEERS and _reads_bare(filters, order)):
        return []
    reaches = (NAMED,) if actor.role in OVERSEERS else (AMBER, NAMED)
    return _among(actor, kind, private, filters, order, reaches=reaches)


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


def _fitting(actor: Actor | None, kind: PostKind, filters: Filters, order: Order) -> list[Row]:
    """Posts that fit live posts of the reader's agency; by score where the list is sorted so."""
    scores = best_scores(actor, kind) if actor else {}
    if not scores:
        return []
    rows = _among(actor, kind, set(scores), filters, order, reaches=(CLEAR, GREEN, AMBER, NAMED))
    return [(scores[id_], id_) for _, id_ in rows] if order.sort is Sort.FIT else rows


def _among(
    actor: Actor | None,
    kind: PostKind,
    ids: Collection[int],
    filters: Filters,
    order: Order,
    *,
    reaches: tuple[int, ...],
) -> list[Row]:
    """Those of known posts that the filters let through and whose content the reader may see."""
    query = select(order.key_of(Post), Post.id).where(
        Post.id.in_(ids), Post.kind == kind, Post.reach.in_(reaches), readable(actor)
    )
    query = query.where(*_conditions(filters, filters.groups()))
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
