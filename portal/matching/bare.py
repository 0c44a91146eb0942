"""Bare instances: capacities and weighted or ranked pairs without posts behind them, read strictly, solved and checked."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from portal.matching.fields import MOST, BadSource, is_text, shown
from portal.matching.flow import optimum
from portal.matching.lottery import key_numbers
from portal.matching.market import NO_STATE, Market, in_points
from portal.matching.problem import MODES, shown_pair
from portal.matching.proof import blocking, dual, primal, proves
from portal.matching.result import Duality, Stability
from portal.matching.stable import Ranks, deferred_acceptance, ranked

MOST_WEIGHT = 1_000_000_000
FIELDS = ("capacity_needs", "capacity_offers", "edges", "mode", "need_ranks", "offer_ranks", "seed")
Lists = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """Capacities and pairs by key. `weights`: pair -> weight, 1 each where no edges were given, only ranks."""

    mode: str
    seed: str
    needs: Mapping[str, int] = field(hash=False)
    offers: Mapping[str, int] = field(hash=False)
    weights: Mapping[tuple[str, str], int] = field(hash=False)
    need_ranks: Lists | None = field(hash=False)
    offer_ranks: Lists | None = field(hash=False)


# ------------------------------------------------------------------------------------------------------- reading


def instance_from_json(document: object) -> Instance:
    """Read an instance; raises BadSource."""
    found = _object("the instance", document)
    for name in found:
        if name not in FIELDS:
            raise BadSource(f"the instance: {shown(name)} is none of: {', '.join(FIELDS)}")
    mode, seed = found.get("mode", MODES[0]), found.get("seed", "")
    if mode not in MODES:
        raise BadSource(f"mode: {shown(mode)} is none of: {', '.join(MODES)}")
    if not is_text(seed):
        raise BadSource(f"seed: {shown(seed)} is not a text")
    needs, offers = (_capacities(name, found.get(name)) for name in ("capacity_needs", "capacity_offers"))
    need_ranks = _ranks("need_ranks", found.get("need_ranks"), needs, offers)
    offer_ranks = _ranks("offer_ranks", found.get("offer_ranks"), offers, needs)
    if mode == "optimal" and (need_ranks is not None or offer_ranks is not None):
        raise BadSource(
            "need_ranks and offer_ranks: only the stable mode follows ranks; the optimal mode adds weights up"
        )
    if found.get("edges") is None and (mode == "optimal" or need_ranks is None or offer_ranks is None):
        raise BadSource("the list edges is missing" + (", or need_ranks and offer_ranks" if mode == "stable" else ""))
    if found.get("edges") is None:
        weights = {(need, offer): 1 for need, ranks in (need_ranks or {}).items() for offer in ranks}
    else:
        weights = _edges(found["edges"], needs, offers)
    weights = {pair: weight for pair, weight in sorted(weights.items()) if _listed(pair, need_ranks, offer_ranks)}
    return Instance(
        mode=mode,
        seed=seed,
        needs=needs,
        offers=offers,
        weights=weights,
        need_ranks=need_ranks,
        offer_ranks=offer_ranks,
    )


def _listed(pair: tuple[str, str], need_ranks: Lists | None, offer_ranks: Lists | None) -> bool:
    """Whether both sides would have each other: a side with a list has only those on it."""
    need, offer = pair
    return (need_ranks is None or offer in need_ranks.get(need, ())) and (
        offer_ranks is None or need in offer_ranks.get(offer, ())
    )


def _object(where: str, document: object) -> dict[str, Any]:
    if not isinstance(document, dict):
        raise BadSource(f"{where}: {shown(document)} is not an object")
    return document


def _capacities(name: str, document: object) -> dict[str, int]:
    if document is None:
        raise BadSource(f"{name} is missing")
    for key, count in _object(name, document).items():
        _whole(f"{name}, {shown(key)}", count, 0, MOST)
    return dict(sorted(_object(name, document).items()))


def _whole(where: str, value: object, lowest: int, highest: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
        raise BadSource(f"{where}: {shown(value)} is not a whole number from {lowest} to {highest}")


def _edges(edges: object, needs: Mapping[str, int], offers: Mapping[str, int]) -> dict[tuple[str, str], int]:
    if not isinstance(edges, list):
        raise BadSource(f"edges: {shown(edges)} is not a list of [need, offer, weight]")
    weights: dict[tuple[str, str], int] = {}
    for edge in edges:
        if not isinstance(edge, list) or [type(key) for key in edge[:2]] != [str, str] or len(edge) != 3:  # noqa: PLR2004
            raise BadSource(f"edges: {shown(edge)} is not [need, offer, weight]")
        need, offer, weight = edge
        where = f"edges, {shown_pair(need, offer)}"
        _known(where, need, needs, "capacity_needs")
        _known(where, offer, offers, "capacity_offers")
        _whole(where, weight, -MOST_WEIGHT, MOST_WEIGHT)
        if (need, offer) in weights:
            raise BadSource(f"{where}: the pair appears twice")
        weights[need, offer] = weight
    return weights


def _ranks(name: str, document: object, ours: Mapping[str, int], theirs: Mapping[str, int]) -> Lists | None:
    if document is None:
        return None
    lists = {}
    for key, others in sorted(_object(name, document).items()):
        where = f"{name}, {shown(key)}"
        _known(where, key, ours, "the capacities")
        if not isinstance(others, list):
            raise BadSource(f"{where}: {shown(others)} is not a list of keys")
        for other in others:
            _known(where, other, theirs, "the capacities")
        if len(set(others)) < len(others):
            raise BadSource(f"{where}: names {shown(Counter(others).most_common(1)[0][0])} twice")
        lists[key] = tuple(others)
    return lists


def _known(where: str, key: object, known: Mapping[str, int], place: str) -> None:
    if not isinstance(key, str) or key not in known:
        raise BadSource(f"{where}: {shown(key)} is not in {place}")


# ------------------------------------------------------------------------------------------------------- solving


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
    needs, offers = list(instance.needs), list(instance.offers)
    sides = []
    for ours, theirs, our_keys, their_keys, ranks in (
        (market.need, market.offer, needs, offers, instance.need_ranks),
        (market.offer, market.need, offers, needs, instance.offer_ranks),
    ):
        our_numbers = {key: number for number, key in enumerate(our_keys)}
        their_numbers = {key: number for number, key in enumerate(their_keys)}
        named = {
            (our_numbers[key], their_numbers[other]): place
            for key, others in (ranks or {}).items()
            for place, other in enumerate(others)
        }
        sides.append(ranked(market, ours, theirs, named))
    return Ranks(*sides)


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
