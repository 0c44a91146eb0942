"""Two runs side by side say who gains and loses and how even it is; refusals leave the rest of a run in place."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.matching.certify import verify
from portal.matching.compare import compare_results, placed, refuse, spread_index
from portal.matching.problem import Pair, Policy, Problem
from portal.matching.solve import matched, solve
from tests.matching.posts import TOPICS, many, need, offer, policies, problems

pytestmark = pytest.mark.proof


def officers_of(result):
    return Counter({match[:2]: match.officers for match in result.matches})


@settings(max_examples=many(100), deadline=None)
@given(problems(most=6), policies)
def test_differences_add_up(problem: Problem, other: Policy):
    second = replace(problem, policy=other, locked=())
    first_run, second_run = (problem, solve(problem)), (second, solve(second))
    found = compare_results(first_run, second_run)
    before, after = (officers_of(run[1]) for run in (first_run, second_run))
    told = {
        name: Counter({pair[:2]: pair.officers for pair in getattr(found, name)}) for name in ("kept", "gone", "new")
    }
    assert told["kept"] + told["gone"] == before
    assert told["kept"] + told["new"] == after
    assert not told["gone"] & told["new"]
    assert found.officers == (before.total(), after.total())
    assert found.value == (first_run[1].value, second_run[1].value)
    assert found.objective == (first_run[1].objective, second_run[1].objective)
    assert set(found.policy) == {
        name for name in Policy.__dataclass_fields__ if getattr(problem.policy, name) != getattr(other, name)
    }
    changes = [*found.gainers.values(), *found.losers.values()]
    assert sum(b - a for a, b in changes) == found.value[1] - found.value[0]
    assert all(a < b for a, b in found.gainers.values())
    assert all(a > b for a, b in found.losers.values())
    assert sum(b - a for a, b in found.states.values()) == sum(
        (after - before)[pair] - (before - after)[pair]
        for pair in before | after
        if next(n.state for n in problem.needs if n.key == pair[0])
    )


@settings(max_examples=many(50), deadline=None)
@given(problems(most=6))
def test_a_run_beside_itself_differs_in_nothing(problem: Problem):
    run = (problem, solve(problem))
    found = compare_results(run, run)
    assert (found.policy, found.gone, found.new, found.gainers, found.losers) == ({}, (), (), {}, {})
    assert found.kept == matched(run[1])
    assert found.spread[0] == found.spread[1] == spread_index(*run)


def test_who_gains_and_who_loses_by_hand():
    """With room for one, the first round takes N1; a cap on its State gives the place to N2."""
    posts = {"needs": (need(key="N1"), need(key="N2", agency="LK-BORD", state="LK", band=4)), "topics": TOPICS}
    problem = Problem(**posts, offers=(offer(places=1),))
    capped = replace(problem, policy=Policy(origin_caps={"NE": 0}))
    first, second = solve(problem), solve(capped)
    found = compare_results((problem, first), (capped, second))
    assert found.gone == (Pair("N1", "O1"),)
    assert found.new == (Pair("N2", "O1"),)
    assert found.losers == {"N1": (first.value, 0)}
    assert found.gainers == {"N2": (0, second.value)}
    assert found.states == {"LK": (0, 1), "NE": (1, 0)}
    assert found.policy == {"origin_caps": ({}, {"NE": 0})}
    assert found.spread == (500, 500)


@pytest.mark.parametrize(
    ("wanted", "given_", "index"),
    [
        ((1, 1), (1, 1), 1000),
        ((2, 4), (1, 2), 1000),  # half of each
        ((1, 1), (1, 0), 500),  # one of two States has everything
        ((4, 4, 4, 4), (4, 0, 0, 0), 250),
        ((2, 2), (2, 1), 900),  # (1 + 1/2)^2 / (2 * (1 + 1/4))
        ((1, 1), (0, 0), 0),
        ((3, 0), (2, 0), 1000),  # a State that wants nobody does not count
    ],
)
def test_the_index_of_evenness_is_jains(wanted: tuple[int, ...], given_: tuple[int, ...], index: int):
    states = ("NE", "LK", "ML", "MA")
    problem = Problem(
        needs=tuple(
            need(key=f"N{state}", agency=f"A{state}", state=state, officers=count)
            for state, count in zip(states, wanted, strict=False)
        ),
        offers=(offer(places=20),), topics=TOPICS,
        policy=Policy(origin_caps=dict(zip(states, given_, strict=False))),
    )  # fmt: skip
    result = solve(problem)
    assert [placed(problem, result)[state] for state in states[: len(wanted)]] == list(given_)
    assert spread_index(problem, result) == index


def test_needs_without_a_state_stand_outside_the_index():
    problem = Problem(needs=(need(state=None),), offers=(offer(),), topics=TOPICS)
    result = solve(problem)
    assert (spread_index(problem, result), dict(placed(problem, result))) == (0, {})


@settings(max_examples=many(80), deadline=None)
@given(problems(most=6), st.randoms(use_true_random=False))
def test_after_refusals_what_was_agreed_stands_and_what_was_refused_never_comes_back(problem: Problem, chance):
    result = solve(problem)
    answered = [(match, chance.choice(("agreed", "refused", "open"))) for match in result.matches]
    agreed = [Pair(*match[:3]) for match, answer in answered if answer == "agreed"]
    refused = [match[:2] for match, answer in answered if answer == "refused"]
    left = refuse(problem, result, agreed, refused)
    again = solve(left)
    flows = officers_of(again)
    assert all(flows[pair[:2]] >= pair.officers for pair in agreed)
    assert not set(flows) & (set(refused) | set(problem.vetoes))
    assert verify(left, again) == ()
    assert {match[:2]: match.locked for match in again.matches if match.locked} == {
        pair[:2]: pair.officers for pair in agreed
    }


def test_a_refusal_moves_only_what_it_must_when_staying_brings_points():
    """Three needs in three places; one refuses. Staying brings points: the other two keep theirs."""
    chairs = [need(key=f"N{n}", agency=f"A{n}", band=band) for n, band in enumerate((3, 4, 4), start=1)]
    hosts = [offer(key=f"O{n}", agency=f"H{n}", places=1) for n in range(1, 5)]
    problem = Problem(needs=tuple(chairs), offers=tuple(hosts), topics=TOPICS, policy=Policy(stay_points=50))
    result = solve(problem)
    leaving = result.matches[0]
    again = solve(refuse(problem, result, (), [leaving[:2]]))
    assert {match[:2] for match in result.matches[1:]} <= {match[:2] for match in again.matches}
    assert leaving.need in {match.need for match in again.matches}
