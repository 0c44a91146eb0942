"""The stable mode: nobody would leave a match for another, officers get the best that is stable, as textbooks say."""

from itertools import product
from random import Random

import pytest
from hypothesis import given, settings

from portal.matching.certify import verify
from portal.matching.lottery import draw
from portal.matching.problem import Pair, Policy, Problem, Rankings
from portal.matching.rules import feasible, score
from portal.matching.solve import solve
from tests.matching.bare_ones import (
    all_stable,
    assigned,
    blocks,
    by_the_peer,
    flows_of,
    held_from_the_top,
    keeps_capacities,
    ladders,
    orders_of,
    other_way_round,
    ranked,
)
from tests.matching.posts import TOPICS, many, need, offer, stable_problems

pytestmark = pytest.mark.proof


def ones(names: str) -> dict[str, int]:
    return dict.fromkeys(names, 1)


def marriages(men: list[str], women: list[str]):
    """Return an instance of one officer and one place each: lists of a, b, c ... over A, B, C ..., and back."""
    names, others = "abcd"[: len(men)], "ABCD"[: len(women)]
    return {
        "capacity_needs": ones(names), "capacity_offers": ones(others), "mode": "stable",
        "need_ranks": ladders(names, men), "offer_ranks": ladders(others, women),
    }  # fmt: skip


GALE_SHAPLEY_1 = marriages(["ABC", "BCA", "CAB"], ["bca", "cab", "abc"])
"""Gale and Shapley, College Admissions and the Stability of Marriage (1962), example 1."""
GALE_SHAPLEY_2 = marriages(["ABCD", "ADCB", "BACD", "DBCA"], ["dcab", "bdac", "dabc", "cbad"])
"""Example 2 of the same paper: the only stable marriages are not those of anyone's first choices."""
RESIDENTS = {
    "capacity_needs": ones("ASJLD"), "capacity_offers": {"mercy": 2, "city": 2, "general": 2}, "mode": "stable",
    "need_ranks": {
        "A": ["city"], "S": ["city", "mercy"], "J": ["city", "general", "mercy"], "L": ["mercy", "city", "general"],
        "D": ["city", "mercy", "general"],
    },
    "offer_ranks": {"mercy": ["D", "J"], "city": ["D", "A", "S", "L", "J"], "general": ["D", "A", "J", "L"]},
}  # fmt: skip
"""The example by which the National Resident Matching Program explains its matches."""


def pairs(text: str) -> dict[tuple[str, str], int]:
    return {(word[0], word[1:]): 1 for word in text.split()}


@pytest.mark.parametrize(
    ("instance", "for_needs", "for_offers"),
    [
        (GALE_SHAPLEY_1, "aA bB cC", "aC bA cB"),
        (GALE_SHAPLEY_2, "aC bD cA dB", "aC bD cA dB"),
        (RESIDENTS, "Acity Dcity Jgeneral Lgeneral", "Acity Dcity Jgeneral Lgeneral"),
    ],
)
def test_textbook_cases(instance: dict, for_needs: str, for_offers: str):
    assert flows_of(assigned(instance)) == pairs(for_needs) == by_the_peer(instance)
    turned = {(n, o): count for (o, n), count in flows_of(assigned(other_way_round(instance))).items()}
    assert turned == pairs(for_offers)
    assert pairs(for_needs) in all_stable(instance)
    assert pairs(for_offers) in all_stable(instance)


def test_whoever_nobody_takes_is_left():
    answer = assigned(RESIDENTS)
    assert answer["unmatched"] == {"needs": {"S": 1}, "offers": {"mercy": 2}}


def test_every_instance_of_three_with_fixed_lists_on_one_side():
    """All 216 lists of three needs over three offers that rank them in a circle."""
    circle = ["abc", "bca", "cab"]
    for lists in product(orders_of("ABC"), repeat=3):
        instance = marriages(["".join(one) for one in lists], circle)
        assert flows_of(assigned(instance)) == by_the_peer(instance)


