"""The solve is exact, keeps every limit, and does not depend on the order in which posts come."""

import json
from itertools import product
from pathlib import Path
from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from portal.matching.__main__ import answer
from portal.matching.rules import feasible, score
from portal.matching.solve import Edge, Result, edges, solve, solve_edges, weights_of
from portal.matching.source import Programme, read
from portal.matching.types import Need, Offer, Score
from tests.matching.posts import TOPICS, need, needs, offer, offers, programme

PROGRAMME = Path(__file__).parents[2] / "portal" / "data" / "programme"


def edge(need_key: str, offer_key: str, total: int):
    return Edge(need_key, offer_key, Score(total, 0, 0, 0, 0, 0))


def best_by_trying(pairs: list[Edge], officers: dict[str, int], places: dict[str, int]):
    """Try every number of officers on every pair."""
    best = 0
    choices = [range(min(officers[p.need], places[p.offer]) + 1) for p in pairs]
    for flows in product(*choices):
        used_officers, used_places = dict.fromkeys(officers, 0), dict.fromkeys(places, 0)
        for pair, flow in zip(pairs, flows, strict=True):
            used_officers[pair.need] += flow
            used_places[pair.offer] += flow
        if all(used_officers[k] <= officers[k] for k in officers) and all(used_places[k] <= places[k] for k in places):
            best = max(best, sum(pair.weight * flow for pair, flow in zip(pairs, flows, strict=True)))
    return best


def best_by_cloning(pairs: list[Edge], officers: dict[str, int], places: dict[str, int]):
    """Give every officer and every place a line of its own and let scipy assign them."""
    rows = [key for key, count in officers.items() for _ in range(count)]
    columns = [key for key, count in places.items() for _ in range(count)]
    weights = {(pair.need, pair.offer): pair.weight for pair in pairs}
    table = np.array([[weights.get((row, column), 0) for column in columns] for row in rows]).reshape(
        len(rows), len(columns)
    )
    chosen = linear_sum_assignment(table, maximize=True)
    return int(table[chosen].sum())


small_pairs = st.dictionaries(
    st.tuples(st.sampled_from(("N1", "N2", "N3")), st.sampled_from(("O1", "O2", "O3"))), st.integers(1, 100), max_size=5
).map(lambda found: [edge(*keys, total) for keys, total in found.items()])
counts = st.tuples(*[st.integers(0, 2)] * 3)


def limits(letter: str, found: tuple[int, ...]):
    return {f"{letter}{number}": count for number, count in enumerate(found, start=1)}


def within_limits(result: Result, officers: dict[str, int], places: dict[str, int]):
    for key, count in officers.items():
        assert sum(m.officers for m in result.matches if m.need == key) + result.officers_left.get(key, 0) == count
    for key, count in places.items():
        assert sum(m.officers for m in result.matches if m.offer == key) + result.places_left.get(key, 0) == count
    assert all(m.officers > 0 for m in result.matches)
    assert result.value == sum(m.officers * m.score for m in result.matches)


@settings(max_examples=100, deadline=None)
@given(small_pairs, counts, counts)
def test_small_ones_are_as_good_as_trying_everything(
    pairs: list[Edge], officers: tuple[int, ...], places: tuple[int, ...]
):
    officers, places = limits("N", officers), limits("O", places)
    result = solve_edges(pairs, officers, places)
    within_limits(result, officers, places)
    assert result.value == best_by_trying(pairs, officers, places)


@settings(max_examples=60, deadline=None)
@given(programme(needs, 15), programme(offers, 15))
def test_medium_ones_are_as_good_as_an_assignment_of_single_officers(some_needs: list[Need], some_offers: list[Offer]):
    officers = {post.key: post.officers for post in some_needs}
    places = {post.key: post.places for post in some_offers}
    result = solve(some_needs, some_offers, TOPICS)
    within_limits(result, officers, places)
    pairs = edges(some_needs, some_offers, TOPICS)
    assert result.value == best_by_cloning(pairs, officers, places)


