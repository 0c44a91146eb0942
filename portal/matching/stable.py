"""Deferred acceptance: officers propose from the top of their lists, offers keep the best who asked.

Each officer of a need is one proposer with the list of the need, so whole groups propose at once. No officer can do
better in any stable matching.
"""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from portal.matching.lottery import draws
from portal.matching.market import LOTTERY_BITS, Market, Numbered, Whole
from portal.matching.problem import Problem

UNNAMED = np.iinfo(np.int32).max


@dataclass(frozen=True, slots=True)
class Ranks:
    """Rank of each pair in the list of its need and in that of its offer, 0 is best; shapes (pairs,)."""

    of_needs: Numbered
    of_offers: Numbered


def orders(market: Market, problem: Problem) -> Ranks:
    """Rank all pairs: those named come first as named, the others by points; the lottery parts equals."""
    needs = {post.key: number for number, post in enumerate(problem.needs)}
    offers = {post.key: number for number, post in enumerate(problem.offers)}
    named = problem.rankings
    return Ranks(
        ranked(market, market.need, market.offer, _named(named.needs, needs, offers)),
        ranked(market, market.offer, market.need, _named(named.offers, offers, needs)),
    )


def _named(
    ranks: Mapping[str, Sequence[str]], ours: Mapping[str, int], theirs: Mapping[str, int]
) -> dict[tuple[int, int], int]:
    return {(ours[key], theirs[other]): place for key, others in ranks.items() for place, other in enumerate(others)}


def ranked(market: Market, ours: Numbered, theirs: Numbered, named: Mapping[tuple[int, int], int]) -> Numbered:
    """Return the rank of each pair among those of the same post of `ours`."""
    count = len(ours)
    lots = draws(market.need_numbers[market.need], market.offer_numbers[market.offer], LOTTERY_BITS)
    keys: list[NDArray[np.integer]] = [theirs, -lots, -market.points]
    if named:
        first = np.full(count, UNNAMED, dtype=np.int32)
        for pair, key in enumerate(zip(ours.tolist(), theirs.tolist(), strict=True)):
            first[pair] = named.get(key, UNNAMED)
        keys.append(first)
    order = np.lexsort((*keys, ours))
    starts = np.searchsorted(ours[order], ours[order])
    ranks = np.empty(count, dtype=np.int32)
    ranks[order] = np.arange(count) - starts
    return ranks


def deferred_acceptance(market: Market, ranks: Ranks) -> Whole:
    """Return the officers on each pair of the stable matching that is best for the officers, shape (pairs,)."""
    count = len(market.need)
    order = np.lexsort((ranks.of_needs, market.need))
    lists, offer_of, rank_of = order.tolist(), market.offer.tolist(), ranks.of_offers.tolist()
    ends = np.searchsorted(market.need[order], np.arange(len(market.officers)), side="right").tolist()
    next_ = np.searchsorted(market.need[order], np.arange(len(market.officers))).tolist()
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
            for worse, moved in _sent_away(heap, rank, asked - taken, flows):
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
