"""What one more officer, place or pair would change: the best ways through what a solved flow may still move."""

from dataclasses import dataclass

import numpy as np

from portal.matching.market import NO_STATE, Market, Weights, Whole

UNREACHED = -(1 << 62)


@dataclass(frozen=True, slots=True)
class Prices:
    """What one more of each is worth, in the units of the weights; `origins` may be negative (see Duality)."""

    needs: Whole
    offers: Whole
    origins: Whole
    hosts: Whole


@dataclass(frozen=True, slots=True)
class Reached:
    """The most that a further officer brings on the way to each need, offer, origin State and host State."""

    needs: Whole
    offers: Whole
    origins: Whole
    hosts: Whole


class Ways:
    """Ways of one officer through a solved flow: forwards over any pair, backwards where officers can be given back.

    At the optimum no way leads back to where it began with a gain, so the best ways exist.
    """

    def __init__(self, market: Market, weights: Weights, flows: Whole) -> None:
        self.market, self.weights = market, weights
        n, m = len(market.officers), len(market.places)
        used_needs = np.bincount(market.need, flows, n).astype(np.int64)
        used_offers = np.bincount(market.offer, flows, m).astype(np.int64)
        self._starts = np.searchsorted(market.need, np.arange(n + 1))
        self._back_and_more(flows)
        grouped_needs, grouped_offers = market.origin != NO_STATE, market.host != NO_STATE
        more_needs, more_offers = used_needs < market.officers, used_offers < market.places
        self._from_state = np.flatnonzero(grouped_needs & more_needs)
        self._to_state = np.flatnonzero(grouped_needs & (used_needs > 0))
        self._into_host = np.flatnonzero(grouped_offers & more_offers)
        self._out_of_host = np.flatnonzero(grouped_offers & (used_offers > 0))
        self._from_source = np.flatnonzero(~grouped_needs & more_needs)
        self._to_source = np.flatnonzero(~grouped_needs & (used_needs > 0))
        self._into_sink = np.flatnonzero(~grouped_offers & more_offers)
        self._out_of_sink = np.flatnonzero(~grouped_offers & (used_offers > 0))
        self._states(used_needs, used_offers)
        self.from_source = self._begin()
        self._spread_out(self.from_source)

    def _back_and_more(self, flows: Whole) -> None:
        """Pairs that can give officers back, those who stay apart from the others, and pairs that more may stay on."""
        market, worth = self.market, self.weights.pairs
        self.stay = self.weights.scaled(market.stay_points)
        stayed = np.minimum(flows[market.kept], market.kept_most)
        rest = flows.copy()
        rest[market.kept] -= stayed
        base, kept = np.flatnonzero(rest), market.kept[stayed > 0]
        self._back = np.concatenate([base, kept])
        self._back_worth = np.concatenate([worth[base], worth[kept] + self.stay])
        self.more_kept = market.kept[stayed < market.kept_most]
        self._more_worth = worth[self.more_kept] + self.stay

    def _states(self, used_needs: Whole, used_offers: Whole) -> None:
        """What the next officer of an origin State brings beside the pair, what the last one did, and which have room."""
        market, scaled = self.market, self.weights.scaled
        grouped, hosted = market.origin != NO_STATE, market.host != NO_STATE
        sent = np.bincount(market.origin[grouped], used_needs[grouped], len(market.spread)).astype(np.int64).tolist()
        self.next_of_origin: list[int] = []
        self._last_of_origin: dict[int, int] = {}
        self._open_origins: list[int] = []
        for state, (bonuses, cap) in enumerate(zip(market.spread, market.origin_caps, strict=True)):
            used = sent[state]
            self.next_of_origin.append(scaled(bonuses[used]) if used < len(bonuses) else 0)
            if used:
                self._last_of_origin[state] = scaled(bonuses[used - 1]) if used <= len(bonuses) else 0
            if cap is None or used < cap:
                self._open_origins.append(state)
        in_host = np.bincount(market.host[hosted], used_offers[hosted], len(market.host_caps))
        self._used_hosts = np.flatnonzero(in_host > 0)
        self._open_hosts = np.flatnonzero(in_host < np.array(market.host_caps, dtype=np.int64))

    def nowhere(self) -> Reached:
        market = self.market
        sizes = len(market.officers), len(market.places), len(market.spread), len(market.host_caps)
        return Reached(*(np.full(size, UNREACHED, dtype=np.int64) for size in sizes))

    def _begin(self) -> Reached:
        reached = self.nowhere()
        reached.needs[self._from_source] = 0
        reached.offers[self._out_of_sink] = 0
        reached.hosts[self._used_hosts] = 0
        for state in self._open_origins:
            reached.origins[state] = self.next_of_origin[state]
        return reached

    def spread_out(self, begin: Reached) -> tuple[Reached, int]:
        """Return the best ways from where `begin` is reached, and the best one back to the source (or UNREACHED)."""
        self._spread_out(begin)
        last = [int(begin.origins[state]) - points for state, points in self._last_of_origin.items()]
        ends: list[Whole] = [
            begin.offers[self._into_sink],
            begin.hosts[self._open_hosts],
            begin.needs[self._to_source],
            np.array(last, dtype=np.int64),
        ]
        back = max(int(end.max(initial=UNREACHED)) for end in ends)
        if back <= UNREACHED // 2:
            return begin, UNREACHED
        names = ("needs", "offers", "origins", "hosts")
        both = ((getattr(begin, name), getattr(self.from_source, name)) for name in names)
        return Reached(*(np.where(far > UNREACHED, np.maximum(near, far + back), near) for near, far in both)), back

    def _spread_out(self, reached: Reached) -> None:
        market, worth = self.market, self.weights.pairs
        needs, offers, origins, hosts = reached.needs, reached.offers, reached.origins, reached.hosts
        back_need, back_offer = market.need[self._back], market.offer[self._back]
        more_need, more_offer = market.need[self.more_kept], market.offer[self.more_kept]
        seen = np.full(len(needs), UNREACHED, dtype=np.int64)
        for _ in range(len(needs) + len(origins) + 2):
            np.maximum.at(hosts, market.host[self._into_host], offers[self._into_host])
            offers[self._out_of_host] = np.maximum(offers[self._out_of_host], hosts[market.host[self._out_of_host]])
            known = offers[back_offer] > UNREACHED
            np.maximum.at(needs, back_need[known], (offers[back_offer] - self._back_worth)[known])
            np.maximum.at(origins, market.origin[self._to_state], needs[self._to_state])
            needs[self._from_state] = np.maximum(needs[self._from_state], origins[market.origin[self._from_state]])
            better = np.flatnonzero(needs > seen)
            if not len(better):
                return
            seen = needs.copy()
            pairs = _ranges(self._starts[better], self._starts[better + 1])
            np.maximum.at(offers, market.offer[pairs], needs[market.need[pairs]] + worth[pairs])
            known = needs[more_need] > UNREACHED
            np.maximum.at(offers, more_offer[known], (needs[more_need] + self._more_worth)[known])
        raise RuntimeError("a way round brings more and more: the flow is not optimal")


