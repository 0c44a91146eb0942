"""An index of posts of one kind: ranked fits and near misses of a post of the other kind, without looking at each.

Seven rules are sets ready-made per fact (bit rows), so that candidates are one AND per rule; dates and points are
array operations on the candidates alone. Posts come and go one by one, without rebuilding.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import repeat
from typing import Generic, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from portal.matching.bits import BitRows, Slots, flags_of, slots_of
from portal.matching.encode import Columns
from portal.matching.sides import SET_RULES, Needs, Offers, Points, Side, topic_points, with_dates
from portal.matching.types import RULES, Fit, NearMiss, Need, Offer, Score, Topics

Held = TypeVar("Held", bound=Need | Offer)
Asking = TypeVar("Asking", bound=Need | Offer)
Keys = NDArray[np.object_]
"""Keys of posts, texts."""


class Fits(Sequence[Fit]):
    """Ranked fits of one post: highest total first, equal totals by key. Counted at once, spelled out when read."""

    def __init__(self, keys: Keys, totals: NDArray[np.int32], parts: tuple[Points, ...], order: Slots) -> None:
        """`keys`, `totals` and the six `parts` of k posts in any order; `order` is their rank order; shapes (k,)."""
        self._keys, self._totals, self._parts, self._order = keys, totals, parts, order

    def __len__(self) -> int:
        return len(self._keys)

    @overload
    def __getitem__(self, wanted: int) -> Fit: ...
    @overload
    def __getitem__(self, wanted: slice) -> list[Fit]: ...
    def __getitem__(self, wanted: int | slice) -> Fit | list[Fit]:
        if isinstance(wanted, int):
            rank = range(len(self))[wanted]
            return next(self._spelled_out(slice(rank, rank + 1)))
        return list(self._spelled_out(wanted))

    def __iter__(self) -> Iterator[Fit]:
        return self._spelled_out(slice(None))

    def _spelled_out(self, wanted: slice) -> Iterator[Fit]:
        chosen = self._order[wanted]
        parts = (repeat(part) if isinstance(part, int) else part[chosen].tolist() for part in self._parts)
        return map(Fit, self._keys[chosen].tolist(), self._totals[chosen].tolist(), map(Score, *parts))


class Index(Generic[Held, Asking]):
    """Posts of one kind, asked by posts of the other. Make one with `of_offers` or `of_needs`."""

    def __init__(self, side: Side[Held, Asking], topics: Topics, posts: Iterable[Held] = ()) -> None:
        self.topics = topics
        self._side = side
        self._posts: dict[str, Held] = {}
        self._slots: dict[str, int] = {}
        self._keys: Keys = np.empty(0, dtype=np.object_)
        """Per slot, shape (capacity,): the key of its post, None in a free slot."""
        self._free: list[int] = []
        self._every = 0
        self._rows, self._columns = BitRows(), Columns()
        self._ranks: NDArray[np.int32] | None = None
        self._add_many(list(posts))

    def __len__(self) -> int:
        return len(self._posts)

    def __contains__(self, key: str) -> bool:
        return key in self._posts

    def __getitem__(self, key: str) -> Held:
        return self._posts[key]

    # ------------------------------------------------------------------------------------------------- posts

    def add(self, post: Held) -> None:
        """Take a post in; its key must be new."""
        slot = self._place(post)
        self._rows.mark(slot, self._side.facts(post, self.topics))

    def remove(self, key: str) -> None:
        """Let a post go; raises KeyError when it is not here."""
        post = self._posts.pop(key)
        slot = self._slots.pop(key)
        self._rows.unmark(slot, self._side.facts(post, self.topics))
        self._columns.erase(slot)
        self._keys[slot] = None
        self._free.append(slot)
        self._every &= ~(1 << slot)

    def replace(self, post: Held) -> None:
        """Take the new version of a post, or a new post."""
        if post.key in self._posts:
            self.remove(post.key)
        self.add(post)

    def _place(self, post: Held) -> int:
        """Give the post a slot and write its figures there."""
        if post.key in self._posts:
            raise ValueError(f"the post {post.key} is in the index already")
        if not self._free:
            self._reserve(2 * len(self._keys) + 1)
        slot = self._free.pop()
        self._columns.reserve(len(self._keys), len(post.windows))
        self._columns.write(slot, post, self._side.figures(post))
        self._posts[post.key], self._slots[post.key], self._keys[slot] = post, slot, post.key
        self._every |= 1 << slot
        self._ranks = None
        return slot

    def _reserve(self, capacity: int) -> None:
        """Make room for so many posts; the slots with the smallest numbers are used first."""
        self._free.extend(reversed(range(len(self._keys), capacity)))
        self._keys = np.pad(self._keys, (0, capacity - len(self._keys)), constant_values=None)  # type: ignore[call-overload]

    def _add_many(self, posts: list[Held]) -> None:
        self._reserve(len(posts))
        slots_of_facts: defaultdict[Hashable, list[int]] = defaultdict(list)
        for post in posts:
            slot = self._place(post)
            for fact in self._side.facts(post, self.topics):
                slots_of_facts[fact].append(slot)
        self._rows.mark_many(slots_of_facts)

    # --------------------------------------------------------------------------------------------- questions

    def fits(self, asking: Asking) -> Fits:
        """Return the posts that keep every rule together with `asking`, the best first."""
        bits = self._every
        for keeping in self._side.keeping(self._rows, self._every, asking):
            bits &= keeping
        slots, dates = with_dates(self._columns, slots_of(bits, len(self._keys)), asking)
        shared = flags_of(self._rows.union(("topic", topic) for topic in asking.topics), len(self._keys))
        language, preferred, costs, band = self._side.points(self._columns, slots, asking)
        topic = topic_points(shared[slots])
        totals = topic + language + dates + preferred + costs + band
        order = (self._by_key()[slots] - totals * np.int64(len(self._keys))).argsort()
        return Fits(self._keys[slots], totals, (topic, language, dates, preferred, costs, band), order)

    def _by_key(self) -> NDArray[np.int32]:
        """Rank of each slot when its post is sorted by key, shape (slots,); kept until a post comes or goes."""
        if self._ranks is None:
            self._ranks = np.zeros(len(self._keys), dtype=np.int32)
            self._ranks[[self._slots[key] for key in sorted(self._slots)]] = np.arange(len(self._slots))
        return self._ranks

    def near_misses(self, asking: Asking) -> list[NearMiss]:
        """Return the posts that break exactly one rule together with `asking`: by rule as published, then by key."""
        keeping = list(self._side.keeping(self._rows, self._every, asking))
        all_kept, one_broken = self._every, 0
        for kept in keeping:
            one_broken = (one_broken & kept) | (all_kept & ~kept)
            all_kept &= kept
        dates_kept = self._with_dates(all_kept | one_broken, asking)
        missed = {rule: one_broken & ~kept & dates_kept for rule, kept in zip(SET_RULES, keeping, strict=True)}
        missed["dates"] = all_kept & ~dates_kept
        return [NearMiss(key, rule) for rule in RULES for key in self._keys_of(missed[rule])]

    def _with_dates(self, bits: int, asking: Asking) -> int:
        slots, _ = with_dates(self._columns, slots_of(bits, len(self._keys)), asking)
        flags = np.zeros(len(self._keys), dtype=np.bool_)
        flags[slots] = True
        return int.from_bytes(np.packbits(flags, bitorder="little").tobytes(), "little")

    def _keys_of(self, bits: int) -> list[str]:
        return sorted(self._keys[slots_of(bits, len(self._keys))].tolist())


def of_offers(offers: Iterable[Offer], topics: Topics) -> Index[Offer, Need]:
    """Return an index of offers, which needs ask."""
    return Index(Offers(), topics, offers)


def of_needs(needs: Iterable[Need], topics: Topics) -> Index[Need, Offer]:
    """Return an index of needs, which offers ask."""
    return Index(Needs(), topics, needs)
