"""The exact solve: which officers go where, so that the sum of score times officers is as large as it can be.

A flow from needs (at most `officers` each) over feasible pairs to offers (at most `places` each); whole numbers only,
so the answer is exact. Among equally good answers a published lottery chooses: it gives each pair a number drawn from
the two keys, folded in below the points, where it can never outweigh one point. Posts and pairs enter in order of
their keys, so the same programme in any order gives the same answer to the byte.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple

import numpy as np

from portal.matching.index import of_offers
from portal.matching.types import PART_MAXIMA, Need, Offer, Score, Topics

LOTTERY_BITS = 20
COST_BITS = 60
"""Size that the largest cost times the number of nodes may reach: the solver scales costs so, in 64 bits."""


class Edge(NamedTuple):
    """One feasible pair with its points."""

    need: str
    offer: str
    score: Score

    @property
    def weight(self) -> int:
        return self.score.total


class Match(NamedTuple):
    """So many officers of a need at an offer, each worth `score`."""

    need: str
    offer: str
    officers: int
    score: int


@dataclass(frozen=True, slots=True)
class Result:
    """The answer: matches by key of need and offer, what they are worth, and who is left over (only if any are)."""

    matches: tuple[Match, ...]
    value: int
    officers_left: dict[str, int]
    places_left: dict[str, int]


def edges(needs: Iterable[Need], offers: Iterable[Offer], topics: Topics) -> list[Edge]:
    """Return every feasible pair, by key of need and then of offer."""
    index = of_offers(sorted(offers, key=lambda offer: offer.key), topics)
    return [
        Edge(need.key, fit.key, fit.score)
        for need in sorted(needs, key=lambda need: need.key)
        for fit in sorted(index.fits(need))
    ]


def lottery(need: str, offer: str, bits: int) -> int:
    """Return the number that a pair draws, below 2**bits: the same for the same two keys, always."""
    text = f"{len(need)}:{need}{offer}".encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=8).digest()) >> (64 - bits)


def solve(needs: Iterable[Need], offers: Iterable[Offer], topics: Topics) -> Result:
    """Return the matches of the largest value, over all feasible pairs."""
    needs, offers = tuple(needs), tuple(offers)
    officers = {need.key: need.officers for need in needs}
    places = {offer.key: offer.places for offer in offers}
    return solve_edges(edges(needs, offers, topics), officers, places)


def solve_edges(pairs: list[Edge], officers: dict[str, int], places: dict[str, int]) -> Result:
    """Return the matches of the largest value over the given pairs, within officers and places."""
    pairs = sorted(pair for pair in pairs if officers[pair.need] and places[pair.offer])
    flows = _flows(pairs, officers, places) if pairs else []
    matches = tuple(
        Match(pair.need, pair.offer, flow, pair.weight) for pair, flow in zip(pairs, flows, strict=True) if flow
    )
    officers_left, places_left = dict(officers), dict(places)
    for match in matches:
        officers_left[match.need] -= match.officers
        places_left[match.offer] -= match.officers
    return Result(
        matches,
        sum(match.officers * match.score for match in matches),
        {key: left for key, left in sorted(officers_left.items()) if left},
        {key: left for key, left in sorted(places_left.items()) if left},
    )


def weights_of(pairs: list[Edge], most: int, nodes: int) -> list[int]:
    """Return points and lottery of each pair in one number, for at most `most` matched officers.

    A point is worth more than all lottery numbers of a whole answer together: `most` draws of `bits` bits each.
    """
    room = COST_BITS - nodes.bit_length() - PART_MAXIMA.total.bit_length() - most.bit_length()
    bits = max(min(LOTTERY_BITS, room), 1)
    shift = bits + most.bit_length()
    return [(pair.weight << shift) + lottery(pair.need, pair.offer, bits) for pair in pairs]


def _flows(pairs: list[Edge], officers: dict[str, int], places: dict[str, int]) -> list[int]:
    """Officers on each pair, shape (pairs,): the cheapest flow where a pair costs minus its weight.

    Nodes: source 0, sink 1, then needs, then offers that appear in a pair. Arcs: the pairs, source to needs, offers
    to sink, and source to sink free of charge for officers who are better left unmatched.
    """
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    need_nodes = {key: node for node, key in enumerate(sorted({pair.need for pair in pairs}), start=2)}
    first_offer = 2 + len(need_nodes)
    offer_nodes = {key: node for node, key in enumerate(sorted({pair.offer for pair in pairs}), start=first_offer)}
    seats = [officers[key] for key in need_nodes]
    rooms = [places[key] for key in offer_nodes]
    most = min(sum(seats), sum(rooms))
    widths = [min(officers[pair.need], places[pair.offer]) for pair in pairs]
    weights = weights_of(pairs, most, first_offer + len(offer_nodes))

    count = len(pairs)
    tails = [need_nodes[pair.need] for pair in pairs] + [0] * len(seats) + list(offer_nodes.values()) + [0]
    heads = [offer_nodes[pair.offer] for pair in pairs] + list(need_nodes.values()) + [1] * len(rooms) + [1]
    flow = SimpleMinCostFlow()
    arcs = flow.add_arcs_with_capacity_and_unit_cost(
        np.array(tails, dtype=np.int32),
        np.array(heads, dtype=np.int32),
        np.array(widths + seats + rooms + [most], dtype=np.int64),
        np.array([-weight for weight in weights] + [0] * (len(seats) + len(rooms) + 1), dtype=np.int64),
    )
    flow.set_nodes_supplies(np.array([0, 1], dtype=np.int32), np.array([most, -most], dtype=np.int64))
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise RuntimeError(f"the flow was not solved: {status}")
    return flow.flows(arcs)[:count].tolist()
