"""Bare instances solved, in either mode, with the certificate."""

from collections import Counter
from dataclasses import asdict
from typing import Any

import numpy as np

from portal.matching.flow import optimum
from portal.matching.instance import Instance
from portal.matching.lottery import key_numbers
from portal.matching.market import NO_STATE, Market, in_points
from portal.matching.proof import blocking, dual, primal, proves
from portal.matching.result import Duality, Stability
from portal.matching.stable import Ranks, deferred_acceptance, ranked


def assign(instance: Instance) -> dict[str, Any]:
    """Solve an instance and return matches, value, who is left, and the certificate, in plain JSON types."""
    market = _market(instance)
    certificate: Duality | Stability
    if instance.mode == "optimal":
        (flows, priced), weights = optimum(market), in_points(market)
        worth, bound = primal(market, weights, flows), dual(market, weights, priced)
        if worth != bound or not proves(market, weights, priced):
            raise RuntimeError(f"not certified: the matches are worth {worth}, the prices say {bound}")
        named = (
            {key: price for key, price in zip(keys, figures.tolist(), strict=True) if price}
            for keys, figures in ((instance.needs, priced.needs), (instance.offers, priced.offers))
        )
        certificate = Duality(primal=worth, dual=bound, needs=next(named), offers=next(named))
    else:
        ranks = _ranks_of(instance, market)
        flows = deferred_acceptance(market, ranks)
        if len(blocking(market, ranks.of_needs, ranks.of_offers, flows)):
            raise RuntimeError("not stable: a pair would leave its matches")
        certificate = Stability(pairs=len(instance.weights))
    return _document(instance, flows.tolist(), certificate)


def _market(instance: Instance) -> Market:
    needs = {key: number for number, key in enumerate(instance.needs)}
    offers = {key: number for number, key in enumerate(instance.offers)}
    return Market(
        officers=np.array(list(instance.needs.values()), dtype=np.int64),
        places=np.array(list(instance.offers.values()), dtype=np.int64),
        need=np.array([needs[need] for need, _ in instance.weights], dtype=np.int32),
        offer=np.array([offers[offer] for _, offer in instance.weights], dtype=np.int32),
        points=np.array(list(instance.weights.values()), dtype=np.int64),
        need_numbers=key_numbers(instance.seed, "need", needs),
        offer_numbers=key_numbers(instance.seed, "offer", offers),
        origin=np.full(len(needs), NO_STATE, dtype=np.int32),
        host=np.full(len(offers), NO_STATE, dtype=np.int32),
        kept=np.zeros(0, dtype=np.int32),
        kept_most=np.zeros(0, dtype=np.int64),
    )


def _ranks_of(instance: Instance, market: Market) -> Ranks:
    needs = {key: number for number, key in enumerate(instance.needs)}
    offers = {key: number for number, key in enumerate(instance.offers)}
    return ranked(market, needs, offers, instance.need_ranks or {}, instance.offer_ranks or {})


def _document(instance: Instance, flows: list[int], certificate: Duality | Stability) -> dict[str, Any]:
    officers, places = Counter(instance.needs), Counter(instance.offers)
    matches: list[dict[str, Any]] = []
    for ((need, offer), weight), count in zip(instance.weights.items(), flows, strict=True):
        if count:
            matches.append({"need": need, "offer": offer, "officers": count, "weight": weight})
            officers[need] -= count
            places[offer] -= count
    return {
        "mode": instance.mode,
        "matches": matches,
        "value": sum(match["officers"] * match["weight"] for match in matches),
        "unmatched": {"needs": _more_than_none(officers), "offers": _more_than_none(places)},
        "certificate": asdict(certificate),
    }


def _more_than_none(left: Counter[str]) -> dict[str, int]:
    return {key: count for key, count in sorted(left.items()) if count}
