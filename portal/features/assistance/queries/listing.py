"""Lists of requests that others see: filtered, in order, page by page, each statement looking at a bounded number.

Requests of one stage and reach stand together in every index, so that a list is a merge of a few ranges: those open
to the reader's kind, and the few that only this reader may see.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, exists, false, literal, or_, select, true, union_all

from portal.features.assistance.domain.acts import LINE
from portal.features.assistance.domain.disclosure import OVERSEERS
from portal.features.assistance.domain.filters import Filters, Sort
from portal.features.assistance.domain.finding import ENDED_STAGE, LIVE_STAGE
from portal.features.assistance.domain.gaps import UNMET
from portal.features.assistance.domain.lifecycles import RequestState
from portal.features.assistance.domain.vocabulary import LineKind
from portal.features.assistance.models import (
    Request,
    RequestCounterpart,
    RequestField,
    RequestLine,
    RequestRelease,
    RequestTerm,
)
from portal.features.assistance.queries.amounts import bounds
from portal.features.assistance.queries.sight import readable, visible
from portal.infra.db import db
from portal.infra.ranges import Count, Found, Indexed, Order, Place, Row, Search, looking_ahead, page_of
from portal.kernel.equipment import EQUIPMENT
from portal.kernel.policy import Actor
from portal.kernel.reference import parse_reference

PRIVATE = 400
"""Of one's own, of counterparts and of released ones each: all together stay below what a statement may look at."""
CLEAR, GREEN, AMBER, NAMED = 4, 3, 2, 1
"""The values of `request.reach`."""
REQUESTS = Indexed(Request, RequestTerm, owner="request_id", parts=("stage", "reach"), counted_by="opened_at")
_KEYS = {Sort.NEWEST: "opened_at", Sort.SOONEST: "needed_by", Sort.FAIR: "fair_on"}
STAGES = {"": (LIVE_STAGE,), "ended": (ENDED_STAGE,), "all": (LIVE_STAGE, ENDED_STAGE)}


def page(actor: Actor | None, filters: Filters, sort: Sort, place: Place | None = None) -> Found:
    """One page of requests that the actor may know of; an empty one only where a good look ahead found nothing."""
    if filters.nothing_findable:
        return Found((), None, None)
    private = privately_known(actor)
    conditions = _conditions(actor, filters)
    return looking_ahead(partial(_page, actor, filters, sort, private, conditions), place)


def _page(  # noqa: PLR0917
    actor: Actor | None,
    filters: Filters,
    sort: Sort,
    private: frozenset[int],
    conditions: list[ColumnElement[bool]],
    place: Place | None,
) -> Found:
    order = Order(_KEYS[sort], sort is Sort.NEWEST, backwards=bool(place and place.before))
    start = (place.key, place.id) if place else None
    rows, frontier = _search(actor, filters, sort, conditions).rows(order, start)
    rows += _private(actor, filters, sort, private, conditions)
    return page_of(rows, frontier, order, start)


def count(actor: Actor | None, filters: Filters, sort: Sort = Sort.NEWEST) -> Count:
    """How many requests a list has, counted no further than is worth it."""
    if filters.nothing_findable:
        return Count(0)
    conditions = _conditions(actor, filters)
    private = _private(actor, filters, sort, privately_known(actor), conditions)
    return _search(actor, filters, sort, conditions).count(len(private))


def passes(actor: Actor | None, filters: Filters) -> ColumnElement[bool]:
    """The same list as a condition on few requests, such as the new ones of a day."""
    if filters.nothing_findable:
        return false()
    stages = Request.stage.in_(STAGES[filters.stage])
    return and_(stages, readable(actor), *REQUESTS.having(filters.terms()), *_conditions(actor, filters))


def every_id(actor: Actor | None, filters: Filters, sort: Sort) -> Iterator[int]:
    """The ids of the whole list, page after page, for exports."""
    place: Place | None = None
    while True:
        found = page(actor, filters, sort, place)
        yield from found.ids
        if found.next is None:
            return
        place = found.next


def place_of(actor: Actor | None, sort: Sort, ref: str, *, before: bool) -> Place | None:
    """The place of a request that the reader may know of, in the order of a list. Addresses carry only references."""
    key: Any = getattr(Request, _KEYS[sort])
    query = select(Request.id, key.label("key")).where(Request.ref == parse_reference(ref), Request.stage > 0)
    row = db.session.execute(query.where(visible(actor))).first()
    return None if row is None or row.key is None else Place(row.key, row.id, before)


def refs(ids: Sequence[int]) -> dict[int, str]:
    """The references behind places of a list."""
    return dict(db.session.execute(select(Request.id, Request.ref).where(Request.id.in_(ids))).all()) if ids else {}


# ------------------------------------------------------------------------------------------- ranges open to many


def _search(actor: Actor | None, filters: Filters, sort: Sort, conditions: Sequence[ColumnElement[bool]]) -> Search:
    reaches = _reaches(actor, filters, sort)
    ranges: list[Mapping[str, Any]] = [
        {"stage": stage, "reach": reach} for stage in STAGES[filters.stage] for reach in reaches
    ]
    return Search(REQUESTS, ranges, filters.terms(), conditions)


