"""A run: the feasible pairs, the largest worth or the stable matching among them, and its certificate.

The optimal mode is a flow in whole numbers, so it is exact; among equals the lottery of the round decides. Posts and
pairs enter in order of their keys, so the same problem in any order gives the same answer to the byte.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from portal.matching.flow import optimum
from portal.matching.lottery import key_numbers
from portal.matching.market import NO_STATE, Market, Numbered, Whole, in_points
from portal.matching.pairs import Pairs, feasible_pairs
from portal.matching.prices import Prices
from portal.matching.problem import Pair, Policy, Problem, check_locks
from portal.matching.proof import blocking, dual, primal, proves
from portal.matching.result import STEPS, Duality, Match, Result, Stability
from portal.matching.stable import deferred_acceptance, orders
from portal.matching.types import Need, Offer

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Setting:
    """A problem in numbers: its pairs without the vetoed ones, and the market without what is locked."""

    problem: Problem
    pairs: Pairs
    market: Market


def solve(problem: Problem, progress: Progress | None = None) -> Result:
    """Return the answer to a problem, certified; `progress` hears each of STEPS as it begins."""
    return run(problem, progress)[1]


def run(problem: Problem, progress: Progress | None = None) -> tuple[Setting, Result]:
    """Solve a problem and return its numbers as well."""
    tell = progress or (lambda _step: None)
    check_locks(problem)
    tell(STEPS[0])
    setting = set_up(problem)
    tell(STEPS[1])
    found = _optimal(setting, tell) if problem.policy.mode == "optimal" else _stable(setting, tell)
    tell(STEPS[3])
    return setting, found


def set_up(problem: Problem) -> Setting:
    """List the feasible pairs of a problem and take out what is vetoed or locked."""
    pairs = feasible_pairs(problem.needs, problem.offers, problem.topics)
    need_of, offer_of = numbers(problem.needs), numbers(problem.offers)
    vetoed = [pairs.find(need_of[need], offer_of[offer]) for need, offer in problem.vetoes]
    pairs = pairs.without(np.array([pair for pair in vetoed if pair is not None], dtype=np.intp))
    return Setting(problem, pairs, _market(problem, pairs, need_of, offer_of))


def numbers(posts: Sequence[Need] | Sequence[Offer]) -> dict[str, int]:
    """Key of each post -> its number."""
    return {post.key: number for number, post in enumerate(posts)}


# -------------------------------------------------------------------------------------------- a problem as a market


def _market(problem: Problem, pairs: Pairs, need_of: Mapping[str, int], offer_of: Mapping[str, int]) -> Market:
    policy, needs, offers = problem.policy, problem.needs, problem.offers
    officers = np.array([need.officers for need in needs], dtype=np.int64)
    places = np.array([offer.places for offer in offers], dtype=np.int64)
    sent: Counter[str | None] = Counter()
    hosted: Counter[str | None] = Counter()
    locked: dict[tuple[str, str], int] = {}
    for pair in problem.locked:
        officers[need_of[pair.need]] -= pair.officers
        places[offer_of[pair.offer]] -= pair.officers
        sent[needs[need_of[pair.need]].state] += pair.officers
        hosted[offers[offer_of[pair.offer]].state] += pair.officers
        locked[pair.need, pair.offer] = pair.officers
    origins = _origins(needs, policy)
    hosts = sorted({offer.state for offer in offers if offer.state} & policy.host_caps.keys())
    kept = _kept(problem, pairs, locked, need_of, offer_of)
    bonus = np.array([policy.bonus(need) for need in needs], dtype=np.int64)
    return Market(
        officers=officers,
        places=places,
        need=pairs.need,
        offer=pairs.offer,
        points=pairs.totals + (bonus[pairs.need] if bonus.any() else 0),
        need_numbers=key_numbers(policy.seed, "need", need_of),
        offer_numbers=key_numbers(policy.seed, "offer", offer_of),
        origin=_state_numbers(needs, origins),
        host=_state_numbers(offers, hosts),
        origin_caps=tuple(_left(policy.origin_caps, state, sent) for state in origins),
        spread=tuple(tuple(policy.spread(sent[state])) for state in origins),
        host_caps=tuple(policy.host_caps[state] - hosted[state] for state in hosts),
        kept=np.array(list(kept), dtype=np.int32),
        kept_most=np.array(list(kept.values()), dtype=np.int64),
        stay_points=policy.stay_points,
    )


def _origins(needs: Sequence[Need], policy: Policy) -> list[str]:
    """Return the origin States that have a cap or a spread, in order."""
    return sorted(
        {need.state for need in needs if need.state and (policy.spread_points or need.state in policy.origin_caps)}
    )


def _state_numbers(posts: Sequence[Need] | Sequence[Offer], states: list[str]) -> Numbered:
    known = {state: number for number, state in enumerate(states)}
    return np.array([known.get(post.state or "", NO_STATE) for post in posts], dtype=np.int32)


def _left(caps: Mapping[str, int], state: str, used: Counter[str | None]) -> int | None:
    return caps[state] - used[state] if state in caps else None


def _kept(
    problem: Problem,
    pairs: Pairs,
    locked: Mapping[tuple[str, str], int],
    need_of: Mapping[str, int],
    offer_of: Mapping[str, int],
) -> dict[int, int]:
    """Pair -> officers who bring points if they stay there; posts that are gone and pairs that broke are passed over."""
    kept = {}
    for need, offer, officers in problem.previous if problem.policy.stay_points else ():
        if need in need_of and offer in offer_of:
            number = pairs.find(need_of[need], offer_of[offer])
            left = officers - locked.get((need, offer), 0)
            if number is not None and left > 0:
                kept[number] = left
    return kept


# ------------------------------------------------------------------------------------------------------ the two modes


def _optimal(setting: Setting, tell: Progress) -> Result:
    market = setting.market
    flows, priced = optimum(market)
    tell(STEPS[2])
    result, weights = _result(setting, flows), in_points(market)
    worth, bound = primal(market, weights, flows), dual(market, weights, priced)
    if worth != bound or not proves(market, weights, priced):
        raise RuntimeError(f"not certified: the matches are worth {worth}, the prices say {bound}")
    agreed = result.objective - worth
    return replace(result, certificate=_duality(setting, priced, result.objective, bound + agreed))


def _duality(setting: Setting, priced: Prices, worth: int, bound: int) -> Duality:
    """Write the prices down by key."""
    market, problem = setting.market, setting.problem
    return Duality(
        primal=worth,
        dual=bound,
        needs=_named(problem.needs, priced.needs),
        offers=_named(problem.offers, priced.offers),
        origins=_named_states(problem.needs, market.origin, priced.origins),
        hosts=_named_states(problem.offers, market.host, priced.hosts),
    )


def _named(posts: Sequence[Need] | Sequence[Offer], figures: Whole) -> dict[str, int]:
    return {post.key: figure for post, figure in zip(posts, figures.tolist(), strict=True) if figure}


def _named_states(posts: Sequence[Need] | Sequence[Offer], states: Numbered, figures: Whole) -> dict[str, int]:
    found = {
        post.state or "": figures[number] for post, number in zip(posts, states.tolist(), strict=True) if number >= 0
    }
    return {state: int(figure) for state, figure in sorted(found.items()) if figure}


def _stable(setting: Setting, tell: Progress) -> Result:
    ranks = orders(setting.market, setting.problem)
    flows = deferred_acceptance(setting.market, ranks)
    tell(STEPS[2])
    found = blocking(setting.market, ranks.of_needs, ranks.of_offers, flows)
    if len(found):
        raise RuntimeError(f"not stable: {len(found)} pairs would leave their matches for each other")
    return _result(setting, flows)


# ----------------------------------------------------------------------------------------------------------- the answer


def _result(setting: Setting, flows: Whole) -> Result:
    problem, pairs = setting.problem, setting.pairs
    locked = {(pair.need, pair.offer): pair.officers for pair in problem.locked}
    need_of, offer_of = numbers(problem.needs), numbers(problem.offers)
    officers = {pair: int(flows[pair]) for pair in np.flatnonzero(flows).tolist()}
    for (need_key, offer_key), count in locked.items():
        pair = pairs.find(need_of[need_key], offer_of[offer_key])
        if pair is not None:  # a locked pair keeps the rules: check_locks saw to it
            officers[pair] = officers.get(pair, 0) + count
    matches = []
    for pair in sorted(officers):
        need, offer = problem.needs[pairs.need[pair]], problem.offers[pairs.offer[pair]]
        score, bonus = pairs.score(pair).total, problem.policy.bonus(need)
        matches.append(Match(need.key, offer.key, officers[pair], score, bonus, locked.get((need.key, offer.key), 0)))
    return _summed(problem, tuple(matches), len(pairs))


def _summed(problem: Problem, matches: tuple[Match, ...], pairs: int) -> Result:
    """Add up what the matches are worth and who is left over; a stable one is certified with that."""
    officers = {need.key: need.officers for need in problem.needs}
    places = {offer.key: offer.places for offer in problem.offers}
    states = {need.key: need.state for need in problem.needs}
    previous = {(pair.need, pair.offer): pair.officers for pair in problem.previous}
    sent: Counter[str | None] = Counter()
    for match in matches:
        officers[match.need] -= match.officers
        places[match.offer] -= match.officers
        sent[states[match.need]] += match.officers
    stayed = sum(min(match.officers, previous.get(match[:2], 0)) for match in matches)
    policy, value = problem.policy, sum(match.officers * match.score for match in matches)
    bonuses = {
        "empty_rounds": sum(match.officers * match.bonus for match in matches),
        "spread": sum(sum(policy.spread(0)[:count]) for state, count in sent.items() if state),
        "stay": policy.stay_points * stayed,
    }
    return Result(
        mode=policy.mode,
        matches=matches,
        value=value,
        bonuses=bonuses,
        objective=value + sum(bonuses.values()),
        officers_left={key: left for key, left in officers.items() if left},
        places_left={key: left for key, left in places.items() if left},
        pairs=pairs,
        certificate=Stability(pairs=pairs),
    )


def matched(result: Result) -> tuple[Pair, ...]:
    """Return the matches as plain pairs, as `previous` and `locked` take them."""
    return tuple(Pair(match.need, match.offer, match.officers) for match in result.matches)