@settings(max_examples=many(200), deadline=None)
@given(ranked(most=6, capacity=3))
def test_the_answer_is_the_one_of_the_peer_and_nobody_would_leave_it(instance: dict):
    flows = flows_of(assigned(instance))
    assert blocks(instance, flows) == []
    assert keeps_capacities(instance, flows)
    assert flows == by_the_peer(instance)


@settings(max_examples=many(100), deadline=None)
@given(ranked(most=3, capacity=2))
def test_no_officer_has_a_better_place_in_any_stable_answer(instance: dict):
    flows = flows_of(assigned(instance))
    stable = all_stable(instance)
    assert flows in stable
    for need_key in instance["capacity_needs"]:
        mine = held_from_the_top(instance, flows, need_key)
        for other in stable:
            theirs = held_from_the_top(instance, other, need_key)
            assert all(ours <= place for ours, place in zip(mine, theirs, strict=True))


@settings(max_examples=many(100), deadline=None)
@given(ranked(most=5, capacity=2))
def test_the_same_places_are_filled_whoever_proposes(instance: dict):
    """The theorem of the rural hospitals: who is left over is the same in every stable answer."""
    answer, turned = assigned(instance), assigned(other_way_round(instance))
    assert answer["unmatched"] == {
        "needs": turned["unmatched"]["offers"], "offers": turned["unmatched"]["needs"]
    }  # fmt: skip


@settings(max_examples=many(60), deadline=None)
@given(ranked(most=4, capacity=1))
def test_a_need_of_one_officer_gains_nothing_by_another_list(instance: dict):
    """What the page with the rules claims, and claims for needs of one officer only."""
    needs = [key for key, count in instance["capacity_needs"].items() if count]
    if not needs:
        return
    key = needs[0]
    honest = held_from_the_top(instance, flows_of(assigned(instance)), key)
    true_list = instance["need_ranks"][key]
    for length in range(len(true_list) + 1):
        for said in orders_of("".join(o[1:] for o in true_list))[:24]:
            told = instance | {"need_ranks": instance["need_ranks"] | {key: [f"o{number}" for number in said[:length]]}}
            got = {pair: count for pair, count in flows_of(assigned(told)).items() if pair[0] == key}
            assert honest <= held_from_the_top(instance, got, key)


# ------------------------------------------------------------------------------------------ with posts behind the pairs


def as_lists(problem: Problem):
    """Write the lists of a problem without locks as they are published: named ranks, then points, then the lottery."""
    vetoes, seed = set(problem.vetoes), problem.policy.seed
    fits = [
        (n, o) for n in problem.needs for o in problem.offers
        if feasible(n, o, TOPICS) and (n.key, o.key) not in vetoes
    ]  # fmt: skip
    lists: dict[str, dict[str, list[str]]] = {"needs": {}, "offers": {}}
    for side, ours, theirs in (("needs", 0, 1), ("offers", 1, 0)):
        for post in getattr(problem, side):
            named = getattr(problem.rankings, side).get(post.key, ())
            partners = []
            for pair in fits:
                if pair[ours] is post:
                    other = pair[theirs].key
                    place = named.index(other) if other in named else len(named)
                    lot = draw(seed, pair[0].key, pair[1].key, 40)
                    partners.append((place, -score(*pair).total, -lot, other))
            lists[side][post.key] = [partner[-1] for partner in sorted(partners)]
    return {
        "capacity_needs": {n.key: n.officers for n in problem.needs},
        "capacity_offers": {o.key: o.places for o in problem.offers},
        "need_ranks": lists["needs"], "offer_ranks": lists["offers"], "mode": "stable",
    }  # fmt: skip


@settings(max_examples=many(120), deadline=None)
@given(stable_problems(most=7))
def test_rounds_without_locks_are_those_of_the_peer(problem: Problem):
    free = Problem(**{name: getattr(problem, name) for name in ("needs", "offers", "topics", "policy", "vetoes")},
                   rankings=problem.rankings)  # fmt: skip
    flows = {match[:2]: match.officers for match in solve(free).matches}
    assert flows == by_the_peer(as_lists(free))
    assert blocks(as_lists(free), flows) == []


