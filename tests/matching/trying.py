"""The plain ways to match that the engine is held against: try everything, or hand it to another library."""

from dataclasses import replace
from itertools import product

import numpy as np
from ortools.sat.python import cp_model
from scipy.optimize import linear_sum_assignment

from portal.matching.problem import Problem
from portal.matching.result import Duality, Match, Result
from portal.matching.rules import feasible, score
from tests.matching.bare_ones import searched


def weights_of(problem: Problem):
    """Return (need, offer) -> points with those for empty rounds, for every feasible pair that is not vetoed."""
    return {
        (n.key, o.key): score(n, o).total + problem.policy.bonus(n)
        for n in problem.needs
        for o in problem.offers
        if feasible(n, o, problem.topics) and (n.key, o.key) not in problem.vetoes
    }


def objective_of(problem: Problem, flows: dict[tuple[str, str], int]):
    """Return what the officers on the pairs are worth, or None where that breaks a limit."""
    weights, policy = weights_of(problem), problem.policy
    states = {post.key: post.state for post in (*problem.needs, *problem.offers)}
    if any(flows.get(pair[:2], 0) < pair.officers for pair in problem.locked):
        return None
    sums: dict[tuple[str, str | None], int] = {}
    for (need, offer), officers in flows.items():
        for key in ((need, "post"), (offer, "post"), ("from", states[need]), ("to", states[offer])):
            sums[key] = sums.get(key, 0) + officers
    limits = {(n.key, "post"): n.officers for n in problem.needs} | {(o.key, "post"): o.places for o in problem.offers}
    limits |= {("from", state): cap for state, cap in policy.origin_caps.items()}
    limits |= {("to", state): cap for state, cap in policy.host_caps.items()}
    if any(count > limits.get(key, count) for key, count in sums.items()):
        return None
    worth = sum(officers * weights[pair] for pair, officers in flows.items())
    for (kind, state), count in sums.items():
        if kind == "from" and state:
            worth += sum(max(policy.spread_points - place * policy.spread_step, 0) for place in range(count))
    stays = {pair[:2]: pair.officers for pair in problem.previous}
    return worth + policy.stay_points * sum(min(count, stays.get(pair, 0)) for pair, count in flows.items())


def best_by_trying(problem: Problem):
    """Try every number of officers on every pair."""
    needs, offers = {n.key: n.officers for n in problem.needs}, {o.key: o.places for o in problem.offers}
    pairs = sorted(weights_of(problem))
    ranges = [range(min(needs[n], offers[o]) + 1) for n, o in pairs]
    tried = (objective_of(problem, dict(zip(pairs, flows, strict=True))) for flows in product(*ranges))
    return max(worth for worth in tried if worth is not None)


def best_by_search(problem: Problem):
    """Let the constraint solver of OR-tools search under the whole policy: no flow, no prices, only the limits."""
    model, policy, weights = cp_model.CpModel(), problem.policy, weights_of(problem)
    needs, offers = {n.key: n for n in problem.needs}, {o.key: o for o in problem.offers}
    locks = {pair[:2]: pair.officers for pair in problem.locked}
    on = {
        (n, o): model.new_int_var(locks.get((n, o), 0), min(needs[n].officers, offers[o].places), f"{n} {o}")
        for n, o in weights
    }
    worth = [weight * on[pair] for pair, weight in weights.items()]
    for key, n in needs.items():
        model.add(sum(officers for pair, officers in on.items() if pair[0] == key) <= n.officers)
    for key, o in offers.items():
        model.add(sum(officers for pair, officers in on.items() if pair[1] == key) <= o.places)
    for state, cap in policy.host_caps.items():
        model.add(sum(officers for (_, o), officers in on.items() if offers[o].state == state) <= cap)
    for state in {n.state for n in needs.values() if n.state}:
        sent = sum(officers for (n, _), officers in on.items() if needs[n].state == state)
        if state in policy.origin_caps:
            model.add(sent <= policy.origin_caps[state])
        steps = [model.new_bool_var(f"{state} {place}") for place in range(sum(n.officers for n in needs.values()))]
        model.add(sum(steps) <= sent)
        worth += [max(policy.spread_points - place * policy.spread_step, 0) * step for place, step in enumerate(steps)]
    for pair in problem.previous:
        if pair[:2] in on:
            stays = model.new_int_var(0, pair.officers, f"{pair} stays")
            model.add(stays <= on[pair[:2]])
            worth.append(policy.stay_points * stays)
    model.maximize(sum(worth))
    return searched(model)


def choices(problem: Problem):
    """Return how many answers `best_by_trying` would look at."""
    needs, offers = {n.key: n.officers for n in problem.needs}, {o.key: o.places for o in problem.offers}
    return int(np.prod([min(needs[n], offers[o]) + 1.0 for n, o in weights_of(problem)]))


def best_by_cloning(weights: dict[tuple[str, str], int], officers: dict[str, int], places: dict[str, int]):
    """Give every officer and every place a line of its own and let scipy assign them."""
    rows = [key for key, count in officers.items() for _ in range(count)]
    columns = [key for key, count in places.items() for _ in range(count)]
    table = np.array([[max(weights.get((row, column), 0), 0) for column in columns] for row in rows])
    table = table.reshape(len(rows), len(columns))
    chosen = linear_sum_assignment(table, maximize=True)
    return int(table[chosen].sum())


def summed(problem: Problem, officers: dict[tuple[str, str], int], like: Result):
    """Write down an answer with these officers on pairs, every score and sum as it should be, the rest as in another."""
    needs, offers = {n.key: n for n in problem.needs}, {o.key: o for o in problem.offers}
    policy, locks = problem.policy, {pair[:2]: pair.officers for pair in problem.locked}
    stays = {pair[:2]: pair.officers for pair in problem.previous}
    matches = tuple(
        Match(n, o, count, score(needs[n], offers[o]).total, policy.bonus(needs[n]), locks.get((n, o), 0))
        for (n, o), count in sorted(officers.items())
    )
    used = {key: sum(match.officers for match in matches if key in match[:2]) for key in (*needs, *offers)}
    sent: dict[str, int] = {}
    for match in matches:
        sent[needs[match.need].state or ""] = sent.get(needs[match.need].state or "", 0) + match.officers
    sent.pop("", None)
    steps = range(max(sent.values(), default=0))
    falling = [max(policy.spread_points - step * policy.spread_step, 0) for step in steps]
    bonuses = {
        "empty_rounds": sum(match.officers * match.bonus for match in matches),
        "spread": sum(sum(falling[:count]) for count in sent.values()),
        "stay": policy.stay_points * sum(min(count, stays.get(pair, 0)) for pair, count in officers.items()),
    }
    value = sum(match.officers * match.score for match in matches)
    worth, certificate = value + sum(bonuses.values()), like.certificate
    if isinstance(certificate, Duality):
        certificate = replace(certificate, primal=worth, dual=worth)
    return replace(
        like,
        matches=matches,
        value=value,
        bonuses=bonuses,
        objective=worth,
        officers_left={key: left for key, n in needs.items() if (left := n.officers - used[key])},
        places_left={key: left for key, o in offers.items() if (left := o.places - used[key])},
        certificate=certificate,
    )
