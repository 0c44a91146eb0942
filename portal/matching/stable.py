"""Deferred acceptance: officers propose from the top of their lists, offers keep the best who asked.

Each officer of a need is one proposer with the list of the need, so whole groups propose at once. No officer can do
better in any stable matching.
"""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from portal.matching.lottery import draws
from portal.matching.market import LOTTERY_BITS, Market, Numbered, Whole
from portal.matching.problem import Problem

UNNAMED = np.iinfo(np.int32).max
Numbers = Mapping[str, int]
Lists = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Ranks:
    """Rank of each pair in the list of its need and in that of its offer, 0 is best; shapes (pairs,)."""

    of_needs: Numbered
    of_offers: Numbered


def orders(market: Market, problem: Problem) -> Ranks:
    """Rank all pairs of a problem."""
    needs = {post.key: number for number, post in enumerate(problem.needs)}
    offers = {post.key: number for number, post in enumerate(problem.offers)}
    return ranked(market, needs, offers, problem.rankings.needs, problem.rankings.offers)


def ranked(market: Market, needs: Numbers, offers: Numbers, by_needs: Lists, by_offers: Lists) -> Ranks:
    """Rank all pairs: those that a list names come first as named, the others by points; the lottery parts equals."""
    named_by_needs, named_by_offers = _places(by_needs, needs, offers), _places(by_offers, offers, needs)
    code = market.need.astype(np.int64) * len(offers) + market.offer
    of_needs = named_by_needs.of(code, named_by_needs.ours * len(offers) + named_by_needs.theirs)
    of_offers = named_by_offers.of(code, named_by_offers.theirs * len(offers) + named_by_offers.ours)
    return Ranks(_ranks(market, market.need, of_needs), _ranks(market, market.offer, of_offers))


@dataclass(frozen=True, slots=True)
class _Named:
    """What lists name: the number of who has the list, of who is named, and the place in the list; shapes (named,)."""

    ours: Whole
    theirs: Whole
    place: Whole

    def of(self, code: Whole, named: Whole) -> Whole | None:
        """Return the place of each pair, UNNAMED where it has none; None for no lists. `code` rises with the pairs."""
        if not len(named) or not len(code):
            return None
        first = np.full(len(code), UNNAMED, dtype=np.int64)
        pair = np.minimum(np.searchsorted(code, named), len(code) - 1)
        found = code[pair] == named
        first[pair[found]] = self.place[found]
        return first


def _places(lists: Lists, ours: Numbers, theirs: Numbers) -> _Named:
    sizes = np.fromiter(map(len, lists.values()), dtype=np.int64, count=len(lists))
    count = int(sizes.sum())
    named = np.fromiter(map(theirs.__getitem__, chain.from_iterable(lists.values())), dtype=np.int64, count=count)
    who = np.fromiter(map(ours.__getitem__, lists), dtype=np.int64, count=len(lists))
    return _Named(np.repeat(who, sizes), named, np.arange(count) - np.repeat(np.cumsum(sizes) - sizes, sizes))


def _ranks(market: Market, ours: Numbered, first: Whole | None) -> Numbered:
    """Return the rank of each pair among those of the same post of `ours`; equals in all else stand in order of pairs."""
    keys: list[NDArray[np.integer]] = [ours]
    if first is not None:
        keys.insert(0, first)
    if first is None or first.max(initial=0) == UNNAMED:
        lots = draws(market.need_numbers[market.need], market.offer_numbers[market.offer], LOTTERY_BITS)
        keys[:0] = [-lots, -market.points]
    order = np.lexsort(keys)
    together = ours[order]
    first_of = np.searchsorted(together, np.arange(together.max(initial=-1) + 1))
    ranks = np.empty(len(ours), dtype=np.int32)
    ranks[order] = np.arange(len(ours)) - first_of[together]
    return ranks


def deferred_acceptance(market: Market, ranks: Ranks) -> Whole:
    """Return the officers on each pair of the stable matching that is best for the officers, shape (pairs,)."""
    count = len(market.need)
    order = np.lexsort((ranks.of_needs, market.need))
    lists, offer_of, rank_of = order.tolist(), market.offer.tolist(), ranks.of_offers.tolist()
    bounds = np.searchsorted(market.need, np.arange(len(market.officers) + 1)).tolist()  # pairs stand by need
    next_, ends = bounds[:-1], bounds[1:]
    waiting, room = market.officers.tolist(), market.places.tolist()
    held: list[list[tuple[int, int]]] = [[] for _ in room]
    """Per offer the pairs it keeps for now as (-rank, pair), the worst first."""
    flows = [0] * count
    need_of = market.need.tolist()
    active = [need for need, officers in enumerate(waiting) if officers]
    while active:
        need = active.pop()
        while waiting[need] and next_[need] < ends[need]:
            pair = lists[next_[need]]
            offer, asked = offer_of[pair], waiting[need]
            heap, rank = held[offer], rank_of[pair]
            taken = min(asked, room[offer])
            room[offer] -= taken
            for worse, moved in _sent_away(heap, rank, asked - taken, flows) if heap and taken < asked else ():
                loser = need_of[worse]
                if not waiting[loser]:
                    active.append(loser)
                waiting[loser] += moved
                taken += moved
            if taken:
                if not flows[pair]:
                    heapq.heappush(heap, (-rank, pair))
                flows[pair] += taken
                waiting[need] -= taken
            if taken < asked:  # refused; an offer that took all who asked is asked again when an officer comes back
                next_[need] += 1
    return np.array(flows, dtype=np.int64)


def _sent_away(heap: list[tuple[int, int]], rank: int, wanted: int, flows: list[int]) -> list[tuple[int, int]]:
    """Take up to so many places from pairs that the offer ranks below `rank`: the pairs, and how many each loses."""
    gone = []
    while wanted and heap and -heap[0][0] > rank:
        worst = heap[0][1]
        moved = min(wanted, flows[worst])
        flows[worst] -= moved
        wanted -= moved
        gone.append((worst, moved))
        if not flows[worst]:
            heapq.heappop(heap)
    return gone
