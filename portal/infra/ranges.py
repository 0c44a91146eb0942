"""Lists that merge a few ranges of an index, page by page, each statement looking at a bounded number of rows.

Rows that the same readers may see stand together in every index (a *range*), and so do those of one term. Where
filters combine, a page looks at no more than `CANDIDATES` rows of a range and of what it looks up for them; when these
are not enough the page is short and the next one goes on from there.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    bindparam,
    case,
    exists,
    func,
    literal,
    select,
    tuple_,
    union_all,
)

from portal.infra.db import db

PAGE = 20
CANDIDATES = 1_950
COUNT_CAP = 1_001
LOOKS_AHEAD = 3
TOGETHER = 40
"""So many ranges are read by one statement, which then looks at no more than `CANDIDATES` rows."""

Row = tuple[Any, int]
Groups = Sequence[frozenset[str]]
Conditions = Sequence[ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a list: the key and the id of a row. `before` asks for what stands before it."""

    key: datetime | date | int
    id: int
    before: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """The ids of one page, with the places where its neighbours go on."""

    ids: tuple[int, ...]
    next: Place | None
    previous: Place | None


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are; `more` when counting stopped before the end."""

    number: int
    more: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """How a list runs: the name of the column, from its largest value down or from its smallest up."""

    key: str
    down: bool
    backwards: bool = False

    @property
    def descending(self) -> bool:
        return self.down != self.backwards

    def sorted(self, rows: Iterable[Row]) -> list[Row]:
        return sorted(set(rows), reverse=self.descending)

    def past(self, row: Row, place: Row) -> bool:
        return row < place if self.descending else row > place


@dataclass(frozen=True, slots=True)
class Indexed:
    """A table that stands in ranges, and the table of the terms by which its rows are found.

    Both have an index of `parts`, a key of the order and the id; that of the terms has the term among the first.
    """

    table: type[Any]
    terms: type[Any]
    owner: str
    """The column of `terms` that names the row."""
    parts: tuple[str, ...]
    """Columns that are the same all over a range."""
    counted_by: str
    """A key of an index: counting in its order reads the range alone, where a database might scan the table."""

    def having(self, groups: Groups) -> list[ColumnElement[bool]]:
        """Rows of the table that have a term of each group."""
        owner = getattr(self.terms, self.owner)
        return [exists().where(owner == self.table.id, self.terms.term.in_(group)) for group in groups]


@dataclass(frozen=True, slots=True)
class Search:
    """What is asked of ranges that are open to many: in which of them, with which terms and conditions."""

    of: Indexed
    ranges: Sequence[Mapping[str, Any]]
    """Each by the values of `of.parts`."""
    groups: Groups = ()
    """A row has a term of each."""
    more: Conditions = ()
    """What each candidate is asked besides, by look-ups of its own rows alone."""
    narrowed: Mapping[str, Any] | None = None
    """Values that all ranges share and that stand before the term in the index."""

    def rows(self, order: Order, start: Row | None) -> tuple[list[Row], Row | None]:
        """Rows of every range, and the place up to which all of them were looked at, None when to the end."""
        driver, conditions = self._driven()
        walked = self._walked(driver)
        if not conditions:
            return self._unasked(walked, order, start), None
        rows: list[Row] = []
        frontiers: list[Row] = []
        for values in walked:
            found, stopped = self._range(values, conditions, order, start)
            rows += found
            frontiers += [stopped] if stopped else []
        nearest = (max if order.descending else min)(frontiers) if frontiers else None
        return rows, nearest

    def count(self, besides: int = 0) -> Count:
        """How many rows there are, with those known `besides`, counted no further than is worth it."""
        number, more = besides, False
        driver, conditions = self._driven()
        if not conditions and len(driver) <= 1:
            walked = self._walked(driver)
            number += db.session.scalar(_counted(self.of, bool(driver), len(walked)), _numbered(walked)) or 0
        else:
            for values in self.ranges:
                matching, cut = self._count_looking(values, sorted(driver), conditions)
                number, more = number + matching, more or cut
                if number >= COUNT_CAP:
                    break
        return Count(COUNT_CAP - 1, more=True) if number >= COUNT_CAP else Count(number, more)

    def _walked(self, driver: frozenset[str]) -> list[Mapping[str, Any]]:
        """Every range, once for each term that the index is walked by."""
        terms = [{"term": term} for term in sorted(driver)] or [{}]
        return [{**values, **term} for values in self.ranges for term in terms]

    def _unasked(self, walked: Sequence[Mapping[str, Any]], order: Order, start: Row | None) -> list[Row]:
        """A page's worth of each range: nothing is asked of its rows, so that one statement reads several."""
        rows: list[Row] = []
        place = {} if start is None else {"key": start[0], "last": start[1]}
        for first in range(0, len(walked), TOGETHER):
            some = walked[first : first + TOGETHER]
            walk = _walks(self.of, order.key, order.descending, "term" in some[0], start is not None, len(some))
            rows += [(row.key, row.id) for row in db.session.execute(walk, _numbered(some) | place)]
        return rows

    def _driven(self) -> tuple[frozenset[str], list[ColumnElement[bool]]]:
        """The group with the fewest rows, which the index is walked by, and what is looked up for each of them."""
        groups = list(self.groups)
        if len(groups) <= 1:
            return (groups[0] if groups else frozenset()), list(self.more)
        cap = max(CANDIDATES // sum(map(len, groups)), 1)
        sizes = [sum(self._at_most(term, cap) for term in group) for group in groups]
        driver = groups.pop(sizes.index(min(sizes)))
        return driver, [*self.of.having(groups), *self.more]

    def _at_most(self, term: str, cap: int) -> int:
        terms = self.of.terms
        query = select(literal(1)).where(terms.term == term)
        for name, value in (self.narrowed or {}).items():
            query = query.where(getattr(terms, name) == value)
        query = query.order_by(*(getattr(terms, name) for name in (*self.of.parts, self.of.counted_by)))
        return db.session.scalar(select(func.count()).select_from(query.limit(cap).subquery())) or 0

    def _range(
        self, values: Mapping[str, Any], conditions: Conditions, order: Order, start: Row | None
    ) -> tuple[list[Row], Row | None]:
        """One range of one index from `start` on: its rows, and where it stopped if not at its end or a page's worth."""
        asked = _numbered([values]) | ({} if start is None else {"key": start[0], "last": start[1]})
        most = _looked_at(conditions)
        inner = _walk(self.of, order.key, order.descending, "term" in values, start is not None, most).subquery()
        checked = select(inner.c.key, inner.c.id, self._passes(inner.c.id, conditions).label("ok"))
        rows_checked = db.session.execute(checked, asked).all()
        candidates = sorted(rows_checked, key=lambda row: row[:2], reverse=order.descending)
        found = [(key_, id__) for key_, id__, ok in candidates if ok is not None][: PAGE + 1]
        whole = len(candidates) < most or len(found) > PAGE
        return found, None if whole else (candidates[-1][0], candidates[-1][1])

    def _count_looking(self, values: Mapping[str, Any], terms: list[str], conditions: Conditions) -> tuple[int, bool]:
        """How many rows of a range have one of the terms and pass, and whether there were more to look at."""
        most = max(_looked_at(conditions) // max(len(terms), 1), 1)
        ranges = []
        for number, term in enumerate(terms or [None]):
            table, id_ = _table_and_id(self.of, term is not None)
            query = select(id_.label("id"), literal(number).label("range"))
            query = query.where(*(getattr(table, name) == value for name, value in values.items()))
            query = (query.where(table.term == term) if term else query).order_by(getattr(table, self.of.counted_by))
            ranges.append(select(query.limit(most).subquery()))
        inner = (union_all(*ranges) if len(ranges) > 1 else ranges[0]).subquery()
        passed = self._passes(inner.c.id, conditions) if conditions else inner.c.id
        seen = select(inner.c.id, inner.c.range, passed.label("ok")).subquery()
        sizes = [func.count(case((seen.c.range == number, 1))) for number in range(len(ranges))]
        matching, *looked = db.session.execute(select(func.count(seen.c.ok.distinct()), *sizes)).one()
        return matching, max(looked) >= most

    def _passes(self, id_: ColumnElement[int], conditions: Conditions) -> Any:
        """The id if its row passes, else null. A look-up for each, which no database turns into a whole scan."""
        return select(self.of.table.id).where(self.of.table.id == id_, *conditions).scalar_subquery()


def page_of(rows: Iterable[Row], frontier: Row | None, order: Order, start: Row | None) -> Found:
    """What is shown of the rows that were found: those past the start, as far as all ranges were looked at."""
    shown = order.sorted(rows)
    if start is not None:
        shown = [row for row in shown if order.past(row, start)]
    if frontier is not None:
        shown = [row for row in shown if not order.past(row, frontier)]
    return _cut(shown, frontier, order, start)


def looking_ahead(page: Callable[[Place | None], Found], place: Place | None) -> Found:
    """A page, an empty one only where a good look ahead found nothing."""
    found = page(place)
    for _ in range(LOOKS_AHEAD):
        onward = found.previous if place and place.before else found.next
        if found.ids or onward is None:
            break
        found = page(onward)
    return found


def _cut(rows: list[Row], frontier: Row | None, order: Order, start: Row | None) -> Found:
    shown, more = rows[:PAGE], len(rows) > PAGE
    last = shown[-1] if more else frontier
    onward = Place(*last, before=order.backwards) if last else None
    first = shown[0] if shown else start
    back = Place(*first, before=not order.backwards) if start and first else None
    if order.backwards:
        return Found(tuple(id_ for _, id_ in reversed(shown)), next=back, previous=onward)
    return Found(tuple(id_ for _, id_ in shown), next=onward, previous=back)


def _looked_at(conditions: Conditions) -> int:
    """How many rows a statement may look at when it reads each and one row for each condition too."""
    return max(CANDIDATES // (2 + len(conditions)), 1) if conditions else CANDIDATES


def _table_and_id(of: Indexed, by_term: bool) -> tuple[type[Any], Any]:
    return (of.terms, getattr(of.terms, of.owner)) if by_term else (of.table, of.table.id)


def _numbered(walked: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The values of several ranges, as the statements made here name them."""
    return {f"{name}_{number}": value for number, values in enumerate(walked) for name, value in values.items()}


@cache
def _walk(  # noqa: PLR0917
    of: Indexed, key_name: str, descending: bool, by_term: bool, started: bool, most: int, number: int = 0
) -> Select[Any]:
    """A range of an index in its order. Built once for each way: building it costs more than running it."""
    table, id_ = _table_and_id(of, by_term)
    key = getattr(table, key_name)
    query = _of_range(select(key.label("key"), id_.label("id")), of, table, by_term, number)
    if started:
        query = query.where(_beyond(key, id_, descending=descending))
    return (query.order_by(key.desc(), id_.desc()) if descending else query.order_by(key, id_)).limit(most)


@cache
def _walks(  # noqa: PLR0917
    of: Indexed, key_name: str, descending: bool, by_term: bool, started: bool, several: int
) -> Select[Any] | CompoundSelect[Any]:
    """A page's worth of each of several ranges."""
    walk = partial(_walk, of, key_name, descending, by_term, started, PAGE + 1)
    return walk() if several == 1 else _one_after_another([walk(number) for number in range(several)])


@cache
def _counted(of: Indexed, by_term: bool, several: int) -> Select[Any]:
    """How many rows several ranges have together, no more looked at than are counted."""
    table, id_ = _table_and_id(of, by_term)
    order = getattr(table, of.counted_by)
    ranges = [
        _of_range(select(id_.label("id")), of, table, by_term, number).order_by(order).limit(COUNT_CAP)
        for number in range(several)
    ]
    ids = ranges[0] if several == 1 else _one_after_another(ranges).limit(COUNT_CAP)
    return select(func.count()).select_from(ids.subquery())


def _one_after_another(queries: Sequence[Select[Any]]) -> CompoundSelect[Any]:
    return union_all(*(select(query.subquery()) for query in queries))


def _of_range(query: Select[Any], of: Indexed, table: type[Any], by_term: bool, number: int) -> Select[Any]:
    query = query.where(*(getattr(table, name) == bindparam(f"{name}_{number}") for name in of.parts))
    return query.where(table.term == bindparam(f"term_{number}")) if by_term else query


def _beyond(key: Any, id_: Any, *, descending: bool) -> ColumnElement[bool]:
    """Rows after the place of `key` and `last`: compared as one value, so that an index also starts among equal keys."""
    row = tuple_(key, id_)
    place = tuple_(bindparam("key", type_=key.type), bindparam("last", type_=id_.type))
    return row < place if descending else row > place
