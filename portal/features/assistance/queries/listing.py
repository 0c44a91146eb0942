"""Lists of requests that others see: filtered, in order, page by page.

Requests of one stage and reach stand together in every index, so that a list is a merge of a few ranges: those open to
the reader's kind, and the few that only this reader may see. Where filters combine, a page looks at no more than
`CANDIDATES` rows of a range; when these are not enough it is short, and the next one goes on from there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from portal.features.assistance.domain.disclosure import OVERSEERS
from portal.features.assistance.domain.filters import Filters, Sort
from portal.features.assistance.domain.finding import ENDED_STAGE, LIVE_STAGE
from portal.features.assistance.models import Request, RequestCounterpart, RequestRelease, RequestTerm
from portal.features.assistance.queries.sight import readable, visible
from portal.features.exchanges.queries.places import Count, Found, Place
from portal.infra.db import db
from portal.kernel.policy import Actor
from portal.kernel.reference import parse_reference

Row = tuple[Any, int]
Group = frozenset[str]
PAGE = 20
CANDIDATES = 1_950
LOOKS_AHEAD = 3
PRIVATE = 1_500
COUNT_CAP = 1_001
CLEAR, GREEN, AMBER, NAMED = 4, 3, 2, 1
"""The values of `request.reach`."""


@dataclass(frozen=True, slots=True)
class _List:
    """Whose list it is, what it asks, and from where on."""

    actor: Actor | None
    filters: Filters
    sort: Sort
    place: Place | None = None

    @property
    def descending(self) -> bool:
        backwards = bool(self.place and self.place.before)
        return (self.sort is Sort.NEWEST) != backwards

    @property
    def stages(self) -> tuple[int, ...]:
        return {"": (LIVE_STAGE,), "ended": (ENDED_STAGE,), "all": (LIVE_STAGE, ENDED_STAGE)}[self.filters.stage]

    @property
    def bare(self) -> bool:
        """Whether the list says nothing of what a request says, so that references alone may stand in it."""
        return self.sort is Sort.NEWEST and set(self.filters.used()) <= {"stage"}

    @property
    def reaches(self) -> tuple[int, ...]:
        if self.actor is None:
            return (CLEAR,)
        if self.actor.role in OVERSEERS:
            return (CLEAR, GREEN, AMBER, NAMED) if self.bare else (CLEAR, GREEN, AMBER)
        return (CLEAR, GREEN) if self.actor.verified and self.actor.agency_id is not None else (CLEAR,)

    def key(self, table: Any) -> Any:
        return table.opened_at if self.sort is Sort.NEWEST else table.needed_by


def page(actor: Actor | None, filters: Filters, sort: Sort, place: Place | None = None, *, size: int = PAGE) -> Found:
    """One page of requests that the actor may know of; an empty one only where a good look ahead found nothing."""
    if filters.nothing_findable:
        return Found((), None, None)
    driver, rest = _driver(filters.terms())
    found = _page(_List(actor, filters, sort, place), driver, rest, size)
    for _ in range(LOOKS_AHEAD):
        onward = found.previous if place and place.before else found.next
        if found.ids or onward is None:
            break
        found = _page(_List(actor, filters, sort, onward), driver, rest, size)
    return found


def _page(asked: _List, driver: Group, rest: list[Group], size: int) -> Found:
    rows: set[Row] = set()
    frontiers: list[Row] = []
    for stage, reach, term in _ranges(asked, driver):
        found, stopped = _range(asked, stage, reach, term, rest, size)
        rows.update(found)
        frontiers += [stopped] if stopped else []
    if asked.actor is not None:
        rows.update((row.key, row.id) for row in db.session.execute(_private(asked, size)))
    frontier = (max if asked.descending else min)(frontiers, default=None)
    ordered = sorted(rows, reverse=asked.descending)
    if frontier is not None:
        ordered = [row for row in ordered if (row >= frontier if asked.descending else row <= frontier)]
    return _cut(ordered, frontier, asked.place, size)


def _cut(rows: Sequence[Row], frontier: Row | None, place: Place | None, size: int) -> Found:
    shown, more, backwards = list(rows[:size]), len(rows) > size, bool(place and place.before)
    last = shown[-1] if more else frontier
    onward = Place(last[0], last[1], before=backwards) if last else None
    first = shown[0] if shown else (place.key, place.id) if place else None
    back = Place(first[0], first[1], before=not backwards) if place and first else None
    ids = [id_ for _, id_ in shown]
    return Found(tuple(reversed(ids)), back, onward) if backwards else Found(tuple(ids), onward, back)


def _ranges(asked: _List, driver: Group) -> list[tuple[int, int, str | None]]:
    """Each stage, reach and word that the list walks."""
    terms: list[str | None] = [*sorted(driver)] or [None]
    return [(stage, reach, term) for stage in asked.stages for reach in asked.reaches for term in terms]


def _driver(groups: list[Group]) -> tuple[Group, list[Group]]:
    """The group with the fewest requests, which the index is walked by, and the others, which are looked up."""
    if len(groups) <= 1:
        return (groups[0] if groups else frozenset()), []
    cap = max(CANDIDATES // sum(map(len, groups)), 1)
    sizes = [sum(_at_most(term, cap) for term in group) for group in groups]
    chosen = sizes.index(min(sizes))
    return groups[chosen], [*groups[:chosen], *groups[chosen + 1 :]]


def _at_most(term: str, cap: int) -> int:
    # In the index's own order, so that no database takes reading the table from its start for cheaper.
    walk = (RequestTerm.stage, RequestTerm.reach, RequestTerm.opened_at, RequestTerm.request_id)
    inner = select(literal(1)).where(RequestTerm.term == term).order_by(*walk).limit(cap).subquery()
    return db.session.scalar(select(func.count()).select_from(inner)) or 0


def _range(  # noqa: PLR0917
    asked: _List, stage: int, reach: int, term: str | None, rest: list[Group], size: int
) -> tuple[list[Row], Row | None]:
    """One range of one index, from the place on: its rows, and where it stopped if not at its end or a page's worth."""
    conditions = _conditions(asked, rest)
    if not conditions:
        walked = db.session.execute(_walk(asked, stage, reach, term, size + 1))
        return [(row.key, row.id) for row in walked], None
    most = max(CANDIDATES // (2 + len(conditions)), 1)
    inner = _walk(asked, stage, reach, term, most).subquery()
    # A look-up of its own for each, which no database turns into a whole scan.
    passes = select(Request.id).where(Request.id == inner.c.id, *conditions).scalar_subquery()
    checked = db.session.execute(select(inner.c.key, inner.c.id, passes.label("ok"))).all()
    candidates = sorted(
        ((row.key, row.id, row.ok) for row in checked), key=lambda row: row[:2], reverse=asked.descending
    )
    found = [(key, id_) for key, id_, ok in candidates if ok is not None][: size + 1]
    whole = len(candidates) < most or len(found) > size
    return found, None if whole else candidates[-1][:2]


def _walk(asked: _List, stage: int, reach: int, term: str | None, most: int) -> Select[Any]:
    table: Any = RequestTerm if term else Request
    id_ = RequestTerm.request_id if term else Request.id
    key = asked.key(table)
    query = select(key.label("key"), id_.label("id")).where(table.stage == stage, table.reach == reach)
    if term:
        query = query.where(RequestTerm.term == term)
    return _limited(query, asked, key, id_, most)


def _private(asked: _List, size: int) -> Select[Any]:
    """The few requests above GREEN that this reader may see: own, of counterparts, released by name."""
    query = select(asked.key(Request).label("key"), Request.id.label("id")).where(
        Request.id.in_(_private_ids(asked.actor)),
        Request.stage.in_(asked.stages),
        Request.reach.in_([AMBER, NAMED]),
        readable(asked.actor),
        *_conditions(asked, asked.filters.terms()),
    )
    return _limited(query, asked, asked.key(Request), Request.id, size + 1)


def _private_ids(actor: Actor | None) -> Any:
    if actor is None:
        return select(literal(0))
    known = [select(RequestRelease.request_id).where(RequestRelease.person_id == actor.person_id)]
    if actor.agency_id is not None:
        known += [
            select(RequestRelease.request_id).where(RequestRelease.agency_id == actor.agency_id),
            select(RequestCounterpart.request_id).where(RequestCounterpart.agency_id == actor.agency_id),
            select(Request.id).where(Request.agency_id == actor.agency_id, Request.stage > 0),
        ]
    return union_all(*(select(query.limit(PRIVATE).subquery()) for query in known))


def _limited(query: Select[Any], asked: _List, key: Any, id_: Any, most: int) -> Select[Any]:
    if asked.place is not None:
        query = query.where(_beyond(key, id_, asked.place, descending=asked.descending))
    order = (key.desc(), id_.desc()) if asked.descending else (key, id_)
    return query.order_by(*order).limit(most)


def _beyond(key: Any, id_: Any, place: Place, *, descending: bool) -> ColumnElement[bool]:
    """Rows after the place; the first bound lets the index start in the right place."""
    if descending:
        return and_(key <= place.key, or_(key < place.key, id_ < place.id))
    return and_(key >= place.key, or_(key > place.key, id_ > place.id))


def _conditions(asked: _List, groups: list[frozenset[str]]) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for group in groups:
        other = aliased(RequestTerm)
        found.append(exists().where(other.request_id == Request.id, other.term.in_(group)))
    if asked.filters.never_pledged:
        found.append(Request.first_pledged_at.is_(None))
    return found


def count(actor: Actor | None, filters: Filters, sort: Sort = Sort.NEWEST) -> Count:
    """How many requests a list has, counted no further than is worth it."""
    if filters.nothing_findable:
        return Count(0)
    asked = _List(actor, filters, sort)
    driver, rest = _driver(filters.terms())
    private: list[int] = []
    if actor is not None:
        private = [row.id for row in db.session.execute(_private(asked, COUNT_CAP))]
    number, more = len(set(private)), False
    for stage, reach, term in _ranges(asked, driver):
        found, cut = _counted(asked, stage, reach, term, rest, private)
        number, more = number + found, more or cut
        if number >= COUNT_CAP:
            return Count(COUNT_CAP - 1, more=True)
    return Count(number, more)


def _counted(  # noqa: PLR0917
    asked: _List, stage: int, reach: int, term: str | None, rest: list[Group], private: list[int]
) -> tuple[int, bool]:
    """How many of a range pass (those counted already left out), and whether there were more to look at."""
    conditions = _conditions(asked, rest)
    if not conditions:
        walked = _walk(asked, stage, reach, term, COUNT_CAP).subquery()
        new = select(func.count()).select_from(walked)
        return db.session.scalar(new.where(walked.c.id.not_in(private)) if private else new) or 0, False
    found, stopped = _range(asked, stage, reach, term, rest, COUNT_CAP)
    return len({id_ for _, id_ in found} - set(private)), stopped is not None


def every_id(actor: Actor | None, filters: Filters, sort: Sort) -> Iterator[int]:
    """The ids of the whole list, page after page, for exports."""
    place: Place | None = None
    while True:
        found = page(actor, filters, sort, place, size=200)
        yield from found.ids
        if found.next is None:
            return
        place = found.next


def place_of(actor: Actor | None, sort: Sort, ref: str, *, before: bool) -> Place | None:
    """The place of a request that the reader may know of, in the order of a list. Addresses carry only references."""
    query = select(Request.id, Request.opened_at, Request.needed_by).where(Request.ref == parse_reference(ref))
    row = db.session.execute(query.where(visible(actor))).first()
    if row is None or row.opened_at is None or row.needed_by is None:
        return None
    return Place(row.opened_at if sort is Sort.NEWEST else row.needed_by, row.id, before)


def refs(ids: Sequence[int]) -> dict[int, str]:
    """The references behind places of a list."""
    return dict(db.session.execute(select(Request.id, Request.ref).where(Request.id.in_(ids))).all()) if ids else {}
