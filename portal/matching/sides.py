"""The rules as set operations and the points as array operations: a need asks offers, an offer asks needs."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from portal.matching import encode
from portal.matching.bits import BitRows, Slots
from portal.matching.encode import Column, Columns
from portal.matching.rules import (
    BAND_BEST,
    BAND_LOSS_LIMIT,
    DATES_BASE,
    DATES_EXTRA,
    LANGUAGE_POINTS,
    NO_PREFERENCE,
    NOT_PREFERRED,
    POINTS_PER_COST,
    RELATED_TOPIC,
    SHARED_TOPIC,
)
from portal.matching.types import CLEARANCE_RANK, COSTS, LEVEL_RANK, LEVELS, Need, Offer, Topics

Held_contra = TypeVar("Held_contra", bound=Need | Offer, contravariant=True)
Asking_contra = TypeVar("Asking_contra", bound=Need | Offer, contravariant=True)
Points = int | NDArray[np.int32]
"""Points of each of k posts, shape (k,), or one figure that all of them share."""

SET_RULES = ("same_agency_or_state", "topic", "language", "band", "states", "clearance", "costs")
"""The rules decided by sets alone; `dates` needs arithmetic on the posts that are left."""


def _language_table() -> NDArray[np.int32]:
    """Points for (level of the need, level asked), shape (7, 7); level 0 is "not at all" or "not asked"."""
    table = np.zeros((len(LEVELS) + 1, len(LEVELS) + 1), dtype=np.int32)
    for has in range(1, len(LEVELS) + 1):
        for asked in range(1, has + 1):
            table[has, asked] = LANGUAGE_POINTS[min(has - asked, len(LANGUAGE_POINTS) - 1)]
    return table


LANGUAGE_TABLE = _language_table()


class Side(Protocol[Held_contra, Asking_contra]):
    """How posts of one kind are held in an index, and how a post of the other kind asks it."""

    def facts(self, post: Held_contra, topics: Topics) -> Iterator[Hashable]: ...

    def figures(self, post: Held_contra) -> Iterator[tuple[Hashable, int]]: ...

    def keeping(self, rows: BitRows, every: int, asking: Asking_contra) -> Iterator[int]:
        """Per rule of SET_RULES, the slots of posts that keep it together with `asking`."""
        ...

    def points(self, columns: Columns, slots: Slots, asking: Asking_contra) -> tuple[Points, Points, Points, Points]:
        """Points of feasible posts for language, preferred State, costs and band."""
        ...


# ---------------------------------------------------------------------------------------------- shared by both sides


def _other_agencies_and_states(rows: BitRows, every: int, asking: Need | Offer) -> int:
    own = rows["agency", asking.agency]
    if asking.state:
        own |= rows["state", asking.state]
    return every & ~own


def _topics(rows: BitRows, asking: Need | Offer) -> int:
    return rows.union(("fits topic", topic) for topic in asking.topics)


def _states(rows: BitRows, every: int, asking: Need | Offer) -> int:
    keeping = rows["accepts all"]
    if asking.state:
        keeping = (keeping | rows["accepts", asking.state]) & ~rows["excludes", asking.state]
    if asking.accepts_states:
        keeping &= rows.union(("state", state) for state in asking.accepts_states)
    if asking.excludes_states:
        keeping &= ~rows.union(("state", state) for state in asking.excludes_states)
    return every & keeping


def topic_points(shared: NDArray[np.bool_]) -> Points:
    """Points for a shared or a related topic; `shared` has a flag per post."""
    return RELATED_TOPIC + (SHARED_TOPIC - RELATED_TOPIC) * shared.astype(np.int32)


def with_dates(columns: Columns, slots: Slots, asking: Need | Offer) -> tuple[Slots, NDArray[np.int32]]:
    """Return the slots of posts that keep the rule on dates as well, and the points of each for them."""
    if not asking.windows or not len(slots):
        return slots[:0], np.zeros(0, dtype=np.int32)
    ours = np.array([((last.toordinal(),), (-first.toordinal(),)) for first, last in asking.windows], dtype=np.int32)
    # shape (our windows, 2, their windows, posts): last days and negated first days of what both have in common
    common = np.minimum(columns.spans.take(slots, axis=2), ours[..., np.newaxis])
    days = (common[:, 0] + common[:, 1]).reshape(-1, len(slots)).max(axis=0) + 1
    least = np.maximum(columns["min days"].take(slots), asking.min_days)
    most = np.minimum(columns["max days"].take(slots), asking.max_days)
    kept = (least <= np.minimum(days, most)).nonzero()[0]
    least, days = least[kept], days[kept]
    return slots[kept], DATES_BASE + np.minimum(DATES_EXTRA, DATES_EXTRA * (days - least) // least)


def _best(at_least: Points, per_language: Iterable[Column]) -> Points:
    for points in per_language:
        at_least = np.maximum(at_least, points)
    return at_least


def _band_points(off_middle: NDArray[np.int32]) -> Points:
    return BAND_BEST - np.minimum(BAND_LOSS_LIMIT, np.abs(off_middle))


# ------------------------------------------------------------------------------------------------------ a need asks


def _languages_asked(rows: BitRows, _every: int, asking: Need) -> int:
    spoken = (("satisfied by", code, LEVEL_RANK[level]) for code, level in asking.languages.items())
    return rows["any language"] | rows.union(spoken)


def _costs_covered(rows: BitRows, every: int, asking: Need) -> int:
    for kind in asking.requires_costs:
        every &= rows["covers", kind]
    return every


ASKED_BY_NEEDS: tuple[tuple[Callable[[Need], Hashable], Callable[[BitRows, int, Need], int]], ...] = (
    (lambda need: (need.agency, need.state), _other_agencies_and_states),
    (lambda need: need.topics, lambda rows, _, need: _topics(rows, need)),
    (lambda need: tuple(need.languages.items()), _languages_asked),
    (lambda need: need.band, lambda rows, _, need: rows["band", need.band]),
    (lambda need: (need.state, need.accepts_states, need.excludes_states), _states),
    (lambda need: need.clearance, lambda rows, _, need: rows["open to clearance", CLEARANCE_RANK[need.clearance]]),
    (lambda need: need.requires_costs, _costs_covered),
)
"""Per rule of SET_RULES: what of a need it depends on, and the offers that keep it together with such a need."""


class Offers:
    """Offers in an index, asked by a need."""

    def facts(self, post: Offer, topics: Topics) -> Iterator[Hashable]:
        return encode.offer_facts(post, topics)

    def figures(self, post: Offer) -> Iterator[tuple[Hashable, int]]:
        return encode.offer_figures(post)

    def keeping(self, rows: BitRows, every: int, asking: Need) -> Iterator[int]:
        return (row(rows, every, asking) for _, row in ASKED_BY_NEEDS)

    def points(self, columns: Columns, slots: Slots, asking: Need) -> tuple[Points, Points, Points, Points]:
        levels = ((LEVEL_RANK[level], columns.get(("level", code))) for code, level in asking.languages.items())
        return (
            _best(
                columns["language at least"][slots],
                (LANGUAGE_TABLE[has][asked[slots]] for has, asked in levels if asked is not None),
            ),
            self._preferred(columns, slots, asking),
            columns["cost points"][slots],
            _band_points(2 * asking.band - columns["twice the middle band"][slots]),
        )

    def _preferred(self, columns: Columns, slots: Slots, asking: Need) -> Points:
        if not asking.prefers_states:
            return NO_PREFERENCE
        points = np.full(len(columns.states) + 1, NOT_PREFERRED, dtype=np.int32)
        for state, worth in encode.preference_points(asking).items():
            if state in columns.states:
                points[columns.states[state]] = worth
        return points[columns["state"][slots]]


# ----------------------------------------------------------------------------------------------------- an offer asks


class Needs:
    """Needs in an index, asked by an offer."""

    def facts(self, post: Need, topics: Topics) -> Iterator[Hashable]:
        return encode.need_facts(post, topics)

    def figures(self, post: Need) -> Iterator[tuple[Hashable, int]]:
        return encode.need_figures(post)

    def keeping(self, rows: BitRows, every: int, asking: Offer) -> Iterator[int]:
        yield _other_agencies_and_states(rows, every, asking)
        yield _topics(rows, asking)
        asked = (("speaks", code, LEVEL_RANK[level]) for code, level in asking.languages.items())
        yield every if encode.language_at_least(asking) else rows.union(asked)
        yield rows.union(("band", band) for band in range(asking.band_min, asking.band_max + 1))
        yield _states(rows, every, asking)
        yield rows["cleared for", CLEARANCE_RANK[asking.clearance]]
        yield every & ~rows.union(("requires", kind) for kind in COSTS if kind not in asking.covers_costs)

    def points(self, columns: Columns, slots: Slots, asking: Offer) -> tuple[Points, Points, Points, Points]:
        levels = ((LEVEL_RANK[level], columns.get(("level", code))) for code, level in asking.languages.items())
        preferred = columns["no preference"][slots]
        if asking.state:
            preferred = np.maximum(preferred, columns["prefers", asking.state][slots])
        return (
            _best(
                encode.language_at_least(asking),
                (LANGUAGE_TABLE[:, asked][has[slots]] for asked, has in levels if has is not None),
            ),
            preferred,
            POINTS_PER_COST * len(asking.covers_costs),
            _band_points(columns["twice the band"][slots] - asking.band_min - asking.band_max),
        )
