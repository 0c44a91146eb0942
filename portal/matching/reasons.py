"""Why a pair was matched and why another was not, what would help, and what one more place is worth: codes and figures.

Everything follows from a problem and its result, so a run kept for years can still be explained.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np

from portal.matching.changes import Change, single_changes
from portal.matching.index import Index, of_offers
from portal.matching.market import Weights, Whole, weigh
from portal.matching.prices import UNREACHED, Reached, Ways
from portal.matching.problem import Problem
from portal.matching.result import Match, Result
from portal.matching.rules import violations
from portal.matching.solve import numbers, set_up
from portal.matching.stable import Ranks, orders
from portal.matching.types import Need, Offer, Score, Violation


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why this one: its points, and its rank among the feasible partners of each side (equal points share a rank).

    `bonus`: points for empty rounds beside the score; `locked`: officers agreed before; `kept`: officers who stay
    where an earlier run had put them.
    """

    score: Score
    bonus: int
    rank_for_need: int
    of_need: int
    rank_for_offer: int
    of_offer: int
    locked: int
    kept: int


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why not that one.

    breaks_rules: `violations`. vetoed. no_capacity and all_locked: `side` has no officers or places at all, or none
    that are not locked (need, offer, or the cap of the State: origin, host). points_short: so many points in the
    whole; with `needed` more it is chosen, with one fewer it is not. lot: nothing short, the lottery decided. In the
    stable mode: need_prefers_its_own, offer_prefers_its_own with the `rank` of the pair in that list, from 1, and the
    `worst_rank` held there. chosen: it was.
    """

    code: str
    violations: tuple[Violation, ...] = ()
    points: int = 0
    needed: int = 0
    params: Mapping[str, object] = field(default_factory=dict, hash=False)


class Explainer:
    """Answers about one run. Only `nearest_miss` looks at what the reader may see: ask about nothing else."""

    def __init__(self, problem: Problem, result: Result) -> None:
        self.problem, self.result = problem, result
        self._setting = set_up(problem)
        self._need_of, self._offer_of = numbers(problem.needs), numbers(problem.offers)
        self._matches = {(match.need, match.offer): match for match in result.matches}
        self._previous = {(pair.need, pair.offer): pair.officers for pair in problem.previous}
        self._flows = self._beyond_locks()
        self._ways: Ways | None = None
        self._ranks: Ranks | None = None
        self._index: Index[Offer, Need] | None = None
        self._from: dict[tuple[str, int], tuple[Reached, int]] = {}

    def _beyond_locks(self) -> Whole:
        flows = np.zeros(len(self._setting.pairs), dtype=np.int64)
        for match in self.result.matches:
            if match.officers > match.locked:
                flows[self._pair(match.need, match.offer)] = match.officers - match.locked
        return flows

    def _pair(self, need: str, offer: str) -> int:
        number = self._setting.pairs.find(self._need_of[need], self._offer_of[offer])
        if number is None:
            raise KeyError(need, offer)
        return number

    # ------------------------------------------------------------------------------------------------ one pair

    def why(self, need: str, offer: str) -> Why:
        """Say why a match was made; raises KeyError when it was not."""
        match, pairs = self._matches[need, offer], self._setting.pairs
        number, totals = self._pair(need, offer), pairs.totals
        of_need = totals[pairs.need == self._need_of[need]]
        of_offer = totals[pairs.offer == self._offer_of[offer]]
        return Why(
            score=pairs.score(number),
            bonus=match.bonus,
            rank_for_need=1 + int((of_need > match.score).sum()),
            of_need=len(of_need),
            rank_for_offer=1 + int((of_offer > match.score).sum()),
            of_offer=len(of_offer),
            locked=match.locked,
            kept=min(match.officers, self._previous.get((need, offer), 0)),
        )

    def why_not(self, need: str, offer: str) -> WhyNot:
        """Say why a pair was not matched, exactly."""
        if (need, offer) in self._matches:
            return WhyNot("chosen")
        posts = self.problem.needs[self._need_of[need]], self.problem.offers[self._offer_of[offer]]
        broken = violations(*posts, self.problem.topics)
        if broken:
            return WhyNot("breaks_rules", tuple(broken))
        if (need, offer) in self.problem.vetoes:
            return WhyNot("vetoed")
        closed = self._closed(need, offer)
        if closed:
            return closed
        number = self._pair(need, offer)
        return self._short(number) if self.result.mode == "optimal" else self._outranked(number)

    def _closed(self, need: str, offer: str) -> WhyNot | None:
        """Return the first of need, offer and their capped States that could take no further officer, locks apart."""
        market, problem = self._setting.market, self.problem
        i, j = self._need_of[need], self._offer_of[offer]
        origin, host = int(market.origin[i]), int(market.host[j])
        caps = problem.policy.origin_caps, problem.policy.host_caps
        sides = (
            ("need", int(market.officers[i]), problem.needs[i].officers),
            ("offer", int(market.places[j]), problem.offers[j].places),
            ("origin", market.origin_caps[origin] if origin >= 0 else None, caps[0].get(problem.needs[i].state or "")),
            ("host", market.host_caps[host] if host >= 0 else None, caps[1].get(problem.offers[j].state or "")),
        )
        for side, left, most in sides:
            if left == 0:
                return WhyNot("all_locked" if most else "no_capacity", params={"side": side})
        return None

    def _short(self, pair: int) -> WhyNot:
        """Return what the best matches with the pair are worth less than the best of all."""
        ways, market = self._solved(), self._setting.market
        reached, _ = self._reached("offers", int(market.offer[pair]))
        worth = int(ways.weights.pairs[pair]) + (ways.stay if pair in ways.more_kept else 0)
        loss = -(worth + int(reached.needs[market.need[pair]]))
        points = _points(loss, ways.weights)
        return WhyNot("points_short" if points else "lot", points=points, needed=(loss >> ways.weights.shift) + 1)

    def _outranked(self, pair: int) -> WhyNot:
        market, flows = self._setting.market, self._flows
        if self._ranks is None:
            self._ranks = orders(market, self.problem)
        for code, posts, ranks, most in (
            ("need_prefers_its_own", market.need, self._ranks.of_needs, market.officers),
            ("offer_prefers_its_own", market.offer, self._ranks.of_offers, market.places),
        ):
            held = np.flatnonzero((posts == posts[pair]) & (flows > 0))
            worst = int(ranks[held].max(initial=-1))
            if int(flows[held].sum()) == most[posts[pair]] and worst < ranks[pair]:
                return WhyNot(code, params={"rank": int(ranks[pair]) + 1, "worst_rank": worst + 1})
        raise RuntimeError("the pair blocks the matching: the result is not stable")

    # ------------------------------------------------------------------------------------------- posts and States

    def nearest_miss(self, need: str, visible: Collection[str] | None = None) -> tuple[Change, ...]:
        """Return the single changes of a need that open offers which the reader may see (None: all), the best first."""
        if self._index is None:
            self._index = of_offers(self.problem.offers, self.problem.topics)
        post = self.problem.needs[self._need_of[need]]
        missed = {missed.key for missed in self._index.near_misses(post)}
        vetoed = {offer for vetoed, offer in self.problem.vetoes if vetoed == need}
        near = (self._index[key] for key in sorted(missed - vetoed) if visible is None or key in visible)
        return tuple(single_changes(post, (offer for offer in near if offer.places), self.problem.topics))

    def fits(self, need: str) -> list[str]:
        """Return the offers that fit a need and are not its matches, the most points first."""
        pairs = self._setting.pairs
        mine = np.flatnonzero(pairs.need == self._need_of[need])
        ranked = mine[np.argsort(-pairs.totals[mine], kind="stable")]
        keys = (self.problem.offers[number].key for number in pairs.offer[ranked].tolist())
        return [key for key in keys if (need, key) not in self._matches]

    def holders(self, offer: str) -> tuple[Match, ...]:
        """Return who has the places of an offer."""
        return tuple(match for match in self.result.matches if match.offer == offer)

    def price(self, offer: str) -> int:
        """Return how many points one more place would add to the whole, bonuses included; optimal mode only."""
        ways, market = self._solved(), self._setting.market
        number = self._offer_of[offer]
        host = int(market.host[number])
        reached = ways.from_source if host < 0 else self._reached("hosts", host)[0]
        return _points(max(int(reached.offers[number]), 0), ways.weights)

    def cap_price(self, side: str, state: str) -> int:
        """Return how many points one more officer under the cap of a State would add; 0 where it has no cap."""
        ways, market, problem = self._solved(), self._setting.market, self.problem
        posts = problem.needs if side == "origin" else problem.offers
        numbered = market.origin if side == "origin" else market.host
        caps = problem.policy.origin_caps if side == "origin" else problem.policy.host_caps
        found = [int(number) for post, number in zip(posts, numbered, strict=True) if post.state == state]
        if state not in caps or not found:
            return 0
        number = found[0]
        if side == "host":
            return _points(max(int(ways.from_source.hosts[number]), 0), ways.weights)
        _, back = self._reached("origins", number)
        return _points(max(back + ways.next_of_origin[number], 0), ways.weights)

    # ------------------------------------------------------------------------------------------------- underneath

    def _solved(self) -> Ways:
        if self._ways is None:
            if self.result.mode != "optimal":
                raise ValueError("only the optimal mode has prices")
            self._ways = Ways(self._setting.market, weigh(self._setting.market), self._flows)
        return self._ways

    def _reached(self, kind: str, number: int) -> tuple[Reached, int]:
        """Return the best ways from one offer or State; those from the last one asked about are kept."""
        if (kind, number) not in self._from:
            ways = self._solved()
            begin = ways.nowhere()
            getattr(begin, kind)[number] = 0
            self._from = {(kind, number): ways.spread_out(begin)}
        return self._from[kind, number]


def _points(worth: int, weights: Weights) -> int:
    """Return whole points: what the lottery adds or takes is less than half a point."""
    return (worth + (1 << weights.shift >> 1)) >> weights.shift if worth > UNREACHED // 2 else 0
