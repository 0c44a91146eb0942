"""Bare instances: strategies that draw them, and the plain ways to solve them that the engine is held against."""

import warnings
from itertools import permutations, product
from typing import Any

from hypothesis import strategies as st
from matching.games import HospitalResident
from ortools.sat.python import cp_model

from portal.matching.bare import assign
from portal.matching.instance import instance_from_json

Instance = dict[str, Any]
Flows = dict[tuple[str, str], int]


def flows_of(answer: dict[str, Any]) -> Flows:
    return {(match["need"], match["offer"]): match["officers"] for match in answer["matches"]}


def assigned(instance: Instance) -> dict[str, Any]:
    return assign(instance_from_json(instance))


_few_weights = st.integers(-3, 12)


@st.composite
def weighted(draw, most: int = 4, capacity: int = 3, weights: st.SearchStrategy = _few_weights):
    """Draw capacities and edges with weights."""
    needs = {f"n{number}": draw(st.integers(0, capacity)) for number in range(draw(st.integers(0, most)))}
    offers = {f"o{number}": draw(st.integers(0, capacity)) for number in range(draw(st.integers(0, most)))}
    edges = [[n, o, draw(weights)] for n in needs for o in offers if draw(st.integers(0, 3))]
    return {"capacity_needs": needs, "capacity_offers": offers, "edges": edges, "mode": "optimal"}


@st.composite
def ranked(draw, most: int = 4, capacity: int = 2):
    """Draw capacities and the two sides' lists; some are short, some name others who do not name them."""
    needs = {f"n{number}": draw(st.integers(0, capacity)) for number in range(draw(st.integers(0, most)))}
    offers = {f"o{number}": draw(st.integers(0, capacity)) for number in range(draw(st.integers(0, most)))}
    lists = {
        name: {key: draw(st.lists(st.sampled_from(sorted(theirs)), unique=True)) if theirs else [] for key in ours}
        for name, ours, theirs in (("need_ranks", needs, offers), ("offer_ranks", offers, needs))
    }
    return {"capacity_needs": needs, "capacity_offers": offers, "mode": "stable", **lists}


# ------------------------------------------------------------------------------------------------ the optimal mode


def best_by_trying(instance: Instance) -> int:
    """Try every number of officers on every edge."""
    needs, offers, edges = instance["capacity_needs"], instance["capacity_offers"], instance["edges"]
    best = 0
    for counts in product(*(range(min(needs[n], offers[o]) + 1) for n, o, _ in edges)):
        used: dict[str, int] = {}
        for (n, o, _), count in zip(edges, counts, strict=True):
            used[n], used[o] = used.get(n, 0) + count, used.get(o, 0) + count
        if all(count <= (needs | offers)[key] for key, count in used.items()):
            best = max(best, sum(count * weight for count, (_, _, weight) in zip(counts, edges, strict=True)))
    return best


def best_by_search(instance: Instance) -> int:
    """Let the constraint solver of OR-tools find the best whole numbers, by search instead of by a flow."""
    model = cp_model.CpModel()
    on: dict[str, list[Any]] = {key: [] for key in (*instance["capacity_needs"], *instance["capacity_offers"])}
    worth = []
    for n, o, weight in instance["edges"]:
        most = min(instance["capacity_needs"][n], instance["capacity_offers"][o])
        officers = model.new_int_var(0, most, f"{n} {o}")
        on[n].append(officers)
        on[o].append(officers)
        worth.append(weight * officers)
    for key, capacity in (instance["capacity_needs"] | instance["capacity_offers"]).items():
        model.add(sum(on[key]) <= capacity)
    model.maximize(sum(worth))
    return searched(model)


