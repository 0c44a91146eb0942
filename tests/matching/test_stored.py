"""What is kept of a run can be read, solved and verified again, years later, to the same byte."""

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.matching.certify import verify
from portal.matching.problem import Pair, Policy, Problem
from portal.matching.solve import solve
from portal.matching.stored import (
    digest,
    dumps,
    plain,
    policy_from_json,
    policy_to_json,
    problem_from_json,
    problem_to_json,
    read_problem,
    result_from_json,
    result_to_json,
)
from tests.matching.posts import (
    TOPICS,
    days,
    many,
    need,
    needs,
    offer,
    offers,
    policies,
    problems,
    programme,
    stable_problems,
)

PROGRAMME = Path(__file__).parents[2] / "portal" / "data" / "programme"


@settings(max_examples=many(100), deadline=None)
@given(st.one_of(problems(most=5), stable_problems(most=5)))
def test_a_stored_run_is_read_solved_and_verified_again(problem: Problem):
    result = solve(problem)
    kept, answer = dumps(problem_to_json(problem)), dumps(result_to_json(result))
    again = problem_from_json(json.loads(kept))
    assert again == problem
    assert result_from_json(json.loads(answer)) == result
    assert dumps(problem_to_json(again)) == kept
    assert dumps(result_to_json(solve(again))) == answer
    assert digest(again, result_from_json(json.loads(answer))) == digest(problem, result)
    assert verify(again, result_from_json(json.loads(answer))) == ()


@settings(max_examples=many(100), deadline=None)
@given(programme(needs, 6), programme(offers, 6))
def test_every_kind_of_post_comes_back_as_it_was(some_needs, some_offers):
    states = {"A": "IT", "B": "NE", "C": "LK", "D": None}
    settled = {
        name: tuple(
            replace(
                post, state=states[post.agency], max_days=max(post.max_days, post.min_days),
                languages={code: "C2" if level == "native" else level for code, level in post.languages.items()},
                windows=tuple(sorted(set(post.windows))),
            )
            for post in posts
        )
        for name, posts in (("needs", some_needs), ("offers", some_offers))
    }  # fmt: skip
    settled["offers"] = tuple(replace(o, band_max=max(o.band_max, o.band_min)) for o in settled["offers"])
    problem = Problem(**settled, topics=TOPICS)
    assert problem_from_json(json.loads(dumps(problem_to_json(problem)))) == problem


@given(policies)
def test_a_policy_comes_back_as_it_was(policy: Policy):
    assert policy_from_json(json.loads(dumps(policy_to_json(policy)))) == policy


def test_the_digest_is_of_the_inputs_and_of_the_outcome():
    problem = Problem(needs=(need(),), offers=(offer(),), topics=TOPICS)
    result = solve(problem)
    mark = digest(problem, result)
    together = {"problem": problem_to_json(problem), "result": result_to_json(result)}
    text = json.dumps(together, indent=1, sort_keys=True) + "\n"
    assert mark == sha256(text.encode()).hexdigest()
    other_problems = [
        replace(problem, needs=(need(band=4),)),
        replace(problem, offers=(offer(windows=(days(1, 9),)),)),
        replace(problem, policy=Policy(seed="another")),
        replace(problem, vetoes=(("N1", "O1"),)),
        replace(problem, locked=(Pair("N1", "O1"),)),
        replace(problem, previous=(Pair("N1", "O1"),)),
        replace(problem, topics=type(TOPICS)({**TOPICS.parents, "another": None})),
    ]
    marks = {digest(other, result) for other in other_problems} | {digest(problem, replace(result, value=1))}
    assert len(marks | {mark}) == len(other_problems) + 2


def test_bytes_do_not_depend_on_the_order_of_names_and_end_in_one_line():
    assert dumps({"b": 1, "a": {"d": 2, "c": 3}}) == dumps({"a": {"c": 3, "d": 2}, "b": 1})
    assert dumps({"é": 2**60}) == '{\n "\\u00e9": 1152921504606846976\n}\n'


def test_a_folder_of_csv_and_the_stored_problem_are_the_same_source(tmp_path: Path):
    problem = read_problem(PROGRAMME)
    stored = tmp_path / "problem.json"
    stored.write_text(dumps(problem_to_json(problem)), encoding="utf-8")
    assert read_problem(stored) == problem
    assert dumps(result_to_json(solve(read_problem(stored)))) == dumps(result_to_json(solve(problem)))


def test_codes_are_told_in_plain_types():
    said = {"window": days(1, 3), "states": frozenset({"NE", "IT"}), "figures": (1, None, True), 3: {"x"}}
    assert plain(said) == {
        "window": ["2027-01-01", "2027-01-03"], "states": ["IT", "NE"], "figures": [1, None, True], "3": ["x"]
    }  # fmt: skip
    json.dumps(plain(said))