def _reaches(actor: Actor | None, filters: Filters, sort: Sort) -> tuple[int, ...]:
    bare = actor is not None and actor.role in OVERSEERS and _reads_bare(filters, sort)
    return (*reaches(actor), NAMED) if bare else reaches(actor)


def reaches(actor: Actor | None) -> tuple[int, ...]:
    """The ranges that are open to all of the reader's kind."""
    if actor is None:
        return (CLEAR,)
    if actor.role in OVERSEERS:
        return (CLEAR, GREEN, AMBER)
    return (CLEAR, GREEN) if actor.verified and actor.agency_id is not None else (CLEAR,)


def reaches_alone(actor: Actor) -> tuple[int, ...]:
    """Where the few stand that only this reader may see."""
    return (NAMED,) if actor.role in OVERSEERS else (AMBER, NAMED)


def _reads_bare(filters: Filters, sort: Sort) -> bool:
    """Whether the list says nothing of what a request says, so that references alone may stand in it."""
    return sort is Sort.NEWEST and not filters.open_only and set(filters.used()) <= {"stage"}


# ------------------------------------------------------------------------------------------- the reader's own few


def _private(
    actor: Actor | None,
    filters: Filters,
    sort: Sort,
    private: frozenset[int],
    conditions: Sequence[ColumnElement[bool]],
) -> list[Row]:
    """Requests above GREEN that this reader may see: own, of counterparts, released by name."""
    if not private or actor is None or (actor.role in OVERSEERS and _reads_bare(filters, sort)):
        return []
    query = select(getattr(Request, _KEYS[sort]), Request.id).where(
        Request.id.in_(private),
        Request.stage.in_(STAGES[filters.stage]),
        Request.reach.in_(reaches_alone(actor)),
        readable(actor),
        *REQUESTS.having(filters.terms()),
        *conditions,
    )
    return [(key, id_) for key, id_ in db.session.execute(query)]


def privately_known(actor: Actor | None) -> frozenset[int]:
    """The few requests that this reader may know of where others may not; whether they may is asked again of each."""
    if actor is None:
        return frozenset()
    known = [select(RequestRelease.request_id).where(RequestRelease.person_id == actor.person_id)]
    if actor.agency_id is not None:
        own = select(Request.id).where(Request.agency_id == actor.agency_id, Request.stage > 0)
        known += [
            select(RequestRelease.request_id).where(RequestRelease.agency_id == actor.agency_id),
            select(RequestCounterpart.request_id).where(RequestCounterpart.agency_id == actor.agency_id),
            own.where(Request.reach.in_((AMBER, NAMED))),
        ]
    newest = [query.order_by(query.selected_columns[0].desc()).limit(PRIVATE) for query in known]
    return frozenset(db.session.scalars(union_all(*(select(query.subquery()) for query in newest))))


# ------------------------------------------------------------------------------------------- what terms do not say


def _conditions(actor: Actor | None, filters: Filters) -> list[ColumnElement[bool]]:
    """What each candidate is asked besides its terms, by look-ups of its own rows alone."""
    found: list[ColumnElement[bool]] = []
    if filters.never_pledged:
        found.append(Request.first_pledged_at.is_(None))
    if filters.needed:
        found.append(Request.needed_by <= filters.needed)
    if filters.least is not None or filters.most is not None:
        found.append(_line_that(_costs(filters), shown=True))
    if filters.unmet:
        found.append(and_(Request.state.in_(UNMET), _line_that(of_kind(filters.group, filters.line), shown=True)))
    if filters.open_only:
        another = Request.agency_id != actor.agency_id if actor is not None and actor.agency_id else true()
        found.append(and_(Request.state == RequestState.OPEN, another, _line_that(true(), shown=False)))
    return found


def _line_that(passes: ColumnElement[bool], *, shown: bool) -> ColumnElement[bool]:
    """The request has a line of which something is open that passes; with `shown`, one that nothing is withheld of."""
    line: list[ColumnElement[bool]] = [
        RequestLine.request_id == Request.id,
        RequestLine.live.is_(True),
        RequestLine.pledged < RequestLine.quantity,
        passes,
    ]
    if shown:
        name = literal(LINE).concat(cast(RequestLine.number, String))
        line.append(~exists().where(RequestField.request_id == RequestLine.request_id, RequestField.field == name))
    return exists().where(*line)


def of_kind(group: str, kind: str) -> ColumnElement[bool]:
    """Lines of a group of equipment, or of a kind of help; empty ones ask nothing."""
    keys = [one.key for one in EQUIPMENT.values() if one.group == group]
    return and_(
        RequestLine.category.in_(keys) if group else true(), RequestLine.kind == LineKind(kind) if kind else true()
    )


def _costs(filters: Filters) -> ColumnElement[bool]:
    """What is open of the line costs between the bounds, in whichever currency it was estimated.

    The bounds are converted, not the rows; and they are divided by the open quantity, because a product of cost and
    quantity could be larger than a number of the database.
    """
    open_ = RequestLine.quantity - RequestLine.pledged
    options = []
    for bound in bounds(filters):
        option = [RequestLine.est_currency == bound.currency]
        if bound.least is not None:
            option.append(RequestLine.est_minor >= (bound.least + open_ - 1) // open_)
        if bound.most is not None:
            option.append(RequestLine.est_minor <= bound.most // open_)
        options.append(and_(*option))
    return or_(*options)
