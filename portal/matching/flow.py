"""The largest worth as a flow of least cost.

Source -> (origin State) -> need -> offer -> (host State) -> sink; States only where they have a cap or a spread.
"""

import numpy as np
from numpy.typing import NDArray

from portal.matching.market import NO_STATE, Market, Numbered, Weights, Whole, in_points, weigh
from portal.matching.prices import Prices, Ways, lowest_prices
from portal.matching.proof import slacks

SOURCE, SINK, FIRST_NEED = 0, 1, 2


class _Arcs:
    """Arcs as the solver takes them, gathered piece by piece."""

    def __init__(self) -> None:
        self.pieces: list[tuple[Whole, Whole, Whole, Whole]] = []

    def add(self, tails: object, heads: object, widths: object, worth: object) -> None:
        piece = np.broadcast_arrays(*(np.asarray(part, dtype=np.int64) for part in (tails, heads, widths, worth)))
        self.pieces.append(tuple(part.ravel() for part in piece))  # type: ignore[arg-type]

    def columns(self) -> list[Whole]:
        return [np.concatenate(parts) for parts in zip(*self.pieces, strict=True)]


def optimum(market: Market) -> tuple[Whole, Prices]:
    """Return the officers on each pair, shape (e,), worth the most points there are, and the prices that prove it.

    Among equals the lottery decides. Draws make large costs, which are slow to solve, so points are solved first: by
    their prices no optimum uses a pair that is worth less than its prices, and the few pairs left are drawn among.
    """
    weights = weigh(market)  # first, for it refuses figures too large to be solved exactly
    points, every = in_points(market), np.arange(len(market.need))
    priced = lowest_prices(Ways(market, points, _largest(market, points, every)))
    below = slacks(market, points, priced)
    below[market.kept] -= market.stay_points
    return _largest(market, weights, np.flatnonzero(below <= 0)), priced


def _largest(market: Market, weights: Weights, pairs: NDArray[np.intp]) -> Whole:
    """Return the officers on each pair that are worth the most, with officers on some pairs only."""
    open_ = pairs[(market.officers[market.need[pairs]] > 0) & (market.places[market.offer[pairs]] > 0)]
    flows = np.zeros(len(market.need), dtype=np.int64)
    if len(open_):
        flows[open_] = _solved(market, weights, open_.astype(np.int32))
    return flows


def _solved(market: Market, weights: Weights, pairs: Numbered) -> Whole:
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    tails, heads, widths, worth = _network(market, weights, pairs).columns()
    flow = SimpleMinCostFlow()
    arcs = flow.add_arcs_with_capacity_and_unit_cost(tails.astype(np.int32), heads.astype(np.int32), widths, -worth)
    most = int(min(market.officers.sum(), market.places.sum()))
    flow.set_nodes_supplies(np.array([SOURCE, SINK], dtype=np.int32), np.array([most, -most], dtype=np.int64))
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise RuntimeError(f"the flow was not solved: {status}")
    found = flow.flows(arcs)
    answer = found[: len(pairs)].copy()
    if len(market.kept):
        place = np.searchsorted(pairs, market.kept)
        kept = np.flatnonzero((place < len(pairs)) & (pairs[np.minimum(place, len(pairs) - 1)] == market.kept))
        answer[place[kept]] += found[len(pairs) : len(pairs) + len(market.kept)][kept]
    return answer


def _network(market: Market, weights: Weights, pairs: Numbered) -> _Arcs:
    """Return the pairs, the kept pairs, then the rest; the last arc leads past all for officers left unmatched."""
    n, m = len(market.officers), len(market.places)
    first_offer = FIRST_NEED + n
    first_origin = first_offer + m
    first_host = first_origin + len(market.spread)
    most = int(min(market.officers.sum(), market.places.sum()))
    arcs = _Arcs()
    need, offer = market.need[pairs], market.offer[pairs]
    widths = np.minimum(market.officers[need], market.places[offer])
    arcs.add(FIRST_NEED + need, first_offer + offer, widths, weights.pairs[pairs])
    kept = market.kept
    worth = weights.pairs[kept] + weights.scaled(market.stay_points)
    arcs.add(FIRST_NEED + market.need[kept], first_offer + market.offer[kept], market.kept_most, worth)
    tails = np.where(market.origin == NO_STATE, SOURCE, first_origin + market.origin)
    arcs.add(tails, FIRST_NEED + np.arange(n), market.officers, 0)
    heads = np.where(market.host == NO_STATE, SINK, first_host + market.host)
    arcs.add(first_offer + np.arange(m), heads, market.places, 0)
    for state, (bonuses, cap) in enumerate(zip(market.spread, market.origin_caps, strict=True)):
        node, room = first_origin + state, most if cap is None else min(cap, most)
        paid = bonuses[:room]
        arcs.add(SOURCE, node, np.ones(len(paid)), [weights.scaled(points) for points in paid])
        arcs.add(SOURCE, node, room - len(paid), 0)
    arcs.add(first_host + np.arange(len(market.host_caps)), SINK, np.array(market.host_caps, dtype=np.int64), 0)
    arcs.add(SOURCE, SINK, most, 0)
    return arcs
