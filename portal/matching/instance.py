"""Bare instances: capacities and weighted or ranked pairs without posts behind them, read strictly."""

from collections import Counter
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.matching.fields import MOST, BadSource, is_text, require_whole, shown
from portal.matching.problem import MODES, shown_pair

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


def is_instance(document: object) -> bool:
    """Whether a document is meant as a bare instance, not as a programme."""
    return isinstance(document, Mapping) and "capacity_needs" in document


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
        weights = _mutual(need_ranks or {}, offer_ranks or {})
    else:
        edges = _edges(found["edges"], needs, offers)
        lists = _sets(need_ranks), _sets(offer_ranks)
        weights = {pair: weight for pair, weight in sorted(edges.items()) if _listed(pair, *lists)}
    return Instance(
        mode=mode,
        seed=seed,
        needs=needs,
        offers=offers,
        weights=weights,
        need_ranks=need_ranks,
        offer_ranks=offer_ranks,
    )


Sets = Mapping[str, Container[str]]


def _sets(lists: Lists | None) -> Sets | None:
    return None if lists is None else {key: frozenset(others) for key, others in lists.items()}


def _mutual(need_ranks: Lists, offer_ranks: Lists) -> dict[tuple[str, str], int]:
    """Return the pairs that name each other, in order, with the weight 1."""
    by_offers, nobody = _sets(offer_ranks) or {}, frozenset[str]()
    return {
        (need, offer): 1
        for need, ranks in need_ranks.items()
        for offer in sorted(ranks)
        if need in by_offers.get(offer, nobody)
    }


def _listed(pair: tuple[str, str], by_needs: Sets | None, by_offers: Sets | None) -> bool:
    """Whether both sides would have each other: a side with lists has only those on them."""
    need, offer = pair
    return (by_needs is None or offer in by_needs.get(need, ())) and (
        by_offers is None or need in by_offers.get(offer, ())
    )


def _object(where: str, document: object) -> dict[str, Any]:
    if not isinstance(document, dict):
        raise BadSource(f"{where}: {shown(document)} is not an object")
    return document


def _capacities(name: str, document: object) -> dict[str, int]:
    if document is None:
        raise BadSource(f"{name} is missing")
    found = _object(name, document)
    for key, count in found.items():
        if type(count) is not int or not 0 <= count <= MOST:
            require_whole(f"{name}, {shown(key)}", count, 0, MOST)
    return dict(sorted(found.items()))


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
        require_whole(where, weight, -MOST_WEIGHT, MOST_WEIGHT)
        if (need, offer) in weights:
            raise BadSource(f"{where}: the pair appears twice")
        weights[need, offer] = weight
    return weights


def _ranks(name: str, document: object, ours: Mapping[str, int], theirs: Mapping[str, int]) -> Lists | None:
    if document is None:
        return None
    lists = {}
    for key, others in sorted(_object(name, document).items()):
        if key not in ours or not isinstance(others, list) or not _all_once(others, theirs):
            raise _refused(f"{name}, {shown(key)}", key, others, ours, theirs)
        lists[key] = tuple(others)
    return lists


def _all_once(others: list[object], theirs: Mapping[str, int]) -> bool:
    """Whether a list names keys that are known, none of them twice; keys are texts, so whatever else is unknown."""
    try:
        named = set(others)
    except TypeError:  # something that is not even a possible key
        return False
    return len(named) == len(others) and named <= theirs.keys()


def _refused(where: str, key: str, others: object, ours: Mapping[str, int], theirs: Mapping[str, int]) -> BadSource:
    """Say what is wrong with a list that cannot be used."""
    if key not in ours:
        return BadSource(f"{where}: {shown(key)} is not in the capacities")
    if not isinstance(others, list):
        return BadSource(f"{where}: {shown(others)} is not a list of keys")
    for other in others:
        if not isinstance(other, str) or other not in theirs:
            return BadSource(f"{where}: {shown(other)} is not in the capacities")
    return BadSource(f"{where}: names {shown(Counter(others).most_common(1)[0][0])} twice")


def _known(where: str, key: object, known: Mapping[str, int], place: str) -> None:
    if not isinstance(key, str) or key not in known:
        raise BadSource(f"{where}: {shown(key)} is not in {place}")


def instance_to_json(instance: Instance) -> dict[str, Any]:
    """Write down what the digest of an answer stands for beside the answer."""
    return {
        "mode": instance.mode,
        "seed": instance.seed,
        "needs": dict(instance.needs),
        "offers": dict(instance.offers),
        "weights": [[*pair, weight] for pair, weight in instance.weights.items()],
        "need_ranks": _plain(instance.need_ranks),
        "offer_ranks": _plain(instance.offer_ranks),
    }


def _plain(lists: Lists | None) -> dict[str, list[str]] | None:
    return None if lists is None else {key: list(others) for key, others in lists.items()}
