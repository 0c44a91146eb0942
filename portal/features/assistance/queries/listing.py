"""Lists of requests that others see: filtered, in order, page by page.

Requests of one stage and reach stand together in every index, so that a list is a merge of a few ranges, each read no
further than a page: those open to the reader's kind, and the few that only this reader may see.
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

PAGE = 20
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
    """One page of requests that the actor may know of."""
    if filters.nothing_findable:
        return Found((), None, None)
    asked = _List(actor, filters, sort, place)
    ranges = [_range(asked, stage, reach, size) for stage in asked.stages for reach in asked.reaches]
    if actor is not None:
        ranges.append(_private(asked, size))
    merged = union_all(*ranges).subquery()
    order = (merged.c.key.desc(), merged.c.id.desc()) if asked.descending else (merged.c.key, merged.c.id)
    # A request released to an overseer stands in two ranges: once is enough.
    rows = db.session.execute(select(merged.c.key, merged.c.id).distinct().order_by(*order).limit(size + 1)).all()
    return _cut([tuple(row) for row in rows], place, size)


def _cut(rows: Sequence[Any], place: Place | None, size: int) -> Found:
    shown, more, backwards = list(rows[:size]), len(rows) > size, bool(place and place.before)
    onward = Place(shown[-1][0], shown[-1][1], before=backwards) if more else None
    back = Place(shown[0][0], shown[0][1], before=not backwards) if place and shown else None
    ids = [id_ for _, id_ in shown]
    return Found(tuple(reversed(ids)), back, onward) if backwards else Found(tuple(ids), onward, back)


def _range(asked: _List, stage: int, reach: int, size: int) -> Select[Any]:
    """One range of one index, from the place on, with what every row is asked."""
    terms = asked.filters.terms()
    driver = min((group for group in terms if len(group) == 1), key=lambda group: next(iter(group)), default=None)
    table: Any = RequestTerm if driver else Request
    id_ = RequestTerm.request_id if driver else Request.id
    query = select(asked.key(table).label("key"), id_.label("id")).where(table.stage == stage, table.reach == reach)
    if driver:
        query = query.where(RequestTerm.term == next(iter(driver)))
    rest = _conditions(asked, [group for group in terms if group != driver])
    if driver and rest:
        query = query.join(Request, Request.id == RequestTerm.request_id)
    return _limited(query.where(*rest), asked, asked.key(table), id_, size)


def _private(asked: _List, size: int) -> Select[Any]:
    """The few requests above GREEN that this reader may see: own, of counterparts, released by name."""
    query = select(asked.key(Request).label("key"), Request.id.label("id")).where(
        Request.id.in_(_private_ids(asked.actor)),
        Request.stage.in_(asked.stages),
        Request.reach.in_([AMBER, NAMED]),
        readable(asked.actor),
        *_conditions(asked, asked.filters.terms()),
    )
    return _limited(query, asked, asked.key(Request), Request.id, size)


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


def _limited(query: Select[Any], asked: _List, key: Any, id_: Any, size: int) -> Select[Any]:
    if asked.place is not None:
        query = query.where(_beyond(key, id_, asked.place, descending=asked.descending))
    order = (key.desc(), id_.desc()) if asked.descending else (key, id_)
    return select(query.order_by(*order).limit(size + 1).subquery())


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
    ranges = [_range(asked, stage, reach, COUNT_CAP) for stage in asked.stages for reach in asked.reaches]
    if actor is not None:
        ranges.append(_private(asked, COUNT_CAP))
    merged = union_all(*ranges).subquery()
    capped = select(merged.c.id).distinct().limit(COUNT_CAP).subquery()
    number = db.session.scalar(select(func.count()).select_from(capped)) or 0
    return Count(COUNT_CAP - 1, more=True) if number >= COUNT_CAP else Count(number)


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