def _ranges(starts: Whole, ends: Whole) -> Whole:
    """Return the numbers of all half-open ranges, one range after the other."""
    sizes = ends - starts
    offsets = np.repeat(starts - np.concatenate([[0], np.cumsum(sizes)[:-1]]), sizes)
    return offsets + np.arange(sizes.sum())


def lowest_prices(ways: Ways) -> Prices:
    """Return the lowest prices of offers at which the flows are optimal, and what they leave to the needs."""
    market, worth, reached = ways.market, ways.weights.pairs, ways.from_source
    hosts = np.maximum(reached.hosts, 0)
    of_host = np.where(market.host == NO_STATE, 0, np.append(hosts, 0)[market.host])
    offers = np.maximum(reached.offers - of_host, 0)
    # what the pairs of each need leave after offer and host State are paid: the price where no officer can come
    left = np.full(len(market.officers), UNREACHED, dtype=np.int64)
    paid = (offers + of_host)[market.offer]
    np.maximum.at(left, market.need, worth - paid)
    np.maximum.at(left, market.need[market.kept], (worth - paid)[market.kept] + ways.stay)
    shut = reached.origins == UNREACHED
    origins = np.where(shut, 0, -reached.origins)
    behind = np.flatnonzero(np.append(shut, False)[market.origin])
    np.maximum.at(origins, market.origin[behind], left[behind])
    of_origin = np.where(market.origin == NO_STATE, 0, np.append(origins, 0)[market.origin])
    needs = np.where(reached.needs == UNREACHED, left, -reached.needs) - of_origin
    return Prices(np.maximum(needs, 0), offers, origins, hosts)