@settings(max_examples=60, deadline=None)
@given(programme(needs, 10), programme(offers, 10), st.randoms(use_true_random=False))
def test_the_answer_is_the_same_to_the_byte_in_any_order(
    some_needs: list[Need], some_offers: list[Offer], chance: Random
):
    mixed_needs, mixed_offers = list(some_needs), list(some_offers)
    chance.shuffle(mixed_needs)
    chance.shuffle(mixed_offers)
    first = answer(Programme(tuple(some_needs), tuple(some_offers), TOPICS), with_edges=True)
    assert first == answer(Programme(tuple(mixed_needs), tuple(mixed_offers), TOPICS), with_edges=True)


def test_the_order_of_the_pairs_does_not_matter():
    pairs = [edge(f"N{row}", f"O{column}", 50) for row in range(6) for column in range(6)]
    officers, places = {f"N{row}": 1 for row in range(6)}, {f"O{column}": 1 for column in range(6)}
    assert solve_edges(pairs, officers, places) == solve_edges(pairs[::-1], officers, places)


def test_the_programme_is_solved_exactly_and_in_any_order():
    found = read(PROGRAMME)
    pairs = edges(found.needs, found.offers, TOPICS)
    by_looking = sorted(
        (n.key, o.key, score(n, o)) for n in found.needs for o in found.offers if feasible(n, o, TOPICS)
    )
    assert [tuple(pair) for pair in pairs] == by_looking
    officers, places = {n.key: n.officers for n in found.needs}, {o.key: o.places for o in found.offers}
    result = solve_edges(pairs, officers, places)
    within_limits(result, officers, places)
    assert result.value == best_by_cloning(pairs, officers, places)
    backwards = Programme(found.needs[::-1], found.offers[::-1], TOPICS)
    assert answer(found, with_edges=True) == answer(backwards, with_edges=True)


def test_officers_of_one_need_may_go_to_several_offers():
    result = solve([need(officers=3)], [offer(key="O1", places=2), offer(key="O2", places=2)], TOPICS)
    assert sum(match.officers for match in result.matches) == 3
    assert {match.offer for match in result.matches} == {"O1", "O2"}
    assert sum(result.places_left.values()) == 1
    assert result.officers_left == {}


def test_equal_answers_are_drawn_by_lot_and_not_by_the_first_key():
    """Many needs alike compete for one place each: the first key must not always win."""
    winners = set()
    for number in range(12):
        pairs = [edge(f"N{number}-{letter}", "O1", 50) for letter in "ab"]
        result = solve_edges(pairs, {pair.need: 1 for pair in pairs}, {"O1": 1})
        winners.add(result.matches[0].need[-1])
    assert winners == {"a", "b"}


def test_the_lots_of_a_whole_answer_never_outweigh_one_point():
    most, nodes = 20_000, 20_002
    high, low = weights_of([edge("N1", "O1", 100), edge("N1", "O1", 99)], most, nodes)
    step = high - low  # one key pair draws one lot, so what is left is the worth of a point
    assert all(weight % step >= 0 for weight in (high, low))
    assert (high % step) * most < step
    assert high * nodes < 2**63


def test_the_command_prints_sorted_json_with_all_parts():
    found = Programme((need(officers=2),), (offer(places=1), offer(key="O2", band_min=4)), TOPICS)
    text = answer(found, with_edges=True)
    document = json.loads(text)
    assert text == json.dumps(document, indent=1, sort_keys=True) + "\n"
    parts = {"topic": 30, "language": 17, "dates": 20, "preferred_state": 9, "costs": 0, "band": 5}
    assert document == {
        "matches": [{"need": "N1", "offer": "O1", "officers": 1, "score": 81}],
        "value": 81,
        "unmatched": {"needs": {"N1": 1}, "offers": {"O2": 1}},
        "edges": [{"need": "N1", "offer": "O1", "weight": 81, "parts": parts}],
    }
    assert "edges" not in json.loads(answer(found, with_edges=False))
