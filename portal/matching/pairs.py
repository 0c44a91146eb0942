"""All feasible pairs of many needs with many offers at once, with their points: the rules as rows of bits, in blocks.

Needs that are alike in what a rule looks at share its row, so a block of needs takes one AND per rule. What is left
is listed, and dates and points are array operations on that list.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from portal.matching import encode
from portal.matching.bits import BitRows
from portal.matching.rules import (
    BAND_BEST,
    BAND_LOSS_LIMIT,
    DATES_BASE,
    DATES_EXTRA,
    NO_PREFERENCE,
    NOT_PREFERRED,
    POINTS_PER_COST,
    RELATED_TOPIC,
    SHARED_TOPIC,
)
from portal.matching.sides import ASKED_BY_NEEDS, LANGUAGE_TABLE
from portal.matching.types import LEVEL_RANK, Need, Offer, Score, Topics

Octets = NDArray[np.uint8]
Numbered = NDArray[np.int32]
Figures = NDArray[np.int32]

BLOCK = 512
"""Needs whose rows are combined at a time: with 10,000 offers the block stays inside the cache."""
CHUNK = 16_384
"""Pairs whose dates are compared at a time, for the same reason."""
NEVER = encode.NEVER


@dataclass(frozen=True, slots=True)
class Pairs:
    """Feasible pairs by number of need and then of offer; numbers count the posts in the order they were given in."""

    need: Numbered
    offer: Numbered
    parts: NDArray[np.int8]
    """Points in the published order of the parts, shape (6, pairs)."""

    def __len__(self) -> int:
        return len(self.need)

    @property
    def totals(self) -> NDArray[np.int64]:
        return self.parts.sum(axis=0, dtype=np.int64)

    def score(self, pair: int) -> Score:
        return Score(*self.parts[:, pair].tolist())

    def find(self, need: int, offer: int) -> int | None:
        """Return the number of a pair, None when it is not feasible."""
        first, last = np.searchsorted(self.need, [need, need + 1])
        place = int(first + np.searchsorted(self.offer[first:last], offer))
        return place if place < last and self.offer[place] == offer else None

    def without(self, gone: NDArray[np.intp]) -> "Pairs":
        """Return the pairs but for those with the numbers given."""
        return Pairs(np.delete(self.need, gone), np.delete(self.offer, gone), np.delete(self.parts, gone, axis=1))


def feasible_pairs(needs: Sequence[Need], offers: Sequence[Offer], topics: Topics) -> Pairs:
    """Return every pair that keeps all rules."""
    rows = _rows_of_offers(offers, topics)
    every = (1 << len(offers)) - 1
    tables = [
        _Table.of(needs, value, lambda need, row=row: row(rows, every, need))  # type: ignore[misc]
        for value, row in ASKED_BY_NEEDS
    ]
    need, offer = _listed(tables, len(needs), len(offers))
    need, offer, least, days = _with_dates(needs, offers, need, offer)
    parts = np.empty((len(Score._fields), len(need)), dtype=np.int8)
    shares = _Table.of(needs, lambda post: post.topics, lambda post: rows.union(("topic", key) for key in post.topics))
    shared = shares.bits(need, offer, len(offers))
    parts[0] = RELATED_TOPIC + (SHARED_TOPIC - RELATED_TOPIC) * shared
    parts[1] = _language_points(needs, offers, need, offer)
    parts[2] = DATES_BASE + np.minimum(DATES_EXTRA, DATES_EXTRA * (days - least) // least)
    parts[3] = _preferred_points(needs, offers, need, offer)
    parts[4] = _column(offers, lambda post: POINTS_PER_COST * len(post.covers_costs))[offer]
    off_middle = _column(needs, lambda post: 2 * post.band)[need]
    off_middle -= _column(offers, lambda post: post.band_min + post.band_max)[offer]
    parts[5] = BAND_BEST - np.minimum(BAND_LOSS_LIMIT, np.abs(off_middle))
    return Pairs(need, offer, parts)


def _column(posts: Sequence[Need] | Sequence[Offer], figure: Callable[..., int]) -> Figures:
    return np.fromiter((figure(post) for post in posts), dtype=np.int32, count=len(posts))


def _rows_of_offers(offers: Sequence[Offer], topics: Topics) -> BitRows:
    """Fact -> offers of which it is true; offers that are alike in an aspect are marked together."""
    slots_of_facts: defaultdict[Hashable, list[int]] = defaultdict(list)
    for value, facts in encode.OFFER_ASPECTS:
        alike: defaultdict[Hashable, list[int]] = defaultdict(list)
        for slot, offer in enumerate(offers):
            alike[value(offer)].append(slot)
        for slots in alike.values():
            for fact in facts(offers[slots[0]], topics):
                slots_of_facts[fact] += slots
    rows = BitRows()
    rows.mark_many(slots_of_facts)
    return rows


# ------------------------------------------------------------------------------------------------- rows of bits


@dataclass(frozen=True, slots=True)
class _Table:
    """Per need the number of a row, and the rows: large integers whose bit i is offer i."""

    row_of_need: NDArray[np.intp]
    rows: list[int]

    @classmethod
    def of(cls, needs: Sequence[Need], value: Callable[[Need], Hashable], row: Callable[[Need], int]) -> "_Table":
        numbers: dict[Hashable, int] = {}
        rows: list[int] = []
        row_of_need = np.empty(len(needs), dtype=np.intp)
        for slot, need in enumerate(needs):
            key = value(need)
            number = numbers.get(key)
            if number is None:
                number = numbers[key] = len(rows)
                rows.append(row(need))
            row_of_need[slot] = number
        return cls(row_of_need, rows)

    def octets(self, offers: int) -> Octets:
        """Return the rows as octets, the lowest bit first, shape (rows, a multiple of 8)."""
        width = 8 * -(-offers // 64)
        text = b"".join(row.to_bytes(width, "little") for row in self.rows)
        return np.frombuffer(text, dtype=np.uint8).reshape(len(self.rows), width)

    def bits(self, need: Numbered, offer: Numbered, offers: int) -> NDArray[np.bool_]:
        """Return the bit of each pair, shape (pairs,)."""
        octets = self.octets(offers)
        places = self.row_of_need[need] * octets.shape[1] + (offer >> 3)
        return (octets.ravel()[places] >> (offer & 7).astype(np.uint8) & 1).astype(np.bool_)


def _listed(tables: list[_Table], needs: int, offers: int) -> tuple[Numbered, Numbered]:
    """Return the pairs whose bit is set in the rows of every table."""
    octets = [table.octets(offers) for table in tables]
    found = [
        _block(octets, [table.row_of_need[start : start + BLOCK] for table in tables], start)
        for start in range(0, needs if offers else 0, BLOCK)
    ]
    if not found:
        return np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int32)
    return np.concatenate([need for need, _ in found]), np.concatenate([offer for _, offer in found])


def _block(octets: list[Octets], chosen: list[NDArray[np.intp]], start: int) -> tuple[Numbered, Numbered]:
    left = octets[0].view(np.uint64)[chosen[0]]
    for rows, numbers in zip(octets[1:], chosen[1:], strict=True):
        left &= rows.view(np.uint64)[numbers]
    flat = left.view(np.uint8).ravel()
    filled = np.flatnonzero(flat)
    octet, bit = np.unpackbits(flat[filled], bitorder="little").reshape(-1, 8).nonzero()
    need, place = np.divmod(filled, left.shape[1] * 8)
    return (start + need[octet]).astype(np.int32), (place[octet] * 8 + bit).astype(np.int32)


# ------------------------------------------------------------------------------------------------- dates and points


def _spans(posts: Sequence[Need] | Sequence[Offer]) -> NDArray[np.int32]:
    """Return last days and negated first days, shape (most windows, 2, posts); unused places overlap nothing."""
    height = max((len(post.windows) for post in posts), default=0)
    spans = np.empty((height, 2, len(posts)), dtype=np.int32)
    spans[:, 0], spans[:, 1] = NEVER
    for slot, post in enumerate(posts):
        for place, (first, last) in enumerate(post.windows):
            spans[place, 0, slot] = last.toordinal()
            spans[place, 1, slot] = -first.toordinal()
    return spans


def _longest_overlaps(ours: NDArray[np.int32], theirs: NDArray[np.int32]) -> Figures:
    """Return the longest overlap of each pair in days, 0 or less for none; spans of shape (windows, 2, pairs)."""
    longest = np.zeros(ours.shape[2], dtype=np.int32)
    common = np.empty((2, ours.shape[2]), dtype=np.int32)
    for window in ours:
        for other in theirs:
            np.minimum(window, other, out=common)
            np.add(common[0], common[1], out=common[0])
            common[0] += 1
            np.maximum(longest, common[0], out=longest)
    return longest


def _with_dates(
    needs: Sequence[Need], offers: Sequence[Offer], need: Numbered, offer: Numbered
) -> tuple[Numbered, Numbered, Figures, Figures]:
    """Return the pairs that keep the rule on dates as well, with L and D of each."""
    least = np.maximum(_column(needs, lambda post: post.min_days)[need], _column(offers, lambda p: p.min_days)[offer])
    most = np.minimum(_column(needs, lambda post: post.max_days)[need], _column(offers, lambda p: p.max_days)[offer])
    kept = np.flatnonzero(least <= most)
    need, offer, least = need[kept], offer[kept], least[kept]
    days = np.empty(len(need), dtype=np.int32)
    ours, theirs = _spans(needs), _spans(offers)
    for start in range(0, len(need), CHUNK):
        part = slice(start, start + CHUNK)
        days[part] = _longest_overlaps(ours[..., need[part]], theirs[..., offer[part]])
    kept = np.flatnonzero(days >= least)
    return need[kept], offer[kept], least[kept], days[kept]


def _language_points(needs: Sequence[Need], offers: Sequence[Offer], need: Numbered, offer: Numbered) -> Figures:
    points = _column(offers, encode.language_at_least)[offer]
    for code in sorted(_codes(needs) & _codes(offers)):
        has = _column(needs, lambda post, code=code: LEVEL_RANK.get(post.languages.get(code, ""), 0))
        asked = _column(offers, lambda post, code=code: LEVEL_RANK.get(post.languages.get(code, ""), 0))
        np.maximum(points, LANGUAGE_TABLE.ravel()[LANGUAGE_TABLE.shape[1] * has[need] + asked[offer]], out=points)
    return points


def _codes(posts: Sequence[Need] | Sequence[Offer]) -> set[str]:
    return {code for post in posts for code in post.languages}


def _preferred_points(needs: Sequence[Need], offers: Sequence[Offer], need: Numbered, offer: Numbered) -> Figures:
    states = {state: number for number, state in enumerate(sorted({post.state or "" for post in offers}))}
    numbers: dict[tuple[str, ...], int] = {}
    row_of_need = _column(needs, lambda post: numbers.setdefault(post.prefers_states, len(numbers)))
    table = np.full((len(numbers), len(states)), NOT_PREFERRED, dtype=np.int32)
    for names, row in numbers.items():
        if not names:
            table[row] = NO_PREFERENCE
        for state, points in encode.preferred(names).items():
            if state in states:
                table[row, states[state]] = points
    column = _column(offers, lambda post: states[post.state or ""])
    return table.ravel()[row_of_need[need] * len(states) + column[offer]]


def named(pairs: Pairs, needs: Sequence[Need], offers: Sequence[Offer]) -> Iterator[tuple[str, str, Score]]:
    """Spell all pairs out, in their order."""
    parts = (part.tolist() for part in pairs.parts)
    for need, offer, *points in zip(pairs.need.tolist(), pairs.offer.tolist(), *parts, strict=True):
        yield needs[need].key, offers[offer].key, Score(*points)