def searched(model: cp_model.CpModel) -> int:
    """Return the best worth of a model, proven."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    assert solver.solve(model) == cp_model.OPTIMAL
    return round(solver.objective_value)


def proves(instance: Instance, answer: dict[str, Any]) -> bool:
    """Weak duality by hand: prices that no edge is worth more than, and that add up to the value of the matches."""
    needs, offers = answer["certificate"]["needs"], answer["certificate"]["offers"]
    together = sum(instance["capacity_needs"][key] * price for key, price in needs.items())
    together += sum(instance["capacity_offers"][key] * price for key, price in offers.items())
    return (
        together == answer["value"] == answer["certificate"]["primal"] == answer["certificate"]["dual"]
        and all(price >= 0 for price in (*needs.values(), *offers.values()))
        and all(needs.get(n, 0) + offers.get(o, 0) >= weight for n, o, weight in instance["edges"])
    )


def keeps_capacities(instance: Instance, flows: Flows) -> bool:
    """Whether no need and no offer has more than it may, and who is left is what the answer says."""
    capacities = instance["capacity_needs"] | instance["capacity_offers"]
    used = dict.fromkeys(capacities, 0)
    for pair, count in flows.items():
        for key in pair:
            used[key] += count
    return all(used[key] <= capacity for key, capacity in capacities.items())


# ------------------------------------------------------------------------------------------------- the stable mode


def mutual(instance: Instance) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Return the lists of both sides with only those who name each other."""
    needs, offers = instance["need_ranks"], instance["offer_ranks"]
    return (
        {n: [o for o in ranks if n in offers.get(o, ())] for n, ranks in needs.items()},
        {o: [n for n in ranks if o in needs.get(n, ())] for o, ranks in offers.items()},
    )


def blocks(instance: Instance, flows: Flows) -> list[tuple[str, str]]:
    """Return the pairs of which both sides would rather have each other than one they have, or than a free place."""
    needs, offers = mutual(instance)
    free = instance["capacity_needs"] | instance["capacity_offers"]

    def wants(ours: str, other: str, ranks: list[str]) -> bool:
        held = [b if a == ours else a for (a, b), count in flows.items() if count and ours in (a, b)]
        filled = sum(count for pair, count in flows.items() if ours in pair)
        return filled < free[ours] or any(ranks.index(other) < ranks.index(one) for one in held)

    return [(n, o) for n, ranks in needs.items() for o in ranks if wants(n, o, ranks) and wants(o, n, offers[o])]


def all_stable(instance: Instance) -> list[Flows]:
    """Return every stable answer, by trying all."""
    pairs = [(n, o) for n, ranks in mutual(instance)[0].items() for o in ranks]
    needs, offers = instance["capacity_needs"], instance["capacity_offers"]
    tried = product(*(range(min(needs[n], offers[o]) + 1) for n, o in pairs))
    all_flows = ({pair: count for pair, count in zip(pairs, counts, strict=True) if count} for counts in tried)
    return [flows for flows in all_flows if keeps_capacities(instance, flows) and not blocks(instance, flows)]


def held_from_the_top(instance: Instance, flows: Flows, need: str) -> list[int]:
    """Return the places in the list of a need that its officers have, the best first; those without come last."""
    ranks = mutual(instance)[0][need]
    places = [ranks.index(o) for (n, o), count in flows.items() if n == need for _ in range(count)]
    return sorted(places) + [len(ranks)] * (instance["capacity_needs"][need] - len(places))


def by_the_peer(instance: Instance) -> Flows:
    """Let the library `matching` answer; each officer of a need is a resident of its own with the list of the need."""
    needs, offers = mutual(instance)
    clones = {n: [f"{n}/{number}" for number in range(count)] for n, count in instance["capacity_needs"].items()}
    residents = {
        clone: [o for o in needs[n] if instance["capacity_offers"][o]] for n in needs for clone in clones[n]
    }  # fmt: skip
    residents = {clone: ranks for clone, ranks in residents.items() if ranks}
    hospitals = {
        o: [clone for n in ranks for clone in clones[n]]
        for o, ranks in offers.items()
        if instance["capacity_offers"][o]
    }
    hospitals = {o: ranks for o, ranks in hospitals.items() if ranks}
    if not residents:
        return {}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        game = HospitalResident.create_from_dictionaries(
            residents, hospitals, {o: instance["capacity_offers"][o] for o in hospitals}
        )
        found: Flows = {}
        for hospital, held in game.solve(optimal="resident").items():
            for resident in held:
                pair = (resident.name.split("/")[0], hospital.name)
                found[pair] = found.get(pair, 0) + 1
    return found


def other_way_round(instance: Instance) -> Instance:
    """Let the offers propose."""
    names = (("capacity_needs", "capacity_offers"), ("need_ranks", "offer_ranks"))
    turned = {a: instance[b] for a, b in names} | {b: instance[a] for a, b in names}
    return instance | turned


def ladders(names: str, ranks: list[str]) -> dict[str, list[str]]:
    """Read lists written as one word each: `ladders("ab", ["xy", "yx"])`."""
    return {name: list(word) for name, word in zip(names, ranks, strict=True)}


def orders_of(others: str) -> list[list[str]]:
    """Return every order of some keys."""
    return [list(order) for order in permutations(others)]