def test_points_decide_where_nobody_ranks_and_ranks_go_before_points():
    near, far = need(key="N1", band=3), need(key="N2", agency="LK-BORD", state="LK", band=4)
    posts = {"needs": (near, far), "offers": (offer(places=1),), "topics": TOPICS}
    policy = Policy(mode="stable")
    assert [match.need for match in solve(Problem(**posts, policy=policy)).matches] == ["N1"]
    ranks = Rankings(offers={"O1": ("N2",)})
    ranked_round = Problem(**posts, policy=policy, rankings=ranks)
    assert [match.need for match in solve(ranked_round).matches] == ["N2"]
    assert verify(ranked_round, solve(ranked_round)) == ()


def test_a_lock_stands_even_where_its_sides_would_leave_and_the_rest_is_stable():
    rival = need(key="N2", agency="LK-BORD", state="LK", band=4)
    problem = Problem(
        needs=(need(key="N1"), rival), offers=(offer(places=1), offer(key="O2", places=1)), topics=TOPICS,
        policy=Policy(mode="stable"), locked=(Pair("N2", "O1"),),
    )  # fmt: skip
    result = solve(problem)
    assert [(match[:2], match.locked) for match in result.matches] == [(("N1", "O2"), 0), (("N2", "O1"), 1)]
    assert verify(problem, result) == ()


def test_a_need_of_no_officers_and_an_offer_withdrawn_take_no_part():
    problem = Problem(
        needs=(need(officers=0), need(key="N2", agency="LK-BORD", state="LK")),
        offers=(offer(places=0), offer(key="O2", places=1)),
        topics=TOPICS, policy=Policy(mode="stable"),
    )  # fmt: skip
    assert [match[:2] for match in solve(problem).matches] == [("N2", "O2")]


def test_equals_are_parted_by_the_lottery_and_the_seed():
    rivals = tuple(need(key=f"N{letter}", agency=f"A{letter}") for letter in "ab")
    problem = Problem(needs=rivals, offers=(offer(places=1),), topics=TOPICS, policy=Policy(mode="stable"))
    won = {
        seed: solve(Problem(needs=rivals, offers=problem.offers, topics=TOPICS, policy=Policy(mode="stable", seed=seed)))
        .matches[0].need
        for seed in map(str, range(12))
    }  # fmt: skip
    assert set(won.values()) == {"Na", "Nb"}
    for seed, key in won.items():
        lots = {post.key: draw(seed, post.key, "O1", 40) for post in rivals}
        assert key == max(lots, key=lots.__getitem__)


def test_a_large_crowd_is_stable_too():
    """Three hundred needs and offers with lists of twenty, drawn once: no pair blocks, and the peer agrees."""
    chance = Random(1962)
    needs, offers = [f"n{number}" for number in range(300)], [f"o{number}" for number in range(300)]
    need_ranks = {key: chance.sample(offers, 20) for key in needs}
    instance = {
        "capacity_needs": {key: chance.randint(1, 3) for key in needs},
        "capacity_offers": {key: chance.randint(0, 3) for key in offers},
        "need_ranks": need_ranks,
        "offer_ranks": {
            key: chance.sample(asking, len(asking))
            for key in offers
            if (asking := [n for n in needs if key in need_ranks[n]])
        },
        "mode": "stable",
    }
    flows = flows_of(assigned(instance))
    assert blocks(instance, flows) == []
    assert sum(flows.values()) > 300


def test_an_officer_who_is_sent_away_asks_where_the_others_of_the_need_found_room():
    """Two officers of b are parted over X and Y; when a takes X from one of them, Y still has room for both."""
    instance = {
        "capacity_needs": {"a": 1, "b": 2}, "capacity_offers": {"W": 1, "X": 1, "Y": 2, "Z": 1}, "mode": "stable",
        "need_ranks": {"a": ["X", "W"], "b": ["X", "Y", "Z"]},
        "offer_ranks": {"W": ["a"], "X": ["a", "b"], "Y": ["b"], "Z": ["b"]},
    }  # fmt: skip
    assert flows_of(assigned(instance)) == {("a", "X"): 1, ("b", "Y"): 2} == by_the_peer(instance)
