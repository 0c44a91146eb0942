"""Stability: no feasible pair of which both sides rank the other above something that they have."""

from collections.abc import Iterator, Mapping

from portal.matching.certify.books import Books, Finding
from portal.matching.result import Stability

BITS = 40
"""Bits of the lottery that parts equals in a list."""

Rank = tuple[int, int, int, str]
"""Place where it was named, points and lot (both negated), and the key of the other: the smallest is the best."""
Lists = dict[str, dict[str, list[Rank]]]
"""Under needs and offers, per post the ranks of its feasible partners."""
Held = Mapping[tuple[str, str], int]


def unstable(books: Books, proof: Stability) -> Iterator[Finding]:
    """Find the pairs that block, and what the certificate says wrongly."""
    rankings, count = books.problem.rankings, 0
    lists = Ranking(rankings.needs, rankings.offers)
    for need, offer, points, drawn in books.pairs():
        count += 1
        lists.add(need.key, offer.key, points, drawn)
    free, _, _ = books.free()
    yield from blocking(lists.found, books.beyond_locks(), free)
    if proof.blocking:
        yield Finding("blocking_claimed", {"blocking": proof.blocking})
    if proof.pairs != count:
        yield Finding("wrong_pairs", {"claimed": proof.pairs, "pairs": count})
    yield from books.counted(count)


class Ranking:
    """The lists of both sides, gathered pair by pair: those named first as named, the others by points, then by lot."""

    def __init__(self, needs: Mapping[str, tuple[str, ...]], offers: Mapping[str, tuple[str, ...]]) -> None:
        self.found: Lists = {"needs": {}, "offers": {}}
        self._named = {
            side: {key: {other: place for place, other in enumerate(others)} for key, others in ranks.items()}
            for side, ranks in (("needs", needs), ("offers", offers))
        }

    def add(self, need: str, offer: str, points: int, drawn: int) -> None:
        """Take a feasible pair in, with its number in the lottery (64 bits)."""
        for side, ours, other in (("needs", need, offer), ("offers", offer, need)):
            places = self._named[side].get(ours, {})
            rank = (places.get(other, len(places)), -points, -(drawn >> 64 - BITS), other)
            self.found[side].setdefault(ours, []).append(rank)


def blocking(lists: Lists, officers: Held, free: Mapping[str, Mapping[str, int]]) -> Iterator[Finding]:
    """Find the pairs of which both sides would rather have each other."""
    wanted = _wanted(lists, officers, free)
    for need, others in sorted(wanted["needs"].items()):
        for offer in sorted(others):
            if need in wanted["offers"].get(offer, ()):
                yield Finding("blocking_pair", {"need": need, "offer": offer})


def _wanted(lists: Lists, officers: Held, free: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, set[str]]]:
    """Per side and post, the others that it ranks above something it has (all, while it has room)."""
    has: dict[str, dict[str, dict[str, int]]] = {"needs": {}, "offers": {}}
    for (need, offer), count in officers.items():
        has["needs"].setdefault(need, {})[offer] = count
        has["offers"].setdefault(offer, {})[need] = count
    wanted: dict[str, dict[str, set[str]]] = {"needs": {}, "offers": {}}
    for side, posts in lists.items():
        for key, ranks in posts.items():
            held = has[side].get(key, {})
            best_first = [rank[-1] for rank in sorted(ranks)]
            if sum(held.values()) >= free[side][key]:
                last = max((place for place, other in enumerate(best_first) if other in held), default=0)
                best_first = best_first[:last]
            wanted[side][key] = set(best_first)
    return wanted
