"""The two proofs in numbers: prices above every pair that add up to the same worth; no pair that would break away."""

import numpy as np
from numpy.typing import NDArray

from portal.matching.market import NO_STATE, Market, Numbered, Weights, Whole
from portal.matching.prices import Prices

NOBODY, ANYBODY = -1, np.iinfo(np.int32).max


def slacks(market: Market, weights: Weights, prices: Prices) -> Whole:
    """Return how much each pair is worth less than its prices together, shape (pairs,); negative proves nothing."""
    of_need = prices.needs + _of_states(prices.origins, market.origin)
    of_offer = prices.offers + _of_states(prices.hosts, market.host)
    return of_need[market.need] + of_offer[market.offer] - weights.pairs


def _of_states(figures: Whole, states: Numbered) -> Whole:
    return np.where(states == NO_STATE, 0, np.append(figures, 0)[states])


def primal(market: Market, weights: Weights, flows: Whole) -> int:
    """Return what the flows are worth, spread and stays included."""
    stayed = np.minimum(flows[market.kept], market.kept_most)
    sent = np.bincount(market.origin[market.need] + 1, flows, len(market.spread) + 1)[1:].astype(np.int64)
    spread = sum(sum(bonuses[:count]) for bonuses, count in zip(market.spread, sent.tolist(), strict=True))
    worth = int((flows * weights.pairs).sum())
    return worth + weights.scaled(spread + market.stay_points * int(stayed.sum()))


def dual(market: Market, weights: Weights, prices: Prices) -> int:
    """Return what all officers, places and caps are worth at these prices."""
    worth = int((market.officers * prices.needs).sum() + (market.places * prices.offers).sum())
    worth += sum(cap * price for cap, price in zip(market.host_caps, prices.hosts.tolist(), strict=True))
    for bonuses, cap, price in zip(market.spread, market.origin_caps, prices.origins.tolist(), strict=True):
        paid = bonuses if cap is None else bonuses[:cap]
        worth += sum(max(weights.scaled(points) + price, 0) for points in paid)
        worth += (cap - len(paid)) * max(price, 0) if cap is not None else 0
    gained = weights.scaled(market.stay_points) - slacks(market, weights, prices)[market.kept]
    return worth + int((market.kept_most * np.maximum(gained, 0)).sum())


def proves(market: Market, weights: Weights, prices: Prices) -> bool:
    """Whether the prices may be used: none negative but of States with a spread, and none below a pair."""
    uncapped = [price for price, cap in zip(prices.origins.tolist(), market.origin_caps, strict=True) if cap is None]
    return (
        all(int(figures.min(initial=0)) >= 0 for figures in (prices.needs, prices.offers, prices.hosts))
        and max(uncapped, default=0) <= 0
        and int(slacks(market, weights, prices).min(initial=0)) >= 0
    )


def blocking(market: Market, of_needs: Numbered, of_offers: Numbered, flows: Whole) -> NDArray[np.intp]:
    """Return the numbers of the pairs whose two sides would both rather have each other than what they have."""
    wants = of_needs < _worst(market.need, of_needs, flows, market.officers)[market.need]
    takes = of_offers < _worst(market.offer, of_offers, flows, market.places)[market.offer]
    return np.flatnonzero(wants & takes)


def _worst(posts: Numbered, ranks: Numbered, flows: Whole, most: Whole) -> Numbered:
    """Per post the rank of the worst that it has: ANYBODY while it has room, NOBODY when it never had."""
    worst = np.full(len(most), NOBODY, dtype=np.int32)
    used = np.flatnonzero(flows)
    np.maximum.at(worst, posts[used], ranks[used])
    worst[np.bincount(posts, flows, len(most)) < most] = ANYBODY
    return worst
