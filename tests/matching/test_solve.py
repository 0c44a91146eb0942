"""The optimal mode is exact, keeps every limit of the round, and does not depend on the order in which posts come."""

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from portal.matching.certify import verify
from portal.matching.problem import Pair, Policy, Problem
from portal.matching.result import STEPS
from portal.matching.solve import solve
from portal.matching.stored import digest, dumps, read_problem, result_to_json
from tests.matching.posts import TOPICS, many, needs, offers, policies, problems, programme
from tests.matching.posts import need as a_need
from tests.matching.posts import offer as an_offer
from tests.matching.trying import best_by_cloning, best_by_search, best_by_trying, choices, objective_of, weights_of

pytestmark = pytest.mark.proof
PROGRAMME = Path(__file__).parents[2] / "portal" / "data" / "programme"
FEW = 3_000
"""Answers that trying everything may look at."""


def flows_of(result):
    return {(match.need, match.offer): match.officers for match in result.matches}


@settings(max_examples=many(250), deadline=None)
@given(problems(most=3))
def test_small_ones_under_any_policy_are_as_good_as_trying_everything(problem: Problem):
    assume(choices(problem) <= FEW)
    result = solve(problem)
    assert objective_of(problem, flows_of(result)) == result.objective == best_by_trying(problem)


@settings(max_examples=many(40), deadline=None)
@given(problems(most=7))
def test_medium_ones_under_any_policy_are_as_good_as_a_search(problem: Problem):
    assert solve(problem).objective == best_by_search(problem)


@settings(max_examples=many(150), deadline=None)
@given(programme(needs, 15), programme(offers, 15))
def test_medium_ones_are_as_good_as_an_assignment_of_single_officers(some_needs, some_offers):
    problem = Problem(needs=some_needs, offers=some_offers, topics=TOPICS)
    officers, places = {n.key: n.officers for n in some_needs}, {o.key: o.places for o in some_offers}
    assert solve(problem).value == best_by_cloning(weights_of(problem), officers, places)


@settings(max_examples=many(150), deadline=None)
@given(problems(most=8))
def test_every_limit_lock_and_veto_is_kept_and_every_sum_is_right(problem: Problem):
    result = solve(problem)
    assert objective_of(problem, flows_of(result)) == result.objective
    assert result.objective == result.value + sum(result.bonuses.values())
    assert result.value == sum(match.officers * match.score for match in result.matches)
    for post, left in [(n, result.officers_left) for n in problem.needs] + [
        (o, result.places_left) for o in problem.offers
    ]:
        used = sum(match.officers for match in result.matches if post.key in match[:2])
        assert used + left.get(post.key, 0) == (post.officers if hasattr(post, "officers") else post.places)
    assert {match[:2]: match.locked for match in result.matches if match.locked} == {
        p[:2]: p.officers for p in problem.locked
    }
    assert not {match[:2] for match in result.matches} & set(problem.vetoes)


@settings(max_examples=many(100), deadline=None)
@given(problems(most=8), st.randoms(use_true_random=False))
def test_the_answer_and_its_digest_are_the_same_to_the_byte_in_any_order(problem: Problem, chance: Random):
    def mixed(posts):
        return tuple(chance.sample(posts, len(posts)))

    other = replace(
        problem, needs=mixed(problem.needs), offers=mixed(problem.offers), locked=mixed(problem.locked),
        vetoes=mixed(problem.vetoes), previous=mixed(problem.previous),
    )  # fmt: skip
    first, second = solve(problem), solve(other)
    assert dumps(result_to_json(first)) == dumps(result_to_json(second))
    assert digest(problem, first) == digest(other, second)


