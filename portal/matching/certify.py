"""The independent checker: whether a result keeps every rule and is what its mode promises, from the posts alone.

It imports nothing of the solver and shares no array with it: rules, points and lottery in plain Python, the pairs from
the index that answers one need at a time. Whole numbers without a limit, so no figure can overflow.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from portal.matching.index import of_offers
from portal.matching.lottery import key_number, stirred
from portal.matching.problem import Problem
from portal.matching.result import Duality, Match, Result, Stability
from portal.matching.rules import score, violations
from portal.matching.types import Need, Offer

STABLE_BITS = 40
"""Bits of the lottery that parts equals in a list of the stable mode."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a result: what, and where."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict, hash=False)


def verify(problem: Problem, result: Result) -> tuple[Finding, ...]:
    """Return everything that is wrong with a result; empty: it is proven to be what its mode promises."""
    return tuple(_Check(problem, result).findings())


class _Check:
    """One result beside its problem."""

    def __init__(self, problem: Problem, result: Result) -> None:
        self.problem, self.result, self.policy = problem, result, problem.policy
        self.needs: dict[str, Need] = {need.key: need for need in problem.needs}
        self.offers: dict[str, Offer] = {offer.key: offer for offer in problem.offers}
        self.locked = {(pair.need, pair.offer): pair.officers for pair in problem.locked}
        self.previous = {(pair.need, pair.offer): pair.officers for pair in problem.previous}
        self.vetoes = set(problem.vetoes)
        self.numbers = {
            kind: {key: key_number(self.policy.seed, kind, key) for key in posts}
            for kind, posts in (("need", self.needs), ("offer", self.offers))
        }

    def findings(self) -> Iterator[Finding]:
        unusable = list(self._unusable())
        yield from unusable
        if unusable:
            return
        for match in self.result.matches:
            yield from self._match(match)
        yield from self._limits()
        yield from self._sums()
        if self.result.mode != self.policy.mode:
            yield Finding("wrong_mode", {"mode": self.result.mode, "policy": self.policy.mode})
        certificate = self.result.certificate
        if self.policy.mode == "optimal" and isinstance(certificate, Duality):
            yield from self._optimal(certificate)
        elif self.policy.mode == "stable" and isinstance(certificate, Stability):
            yield from self._stable(certificate)
        else:
            yield Finding("wrong_kind", {"kind": certificate.kind, "mode": self.policy.mode})

    # ------------------------------------------------------------------------------------------ rules and limits

    def _unusable(self) -> Iterator[Finding]:
        """Keys that are nobody's, or that come twice: nothing else can be judged then."""
        seen = set()
        for match in self.result.matches:
            if match.need not in self.needs or match.offer not in self.offers:
                yield Finding("unknown_post", {"need": match.need, "offer": match.offer})
            if match[:2] in seen:
                yield Finding("pair_twice", {"need": match.need, "offer": match.offer})
            if match.officers < 1:
                yield Finding("no_officers", {"need": match.need, "offer": match.offer, "officers": match.officers})
            seen.add(match[:2])
        yield from self._unknown_prices()

    def _unknown_prices(self) -> Iterator[Finding]:
        certificate = self.result.certificate
        if isinstance(certificate, Duality):
            for kind, priced, known in (
                ("need", certificate.needs, self.needs),
                ("offer", certificate.offers, self.offers),
                ("origin", certificate.origins, {need.state for need in self.needs.values()}),
                ("host", certificate.hosts, self.policy.host_caps),
            ):
                for key in priced:
                    if key not in known:
                        yield Finding("unknown_price", {"kind": kind, "key": key})

    def _match(self, match: Match) -> Iterator[Finding]:
        need, offer = self.needs[match.need], self.offers[match.offer]
        pair: dict[str, object] = {"need": match.need, "offer": match.offer}
        broken = violations(need, offer, self.problem.topics)
        if broken:
            yield Finding("not_feasible", pair | {"rules": [violation.code for violation in broken]})
            return
        if match[:2] in self.vetoes:
            yield Finding("vetoed", pair)
        points = score(need, offer).total
        if match.score != points:
            yield Finding("wrong_score", pair | {"score": match.score, "points": points})
        if match.bonus != self.policy.bonus(need):
            yield Finding("wrong_bonus", pair | {"bonus": match.bonus, "points": self.policy.bonus(need)})
        if match.locked != self.locked.get(match[:2], 0):
            yield Finding("wrong_lock", pair | {"locked": match.locked})

    def _limits(self) -> Iterator[Finding]:
        officers = {match[:2]: match.officers for match in self.result.matches}
        for pair, count in self.locked.items():
            if officers.get(pair, 0) < count:
                yield Finding("lock_broken", {"need": pair[0], "offer": pair[1], "officers": officers.get(pair, 0)})
        used: dict[str, Counter[str | None]] = {code: Counter() for code in _LIMITS}
        for match in self.result.matches:
            keys = (match.need, match.offer, self.needs[match.need].state, self.offers[match.offer].state)
            for code, key in zip(_LIMITS, keys, strict=True):
                used[code][key] += match.officers
        limits = (
            {key: need.officers for key, need in self.needs.items()},
            {key: offer.places for key, offer in self.offers.items()},
            self.policy.origin_caps,
            self.policy.host_caps,
        )
        for code, most in zip(_LIMITS, limits, strict=True):
            for key, limit in most.items():
                if used[code][key] > limit:
                    yield Finding(code, {"key": key, "officers": used[code][key], "limit": limit})
        yield from self._left(used, limits)

    def _left(
        self, used: Mapping[str, Counter[str | None]], limits: tuple[Mapping[str, int], ...]
    ) -> Iterator[Finding]:
        for name, code, left in (
            ("needs", _LIMITS[0], self.result.officers_left),
            ("offers", _LIMITS[1], self.result.places_left),
        ):
            limit_of = limits[_LIMITS.index(code)]
            expected = {key: limit - used[code][key] for key, limit in limit_of.items() if limit != used[code][key]}
            if dict(left) != expected:
                yield Finding("wrong_left", {"side": name})

    def _sums(self) -> Iterator[Finding]:
        matches, policy = self.result.matches, self.policy
        sent = self._sent({match[:2]: match.officers for match in matches})
        sums = {
            "value": sum(match.officers * match.score for match in matches),
            "empty_rounds": sum(match.officers * match.bonus for match in matches),
            "spread": sum(sum(policy.spread(0)[:count]) for count in sent.values()),
            "stay": sum(min(match.officers, self.previous.get(match[:2], 0)) for match in matches) * policy.stay_points,
        }
        claimed = {"value": self.result.value, **self.result.bonuses}
        for name, points in sums.items():
            if claimed.get(name) != points:
                yield Finding("wrong_value", {"figure": name, "claimed": claimed.get(name), "points": points})
        if self.result.objective != sum(sums.values()):
            yield Finding("wrong_value", {"figure": "objective", "claimed": self.result.objective,
                                          "points": sum(sums.values())})  # fmt: skip

    def _sent(self, officers: Mapping[tuple[str, str], int]) -> Counter[str]:
        sent: Counter[str] = Counter()
        for (need, _), count in officers.items():
            state = self.needs[need].state
            if state:
                sent[state] += count
        return sent

    def _pairs(self) -> Iterator[tuple[Need, Offer, int, int]]:
        """Every feasible pair that is not vetoed: its posts, its points, and its number in the lottery (64 bits)."""
        index = of_offers(self.problem.offers, self.problem.topics)
        for need in self.problem.needs:
            number = self.numbers["need"][need.key]
            for fit in index.fits(need):
                if (need.key, fit.key) not in self.vetoes:
                    drawn = stirred(number ^ self.numbers["offer"][fit.key])
                    yield need, self.offers[fit.key], fit.total, drawn

    def _beyond_locks(self) -> dict[tuple[str, str], int]:
        return {
            match[:2]: match.officers - self.locked.get(match[:2], 0)
            for match in self.result.matches
            if match.officers > self.locked.get(match[:2], 0)
        }

    # ---------------------------------------------------------------------------------------------- the two modes

    def _optimal(self, proof: Duality) -> Iterator[Finding]:
        """Weak duality: at prices that no pair is worth more than, nothing is worth more than all prices together."""
        yield from self._signs(proof)
        free, sent, hosted = self._free()
        bound = self._agreed()
        bound += sum(count * proof.needs.get(key, 0) for key, count in free["needs"].items())
        bound += sum(count * proof.offers.get(key, 0) for key, count in free["offers"].items())
        count = 0
        for need, offer, points, _ in self._pairs():
            count += 1
            pair, weight = (need.key, offer.key), points + self.policy.bonus(need)
            price = proof.needs.get(need.key, 0) + proof.offers.get(offer.key, 0)
            price += proof.origins.get(need.state or "", 0) + proof.hosts.get(offer.state or "", 0)
            if price < weight:
                yield Finding("price_too_low", {"need": need.key, "offer": offer.key, "short": weight - price})
            may_stay = max(self.previous.get(pair, 0) - self.locked.get(pair, 0), 0)
            bound += may_stay * max(weight + self.policy.stay_points - price, 0)
        for state in {need.state for need in self.problem.needs if need.state}:
            bound += self._spread(proof, state, sent[state])
        for state in {offer.state for offer in self.problem.offers if offer.state} & self.policy.host_caps.keys():
            bound += (self.policy.host_caps[state] - hosted[state]) * proof.hosts.get(state, 0)
        if not self.result.objective == bound == proof.primal == proof.dual:
            claimed = {"primal": proof.primal, "dual": proof.dual}
            yield Finding("values_differ", {"matches": self.result.objective, "prices": bound, **claimed})
        yield from self._counted(count)

    def _signs(self, proof: Duality) -> Iterator[Finding]:
        """Only the figure of an origin State may be negative, and only under a cap may it be positive."""
        for kind, figures in (("need", proof.needs), ("offer", proof.offers), ("host", proof.hosts)):
            for key, price in figures.items():
                if price < 0:
                    yield Finding("price_negative", {"kind": kind, "key": key})
        for state, price in proof.origins.items():
            if price > 0 and state not in self.policy.origin_caps:
                yield Finding("price_without_cap", {"key": state})

    def _agreed(self) -> int:
        """Return what the locked pairs are worth, which no price has to cover."""
        points = 0
        for (need, offer), officers in self.locked.items():
            ours, theirs = self.needs[need], self.offers[offer]
            points += officers * (score(ours, theirs).total + self.policy.bonus(ours))
            points += min(officers, self.previous.get((need, offer), 0)) * self.policy.stay_points
        return points + sum(sum(self.policy.spread(0)[:count]) for count in self._sent(self.locked).values())

    def _spread(self, proof: Duality, state: str, locked: int) -> int:
        """Return what an origin State costs at its price: the spread still to be had, and the rest of its cap."""
        bonuses, price = self.policy.spread(locked), proof.origins.get(state, 0)
        if state not in self.policy.origin_caps:
            return sum(max(points + price, 0) for points in bonuses)
        room = self.policy.origin_caps[state] - locked
        paid = sum(max(points + price, 0) for points in bonuses[:room])
        return paid + max(room - len(bonuses), 0) * max(price, 0)

    def _free(self) -> tuple[dict[str, dict[str, int]], Counter[str | None], Counter[str | None]]:
        """Officers and places that no lock takes, and what the locks of each State send and host."""
        free = {
            "needs": {key: need.officers for key, need in self.needs.items()},
            "offers": {key: offer.places for key, offer in self.offers.items()},
        }
        sent: Counter[str | None] = Counter()
        hosted: Counter[str | None] = Counter()
        for (need, offer), count in self.locked.items():
            free["needs"][need] -= count
            free["offers"][offer] -= count
            sent[self.needs[need].state] += count
            hosted[self.offers[offer].state] += count
        return free, sent, hosted

    def _stable(self, proof: Stability) -> Iterator[Finding]:
        """No feasible pair of which both sides rank the other above something that they have."""
        lists: dict[str, dict[str, list[tuple[object, ...]]]] = {"needs": {}, "offers": {}}
        named = {
            side: {key: {other: place for place, other in enumerate(others)} for key, others in ranks.items()}
            for side, ranks in (("needs", self.problem.rankings.needs), ("offers", self.problem.rankings.offers))
        }
        count = 0
        for need, offer, points, drawn in self._pairs():
            count += 1
            lot = drawn >> 64 - STABLE_BITS
            for side, ours, other in (("needs", need.key, offer.key), ("offers", offer.key, need.key)):
                ranks = named[side].get(ours, {})
                rank = (ranks.get(other, len(ranks)), -points, -lot, other)
                lists[side].setdefault(ours, []).append(rank)
        wanted = self._wanted(lists)
        for need_key, others in sorted(wanted["needs"].items()):
            for offer_key in sorted(others):
                if need_key in wanted["offers"].get(offer_key, ()):
                    yield Finding("blocking_pair", {"need": need_key, "offer": offer_key})
        if proof.blocking:
            yield Finding("blocking_claimed", {"blocking": proof.blocking})
        if proof.pairs != count:
            yield Finding("wrong_pairs", {"claimed": proof.pairs, "pairs": count})
        yield from self._counted(count)

    def _wanted(self, lists: Mapping[str, Mapping[str, list[tuple[object, ...]]]]) -> dict[str, dict[str, set[str]]]:
        """Per side and post, the others that it ranks above something it has (all, while it has room)."""
        free, _, _ = self._free()
        has: dict[str, dict[str, dict[str, int]]] = {"needs": {}, "offers": {}}
        for (need, offer), officers in self._beyond_locks().items():
            has["needs"].setdefault(need, {})[offer] = officers
            has["offers"].setdefault(offer, {})[need] = officers
        wanted: dict[str, dict[str, set[str]]] = {"needs": {}, "offers": {}}
        for side, posts in lists.items():
            for key, ranks in posts.items():
                held = has[side].get(key, {})
                best_first = [str(rank[-1]) for rank in sorted(ranks)]
                if sum(held.values()) >= free[side][key]:
                    last = max((place for place, other in enumerate(best_first) if other in held), default=0)
                    best_first = best_first[:last]
                wanted[side][key] = set(best_first)
        return wanted

    def _counted(self, count: int) -> Iterator[Finding]:
        if self.result.pairs != count:
            yield Finding("wrong_pairs", {"claimed": self.result.pairs, "pairs": count})


_LIMITS = ("too_many_officers", "too_many_at_offer", "origin_cap", "host_cap")
