"""The independent checker of bare instances: capacities, sums, and the proof that the mode promises."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from portal.matching.certify.books import Finding
from portal.matching.certify.stability import Ranking, blocking
from portal.matching.instance import Instance
from portal.matching.lottery import key_number, stirred
from portal.matching.result import Duality, Result, Stability

Used = Mapping[str, Counter[str]]


def verify_bare(instance: Instance, answer: Result) -> tuple[Finding, ...]:
    """Return everything that is wrong with the answer to an instance, read as a result whose scores are weights."""
    return tuple(_findings(instance, answer))


def _findings(instance: Instance, answer: Result) -> Iterator[Finding]:
    unusable = list(_unusable(instance, answer))
    yield from unusable
    if unusable:
        return
    yield from _capacities(instance, answer)
    value = sum(match.officers * match.score for match in answer.matches)
    if answer.value != value:
        yield Finding("wrong_value", {"figure": "value", "claimed": answer.value, "points": value})
    if answer.mode != instance.mode:
        yield Finding("wrong_mode", {"mode": answer.mode, "policy": instance.mode})
    certificate = answer.certificate
    if instance.mode == "optimal" and isinstance(certificate, Duality):
        yield from _unproven(instance, value, certificate)
    elif instance.mode == "stable" and isinstance(certificate, Stability):
        yield from _unstable(instance, answer, certificate)
    else:
        yield Finding("wrong_kind", {"kind": certificate.kind, "mode": instance.mode})


def _unusable(instance: Instance, answer: Result) -> Iterator[Finding]:
    seen = set()
    for match in answer.matches:
        pair: dict[str, Any] = {"need": match.need, "offer": match.offer}
        weight = instance.weights.get(match[:2])
        if weight is None:
            yield Finding("not_feasible", pair)
        elif match.score != weight:
            yield Finding("wrong_score", pair | {"score": match.score, "points": weight})
        if match.officers < 1:
            yield Finding("no_officers", pair | {"officers": match.officers})
        if match[:2] in seen:
            yield Finding("pair_twice", pair)
        seen.add(match[:2])


def _capacities(instance: Instance, answer: Result) -> Iterator[Finding]:
    used: Used = {"needs": Counter(), "offers": Counter()}
    for match in answer.matches:
        used["needs"][match.need] += match.officers
        used["offers"][match.offer] += match.officers
    for side, code, capacities, left in (
        ("needs", "too_many_officers", instance.needs, answer.officers_left),
        ("offers", "too_many_at_offer", instance.offers, answer.places_left),
    ):
        for key, capacity in capacities.items():
            if used[side][key] > capacity:
                yield Finding(code, {"key": key, "officers": used[side][key], "limit": capacity})
        if dict(left) != {key: most - used[side][key] for key, most in capacities.items() if most != used[side][key]}:
            yield Finding("wrong_left", {"side": side})


def _unproven(instance: Instance, value: int, proof: Duality) -> Iterator[Finding]:
    yield from _prices(instance, proof)
    bound = sum(price * instance.needs.get(key, 0) for key, price in proof.needs.items())
    bound += sum(price * instance.offers.get(key, 0) for key, price in proof.offers.items())
    for (need, offer), weight in instance.weights.items():
        short = weight - proof.needs.get(need, 0) - proof.offers.get(offer, 0)
        if short > 0:
            yield Finding("price_too_low", {"need": need, "offer": offer, "short": short})
    if not value == bound == proof.primal == proof.dual:
        claimed = {"primal": proof.primal, "dual": proof.dual}
        yield Finding("values_differ", {"matches": value, "prices": bound, **claimed})


def _prices(instance: Instance, proof: Duality) -> Iterator[Finding]:
    """Find prices that may not be used; there are no States here."""
    known: tuple[tuple[str, Mapping[str, int], Mapping[str, int]], ...] = (
        ("need", proof.needs, instance.needs),
        ("offer", proof.offers, instance.offers),
        ("origin", proof.origins, {}),
        ("host", proof.hosts, {}),
    )
    for kind, prices, capacities in known:
        for key, price in prices.items():
            if key not in capacities:
                yield Finding("unknown_price", {"kind": kind, "key": key})
            elif price < 0:
                yield Finding("price_negative", {"kind": kind, "key": key})


def _unstable(instance: Instance, answer: Result, proof: Stability) -> Iterator[Finding]:
    lists = Ranking(instance.need_ranks or {}, instance.offer_ranks or {})
    needs = {key: key_number(instance.seed, "need", key) for key in instance.needs}
    offers = {key: key_number(instance.seed, "offer", key) for key in instance.offers}
    for (need, offer), weight in instance.weights.items():
        lists.add(need, offer, weight, stirred(needs[need] ^ offers[offer]))
    officers = {match[:2]: match.officers for match in answer.matches}
    yield from blocking(lists.found, officers, {"needs": instance.needs, "offers": instance.offers})
    if proof.blocking:
        yield Finding("blocking_claimed", {"blocking": proof.blocking})
    if proof.pairs != len(instance.weights):
        yield Finding("wrong_pairs", {"claimed": proof.pairs, "pairs": len(instance.weights)})
