"""Weak duality: at prices that no pair is worth more than, nothing is worth more than all prices together."""

from collections.abc import Iterator

from portal.matching.certify.books import Books, Finding
from portal.matching.result import Duality
from portal.matching.rules import score


def unproven(books: Books, proof: Duality) -> Iterator[Finding]:
    """Find prices that may not be used or are below a pair, and sums that are not one and the same."""
    yield from _signs(books, proof)
    free, sent, hosted = books.free()
    bound = _agreed(books)
    bound += sum(count * proof.needs.get(key, 0) for key, count in free["needs"].items())
    bound += sum(count * proof.offers.get(key, 0) for key, count in free["offers"].items())
    count = 0
    for need, offer, points, _ in books.pairs():
        count += 1
        pair, weight = (need.key, offer.key), points + books.policy.bonus(need)
        price = proof.needs.get(need.key, 0) + proof.offers.get(offer.key, 0)
        price += proof.origins.get(need.state or "", 0) + proof.hosts.get(offer.state or "", 0)
        if price < weight:
            yield Finding("price_too_low", {"need": need.key, "offer": offer.key, "short": weight - price})
        may_stay = max(books.previous.get(pair, 0) - books.locked.get(pair, 0), 0)
        bound += may_stay * max(weight + books.policy.stay_points - price, 0)
    for state in {need.state for need in books.problem.needs if need.state}:
        bound += _spread(books, proof, state, sent[state])
    for state in {offer.state for offer in books.problem.offers if offer.state} & books.policy.host_caps.keys():
        bound += (books.policy.host_caps[state] - hosted[state]) * proof.hosts.get(state, 0)
    if not books.result.objective == bound == proof.primal == proof.dual:
        claimed = {"primal": proof.primal, "dual": proof.dual}
        yield Finding("values_differ", {"matches": books.result.objective, "prices": bound, **claimed})
    yield from books.counted(count)


def _signs(books: Books, proof: Duality) -> Iterator[Finding]:
    """Only the figure of an origin State may be negative, and only under a cap may it be positive."""
    for kind, figures in (("need", proof.needs), ("offer", proof.offers), ("host", proof.hosts)):
        for key, price in figures.items():
            if price < 0:
                yield Finding("price_negative", {"kind": kind, "key": key})
    for state, price in proof.origins.items():
        if price > 0 and state not in books.policy.origin_caps:
            yield Finding("price_without_cap", {"key": state})


def _agreed(books: Books) -> int:
    """Return what the locked pairs are worth, which no price has to cover."""
    points = 0
    for (need, offer), officers in books.locked.items():
        ours, theirs = books.needs[need], books.offers[offer]
        points += officers * (score(ours, theirs).total + books.policy.bonus(ours))
        points += min(officers, books.previous.get((need, offer), 0)) * books.policy.stay_points
    return points + sum(sum(books.policy.spread(0)[:count]) for count in books.sent(books.locked).values())


def _spread(books: Books, proof: Duality, state: str, locked: int) -> int:
    """Return what an origin State costs at its price: the spread still to be had, and the rest of its cap."""
    bonuses, price = books.policy.spread(locked), proof.origins.get(state, 0)
    if state not in books.policy.origin_caps:
        return sum(max(points + price, 0) for points in bonuses)
    room = books.policy.origin_caps[state] - locked
    paid = sum(max(points + price, 0) for points in bonuses[:room])
    return paid + max(room - len(bonuses), 0) * max(price, 0)
