"""A round whose inputs contradict each other or name nobody is refused, and the message names the culprit."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from portal.matching.__main__ import main
from portal.matching.fields import BadSource
from portal.matching.problem import Pair, Policy, Problem, Rankings, check_locks
from portal.matching.solve import solve
from portal.matching.stored import dumps, problem_from_json, problem_to_json
from tests.matching.posts import TOPICS, need, offer

STABLE = Policy(mode="stable")
PROBLEM = Problem(
    needs=(need(officers=2), need(key="N2", agency="LK-BORD", state="LK")),
    offers=(offer(places=2), offer(key="O2", agency="GR-BORD", state="GR")),
    topics=TOPICS,
)
NOT_FITTING = need(key="N3", band=5)


def twice(posts: tuple) -> dict:
    return {"needs": (*posts, posts[0])}


BAD = [
    (twice(PROBLEM.needs), 'needs: "N1" appears twice'),
    ({"offers": (*PROBLEM.offers, offer(key="O2"))}, 'offers: "O2" appears twice'),
    ({"needs": (need(officers=-1),)}, 'needs "N1", officers: -1 is not a whole number from 0 to 1000000'),
    ({"needs": (need(officers=float("nan")),)}, 'needs "N1", officers: NaN is not a whole number'),
    ({"needs": (need(officers=2.0),)}, 'needs "N1", officers: 2.0 is not a whole number'),
    ({"needs": (need(officers=True),)}, 'needs "N1", officers: true is not a whole number'),
    ({"offers": (offer(places=-2),)}, 'offers "O1", places: -2 is not a whole number'),
    ({"offers": (offer(places=10**7),)}, 'offers "O1", places: 10000000 is not a whole number'),
    ({"locked": (Pair("N9", "O1"),)}, 'locked, "N9" with "O1": there is no need "N9"'),
    ({"locked": (Pair("N1", "O9"),)}, 'locked, "N1" with "O9": there is no offer "O9"'),
    ({"locked": (Pair("N1", "O1", 0),)}, 'locked, "N1" with "O1", officers: 0 is not a whole number from 1'),
    ({"locked": (Pair("N1", "O1"), Pair("N1", "O1"))}, 'locked: the pair "N1" with "O1" appears twice'),
    ({"locked": (Pair("N1", "O1", 3),)}, 'that is 3, more than the officers of the need "N1": 2'),
    ({"locked": (Pair("N2", "O2"), Pair("N1", "O2"))}, 'that is 2, more than the places of the offer "O2": 1'),
    ({"locked": (Pair("N1", "O1"),), "vetoes": (("N1", "O1"),)}, '"N1" with "O1": the pair is vetoed as well'),
    ({"vetoes": (("N1", "O9"),)}, 'vetoes, "N1" with "O9": there is no offer "O9"'),
    ({"vetoes": (("N9", "O1"),)}, 'vetoes, "N9" with "O1": there is no need "N9"'),
    ({"previous": (Pair("N1", "O1", -1),)}, 'previous, "N1" with "O1", officers: -1 is not a whole number'),
    ({"previous": (Pair("N1", "O1"), Pair("N1", "O1", 2))}, 'previous: the pair "N1" with "O1" appears twice'),
    (
        {"locked": (Pair("N1", "O1", 2),), "policy": Policy(origin_caps={"NE": 1})},
        'more than the officers that its State may send "NE": 1',
    ),
    (
        {"locked": (Pair("N1", "O1"), Pair("N2", "O1")), "policy": Policy(host_caps={"IT": 1})},
        'more than the officers that its State may host "IT": 1',
    ),
    ({"rankings": Rankings(needs={"N1": ("O1",)})}, "rankings, needs: only the stable mode follows ranks"),
    ({"rankings": Rankings(needs={"N9": ()}), "policy": STABLE}, 'rankings, needs: there is no need "N9"'),
    ({"rankings": Rankings(offers={"O9": ()}), "policy": STABLE}, 'rankings, offers: there is no offer "O9"'),
    ({"rankings": Rankings(needs={"N1": ("N2",)}), "policy": STABLE}, 'rankings, needs "N1": there is no offer "N2"'),
    (
        {"rankings": Rankings(offers={"O1": ("N1", "N1")}), "policy": STABLE},
        'rankings, offers "O1": "N1" appears twice',
    ),
]


@pytest.mark.parametrize(("changed", "message"), BAD)
def test_a_contradiction_is_named(changed: dict, message: str):
    with pytest.raises(BadSource) as refused:
        replace(PROBLEM, **changed)
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


BAD_POLICIES = [
    ({"mode": "fair"}, 'policy, mode: "fair" is none of: optimal, stable'),
    ({"seed": 7}, "policy, seed: 7 is not a text"),
    ({"seed": "\ud800"}, r'policy, seed: "\ud800" is not a text'),
    ({"stay_points": -1}, "policy, stay_points: -1 is not a whole number from 0 to 1000"),
    ({"stay_points": 1001}, "policy, stay_points: 1001 is not"),
    ({"spread_points": float("nan")}, "policy, spread_points: NaN is not a whole number"),
    ({"spread_step": 0}, "policy, spread_step: 0 is not a whole number from 1"),
    ({"empty_round_points": "5"}, 'policy, empty_round_points: "5" is not a whole number'),
    ({"empty_rounds": {"NE": 1.5}}, 'policy, empty_rounds, "NE": 1.5 is not a whole number'),
    ({"origin_caps": {"NE": -1}}, 'policy, origin_caps, "NE": -1 is not a whole number'),
    ({"host_caps": [3]}, "policy, host_caps: [3] is not an object of States and numbers"),
    ({"mode": "stable", "origin_caps": {"NE": 1}}, "policy, origin_caps: the stable mode has no caps on States, for"),
    ({"mode": "stable", "host_caps": {"IT": 1}}, "policy, host_caps: the stable mode has no caps on States, for"),
    ({"mode": "stable", "stay_points": 1}, "policy, stay_points: the stable mode has no extra points, for"),
    ({"mode": "stable", "spread_points": 1}, "policy, spread_points: the stable mode has no extra points, for"),
    ({"mode": "stable", "empty_round_points": 1}, "policy, empty_round_points: the stable mode has no extra points"),
    ({"fairness": 3}, 'policy: "fairness" is none of: mode, seed'),
]


@pytest.mark.parametrize(("policy", "message"), BAD_POLICIES)
def test_a_policy_that_cannot_be_kept_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], policy: dict, message: str
):
    with pytest.raises(BadSource) as refused:
        problem_from_json(problem_to_json(PROBLEM) | {"policy": policy})
    assert message in str(refused.value)
    source = tmp_path / "problem.json"
    source.write_text(json.dumps(problem_to_json(PROBLEM) | {"policy": policy}), encoding="utf-8")
    assert main(["solve", str(source)]) == 2
    said = capsys.readouterr()
    assert (said.out, len(said.err.splitlines())) == ("", 1)
    assert message in said.err or "NaN is not a number" in said.err


BAD_DOCUMENTS = [
    ({"locked": {"N1": "O1"}}, "locked: "),
    ({"locked": [["N1"]]}, 'locked: ["N1"] is not [need, offer, officers]'),
    ({"locked": [["N1", 2]]}, 'locked: ["N1", 2] is not [need, offer, officers]'),
    ({"locked": [["N1", "O1", "2"]]}, 'locked, "N1" with "O1", officers: "2" is not a whole number'),
    ({"vetoes": [["N1", "O1", 1]]}, 'vetoes: ["N1", "O1", 1] is not [need, offer]'),
    ({"previous": 3}, "previous: 3 is not a list of pairs"),
    ({"policy": []}, None),
    ({"policy": [3]}, "policy: [3] is not an object"),
    ({"rankings": {"offices": {}}}, 'rankings: "offices" is none of: needs, offers'),
    ({"rankings": {"needs": {"N1": "O1"}}}, 'rankings, needs, "N1": "O1" is not a list of keys'),
    ({"topics": {"a": "b"}}, 'topics, "a": there is no topic "b"'),
    ({"needs": None}, "the list needs is missing"),
]


@pytest.mark.parametrize(("changed", "message"), BAD_DOCUMENTS)
def test_a_stored_round_of_another_form_is_named(changed: dict, message: str | None):
    document = problem_to_json(PROBLEM) | changed
    if message is None:  # an empty policy is the one without extras, however it is written
        assert problem_from_json(document) == PROBLEM
        return
    with pytest.raises(BadSource) as refused:
        problem_from_json(document)
    assert message in str(refused.value)


def test_a_locked_pair_that_breaks_a_rule_is_refused_with_the_rule_when_it_is_solved():
    problem = replace(PROBLEM, needs=(*PROBLEM.needs, NOT_FITTING), locked=(Pair("N3", "O1"),))
    for refusing in (check_locks, solve):
        with pytest.raises(BadSource, match='locked, "N3" with "O1": the pair breaks the rules: band'):
            refusing(problem)


def test_vetoes_given_twice_and_posts_gone_since_an_earlier_run_do_no_harm():
    problem = replace(PROBLEM, vetoes=(("N1", "O1"), ("N1", "O1")), previous=(Pair("N9", "O9"),))
    assert problem.vetoes == (("N1", "O1"),)
    assert {match.offer for match in solve(problem).matches if match.need == "N1"} == {"O2"}


def test_the_command_names_a_contradiction_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    source = tmp_path / "problem.json"
    document = problem_to_json(PROBLEM) | {"locked": [["N1", "O1", 1]], "vetoes": [["N1", "O1"]]}
    source.write_text(dumps(document), encoding="utf-8")
    for command in (["solve", str(source)], ["verify", str(source), str(source)]):
        assert main(command) == 2
        said = capsys.readouterr()
        assert (said.out, said.err) == ("", 'locked, "N1" with "O1": the pair is vetoed as well\n')
