"""Posts written as facts (for bit rows) and as figures (for columns), so that rules and points become set and array
operations. The words of a fact: what the *other* side asks about.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from portal.matching.rules import (
    NO_LANGUAGE_ASKED,
    NO_PREFERENCE,
    ONLY_INTERPRETER,
    POINTS_PER_COST,
    PREFERENCE_POINTS,
)
from portal.matching.types import CLEARANCE_RANK, LEVEL_RANK, LEVELS, Need, Offer, Topics

Column = NDArray[np.int32]
"""One figure per slot, shape (capacity,)."""

NEVER = (0, -10_000_000)
"""Last day and negated first day of the window that an unused place stands for: it overlaps nothing."""


Facts = Iterator[Hashable]


def topic_facts(post: Need | Offer, topics: Topics) -> Facts:
    fitting: set[str] = set()
    for topic in post.topics:
        yield "topic", topic
        fitting |= topics.related(topic)
    for topic in fitting:
        yield "fits topic", topic


def place_facts(post: Need | Offer, _topics: Topics) -> Facts:
    yield "agency", post.agency
    if post.state:
        yield "state", post.state


def states_facts(post: Need | Offer, _topics: Topics) -> Facts:
    if not post.accepts_states:
        yield "accepts all"
    for state in post.accepts_states:
        yield "accepts", state
    for state in post.excludes_states:
        yield "excludes", state


def language_facts(offer: Offer, _topics: Topics) -> Facts:
    if offer.interpreter or not offer.languages:
        yield "any language"
    for code, level in offer.languages.items():
        for rank in range(LEVEL_RANK[level], len(LEVELS) + 1):
            yield "satisfied by", code, rank


def grade_facts(offer: Offer, _topics: Topics) -> Facts:
    for band in range(offer.band_min, offer.band_max + 1):
        yield "band", band
    for rank in range(CLEARANCE_RANK[offer.clearance], len(CLEARANCE_RANK)):
        yield "open to clearance", rank
    for kind in offer.covers_costs:
        yield "covers", kind


OFFER_ASPECTS: tuple[tuple[Callable[[Offer], Hashable], Callable[[Offer, Topics], Facts]], ...] = (
    (lambda offer: (offer.agency, offer.state), place_facts),
    (lambda offer: offer.topics, topic_facts),
    (lambda offer: (offer.accepts_states, offer.excludes_states), states_facts),
    (lambda offer: (offer.interpreter, *offer.languages.items()), language_facts),
    (lambda offer: (offer.band_min, offer.band_max, offer.clearance, offer.covers_costs), grade_facts),
)
"""What an aspect of an offer depends on, and its facts: offers that are alike in it have the same facts."""


def offer_facts(offer: Offer, topics: Topics) -> Facts:
    """Facts of an offer, as needs ask for them."""
    for _, facts in OFFER_ASPECTS:
        yield from facts(offer, topics)


def need_facts(need: Need, topics: Topics) -> Facts:
    """Facts of a need, as offers ask for them."""
    for facts in (place_facts, topic_facts, states_facts):
        yield from facts(need, topics)
    for code, level in need.languages.items():
        for rank in range(1, LEVEL_RANK[level] + 1):
            yield "speaks", code, rank
    yield "band", need.band
    for rank in range(CLEARANCE_RANK[need.clearance] + 1):
        yield "cleared for", rank
    for kind in need.requires_costs:
        yield "requires", kind


def _common_figures(post: Need | Offer) -> Iterator[tuple[Hashable, int]]:
    yield "min days", post.min_days
    yield "max days", post.max_days
    for code, level in post.languages.items():
        yield ("level", code), LEVEL_RANK[level]


def offer_figures(offer: Offer) -> Iterator[tuple[Hashable, int]]:
    """Figures of an offer: column -> whole number; a column not named holds 0."""
    yield from _common_figures(offer)
    yield "language at least", language_at_least(offer)
    yield "cost points", POINTS_PER_COST * len(offer.covers_costs)
    yield "twice the middle band", offer.band_min + offer.band_max


def need_figures(need: Need) -> Iterator[tuple[Hashable, int]]:
    """Figures of a need: column -> whole number; a column not named holds 0."""
    yield from _common_figures(need)
    yield "twice the band", 2 * need.band
    if not need.prefers_states:
        yield "no preference", NO_PREFERENCE
    for state, points in preference_points(need).items():
        yield ("prefers", state), points


def language_at_least(offer: Offer) -> int:
    """Points for language that even a need without any of the languages has."""
    if not offer.languages:
        return NO_LANGUAGE_ASKED
    return ONLY_INTERPRETER if offer.interpreter else 0


def preference_points(need: Need) -> Mapping[str, int]:
    """State -> points, for the States that the need names."""
    return preferred(need.prefers_states)


def preferred(names: Iterable[str]) -> Mapping[str, int]:
    """State -> points, for States named in this order."""
    last = len(PREFERENCE_POINTS) - 1
    points: dict[str, int] = {}
    for rank, state in enumerate(names):
        points.setdefault(state, PREFERENCE_POINTS[min(rank, last)])
    return points


class Columns:
    """Figures of all posts, a column of int32 per kind of figure, and their windows as day numbers.

    `spans`: shape (2, most windows of a post, capacity), the last days and then the negated first days, so that one
    `minimum` cuts both ends; places that a post does not use hold NEVER.
    """

    def __init__(self) -> None:
        self.capacity = 0
        self._columns: dict[Hashable, Column] = {}
        self.spans: NDArray[np.int32] = np.empty((2, 0, 0), dtype=np.int32)
        self.states: dict[str, int] = {}
        """State -> its number, from 1, in the column `state`; 0 there means none."""
        self.get = self._columns.get

    def __getitem__(self, name: Hashable) -> Column:
        return self._columns[name] if name in self._columns else np.zeros(self.capacity, dtype=np.int32)

    def reserve(self, capacity: int, windows: int) -> None:
        """Make room for slots below `capacity`, and for posts with so many windows."""
        _, old_height, old_width = self.spans.shape
        height, width = max(windows, old_height, 1), max(capacity, old_width)
        if (height, width) == (old_height, old_width):
            return
        grown = np.empty((2, height, width), dtype=np.int32)
        grown[0], grown[1] = NEVER
        grown[:, :old_height, :old_width] = self.spans
        self.spans, right = grown, width - old_width
        for name, column in self._columns.items():
            self._columns[name] = np.pad(column, (0, right))
        self.capacity = width

    def write(self, slot: int, post: Need | Offer, figures: Iterator[tuple[Hashable, int]]) -> None:
        state = self.states.setdefault(post.state, len(self.states) + 1) if post.state else 0
        for name, value in (("state", state), *figures):
            column = self._columns.get(name)
            if column is None:
                column = self._columns[name] = np.zeros(self.capacity, dtype=np.int32)
            column[slot] = value
        for place, (first, last) in enumerate(post.windows):
            self.spans[:, place, slot] = last.toordinal(), -first.toordinal()

    def erase(self, slot: int) -> None:
        for column in self._columns.values():
            column[slot] = 0
        self.spans[0, :, slot], self.spans[1, :, slot] = NEVER