@settings(max_examples=many(60), deadline=None)
@given(problems(most=5), st.booleans())
def test_an_extra_place_or_officer_never_lowers_the_worth(problem: Problem, of_offer: bool):
    posts = problem.offers if of_offer else problem.needs
    name = "places" if of_offer else "officers"
    before = solve(problem).objective
    for number, post in enumerate(posts[:3]):
        more = replace(post, **{name: getattr(post, name) + 1})
        wider = replace(problem, **{"offers" if of_offer else "needs": (*posts[:number], more, *posts[number + 1 :])})
        assert solve(wider).objective >= before


@settings(max_examples=many(100), deadline=None)
@given(problems(most=6), st.integers(0, 60), st.integers(1, 60))
def test_more_points_for_staying_never_keep_fewer(problem: Problem, stay: int, more: int):
    before = solve(replace(problem, policy=replace(problem.policy, stay_points=0)))
    moved = replace(problem, vetoes=(*problem.vetoes, *(m[:2] for m in before.matches[:1] if not m.locked)))
    kept = []
    for points in (stay, stay + more):
        policy = replace(problem.policy, stay_points=points, seed="another")
        again = replace(moved, policy=policy, previous=tuple(Pair(*m[:3]) for m in before.matches))
        stays, flows = {p[:2]: p.officers for p in again.previous}, flows_of(solve(again))
        kept.append(sum(min(officers, stays.get(pair, 0)) for pair, officers in flows.items()))
    assert kept[0] <= kept[1]


@settings(max_examples=many(100), deadline=None)
@given(problems(most=6), policies)
def test_a_policy_without_extras_is_worth_most_in_published_points(problem: Problem, policy: Policy):
    free = replace(problem, locked=())
    assert solve(replace(free, policy=Policy())).value >= solve(replace(free, policy=policy)).value


def test_the_programme_is_solved_exactly():
    problem = read_problem(PROGRAMME)
    officers, places = {n.key: n.officers for n in problem.needs}, {o.key: o.places for o in problem.offers}
    result = solve(problem)
    assert result.value == best_by_cloning(weights_of(problem), officers, places)
    assert verify(problem, result) == ()


def test_officers_of_one_need_may_go_to_several_offers():
    places = (an_offer(key="O1", places=2), an_offer(key="O2", places=2))
    result = solve(Problem(needs=(a_need(officers=3),), offers=places, topics=TOPICS))
    assert sum(match.officers for match in result.matches) == 3
    assert {match.offer for match in result.matches} == {"O1", "O2"}
    assert sum(result.places_left.values()) == 1
    assert result.officers_left == {}


def test_equal_answers_are_drawn_by_lot_and_the_seed_decides():
    """Two needs alike compete for one place: neither key nor need may always win, and one seed always says the same."""
    rivals = tuple(a_need(key=f"N{letter}") for letter in "ab")
    problem = Problem(needs=rivals, offers=(an_offer(places=1),), topics=TOPICS)
    by_seed = {f"{n}": solve(replace(problem, policy=Policy(seed=f"{n}"))).matches[0].need for n in range(12)}
    assert set(by_seed.values()) == {"Na", "Nb"}
    assert all(
        solve(replace(problem, policy=Policy(seed=seed))).matches[0].need == won for seed, won in by_seed.items()
    )


def test_the_spread_gives_the_second_place_to_the_second_state():
    """Two officers of one State fit a little better than the one of another: by spread one of each comes."""
    better, other = a_need(officers=2, prefers_states=("IT",)), a_need(key="N2", agency="LK-BORD", state="LK")
    problem = Problem(needs=(better, other), offers=(an_offer(places=2),), topics=TOPICS)
    assert flows_of(solve(problem)) == {("N1", "O1"): 2}
    spread = solve(replace(problem, policy=Policy(spread_points=20, spread_step=10)))
    assert flows_of(spread) == {("N1", "O1"): 1, ("N2", "O1"): 1}
    assert spread.bonuses["spread"] == 40


def test_a_run_tells_its_steps_in_order():
    heard: list[str] = []
    solve(Problem(needs=(a_need(),), offers=(an_offer(),), topics=TOPICS), heard.append)
    assert tuple(heard) == STEPS
