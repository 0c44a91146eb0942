"""The independent checker passes what was solved and refuses every answer that was changed afterwards."""

import itertools
import json
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.matching.__main__ import main
from portal.matching.certify import verify
from portal.matching.problem import Pair, Policy, Problem, Rankings
from portal.matching.result import Duality, Match, Result, Stability
from portal.matching.solve import solve
from portal.matching.stored import dumps, problem_to_json, result_from_json, result_to_json
from tests.matching.posts import TOPICS, many, need, offer, problems, stable_problems
from tests.matching.trying import summed

pytestmark = pytest.mark.proof

NIGER, MALI = {"agency": "NE-BORD", "state": "NE"}, {"agency": "ML-BORD", "state": "ML"}
POLICY = Policy(
    seed="drawn in public",
    empty_round_points=4,
    empty_rounds={"NE": 2},
    spread_points=20,
    spread_step=10,
    origin_caps={"NE": 2},
    host_caps={"IT": 2},
    stay_points=6,
)
ROUND = Problem(
    needs=(
        need(key="N1", **NIGER, officers=2, prefers_states=("IT",)),
        need(key="N2", agency="LK-BORD", state="LK", prefers_states=("GR",)),
        need(key="N3", **NIGER),
        need(key="N4", **MALI, officers=2, languages={"fr": "B1"}),
        need(key="N5", **MALI, band=5),
    ),
    offers=(
        offer(key="O1", places=3),
        offer(key="O2", agency="GR-BORD", state="GR", places=1, covers_costs=frozenset({"travel"})),
        offer(key="O3", agency="FR-BORD", state="FR", places=2, languages={"fr": "C1"}),
        offer(key="O4", agency="FR-BORD", state="FR", places=1, languages={"fr": "B2"}),
    ),
    topics=TOPICS,
    policy=POLICY,
    locked=(Pair("N3", "O1", 1),),
    vetoes=(("N4", "O2"),),
    previous=(Pair("N4", "O1", 1), Pair("N3", "O1", 1)),
)
"""A round in which every part of a policy has a say: N1 and N4 want more than they get, O1 is held back by its cap."""
STABLE = replace(ROUND, policy=Policy(mode="stable", seed="drawn in public"), previous=())
Tamper = Callable[[Result], Result]


def with_match(result: Result, need_key: str, offer_key: str, **changed: object) -> Result:
    """Change one match, or add it with one officer; one of no officers goes."""
    matches = {match[:2]: match for match in result.matches}
    match = matches.get((need_key, offer_key), Match(need_key, offer_key, 1, 0))
    matches[need_key, offer_key] = match._replace(**changed)
    return replace(result, matches=tuple(match for _, match in sorted(matches.items()) if match.officers))


def as_if_true(problem: Problem, result: Result) -> Result:
    """Write every score and sum anew, so that nothing but the pairs themselves can give the answer away."""
    return summed(problem, {match[:2]: match.officers for match in result.matches}, result)


def priced(**changed: object) -> Tamper:
    return lambda result: replace(result, certificate=replace(result.certificate, **changed))


def moved(*steps: tuple[str, str, int]) -> Tamper:
    """Set the officers of pairs, and all sums after them."""

    def tamper(result: Result) -> Result:
        for need_key, offer_key, officers in steps:
            result = with_match(result, need_key, offer_key, officers=officers)
        return as_if_true(ROUND, result)

    return tamper


TAMPERED: dict[str, tuple[str, Tamper]] = {
    "a need that is nobody's": ("unknown_post", lambda r: with_match(r, "N9", "O1")),
    "an offer that is nobody's": ("unknown_post", lambda r: with_match(r, "N1", "O9")),
    "a match written twice": ("pair_twice", lambda r: replace(r, matches=(*r.matches, r.matches[0]))),
    "a match without officers": (
        "no_officers", lambda r: replace(r, matches=(*r.matches, Match("N1", "O1", 0, 95))),
    ),
    "fewer than no officers": ("no_officers", lambda r: replace(r, matches=(*r.matches, Match("N1", "O1", -1, 95)))),
    "a pair that breaks a rule": ("not_feasible", moved(("N1", "O3", 1))),
    "a pair of one State": ("not_feasible", moved(("N5", "O1", 1))),
    "a vetoed pair": ("vetoed", moved(("N2", "O2", 0), ("N4", "O2", 1))),
    "more points than published": ("wrong_score", lambda r: with_match(r, "N1", "O4", score=70)),
    "more points for empty rounds": ("wrong_bonus", lambda r: with_match(r, "N1", "O4", bonus=9)),
    "points for empty rounds of another State": ("wrong_bonus", lambda r: with_match(r, "N2", "O2", bonus=8)),
    "a lock that nobody agreed": ("wrong_lock", lambda r: with_match(r, "N2", "O2", locked=1)),
    "a lock that is not mentioned": ("wrong_lock", lambda r: with_match(r, "N3", "O1", locked=0)),
    "a locked pair that is gone": ("lock_broken", moved(("N3", "O1", 0), ("N1", "O1", 1))),
    "a need with more officers than it has": ("too_many_officers", moved(("N2", "O2", 0), ("N2", "O4", 2))),
    "an offer beyond its places": ("too_many_at_offer", moved(("N1", "O4", 0), ("N4", "O4", 2))),
    "a State that sends more than its cap": ("origin_cap", moved(("N1", "O1", 1))),
    "a State that hosts more than its cap": ("host_cap", moved(("N4", "O1", 2))),
    "officers left over who are not": ("wrong_left", lambda r: replace(r, officers_left={"N1": 2, "N4": 1, "N5": 1})),
    "officers left over who are not named": ("wrong_left", lambda r: replace(r, officers_left={"N1": 1, "N4": 1})),
    "places left over that are not": ("wrong_left", lambda r: replace(r, places_left={"O1": 1, "O3": 2, "O4": 1})),
    "another value": ("wrong_value", lambda r: replace(r, value=r.value + 1)),
    "another objective": ("wrong_value", lambda r: replace(r, objective=r.objective - 1)),
    "more for the spread": ("wrong_value", lambda r: replace(r, bonuses=r.bonuses | {"spread": 80})),
    "more for staying": ("wrong_value", lambda r: replace(r, bonuses=r.bonuses | {"stay": 18})),
    "more for empty rounds": ("wrong_value", lambda r: replace(r, bonuses=r.bonuses | {"empty_rounds": 24})),
    "a bonus of another name": ("wrong_value", lambda r: replace(r, bonuses=r.bonuses | {"merit": 5})),
    "a bonus that is not named": ("wrong_value", lambda r: replace(r, bonuses={"spread": 70, "stay": 12})),
    "another mode": ("wrong_mode", lambda r: replace(r, mode="stable")),
    "a certificate of the other kind": ("wrong_kind", lambda r: replace(r, certificate=Stability(pairs=r.pairs))),
    "a price of a need that is nobody's": ("unknown_price", priced(needs={"N9": 1})),
    "a price of an offer that is nobody's": ("unknown_price", priced(offers={"N1": 1})),
    "a price of a State without a cap": ("unknown_price", priced(hosts={"GR": 1})),
    "a price of a State that sends nobody": ("unknown_price", priced(origins={"IT": 1})),
    "a price below nothing": ("price_negative", priced(offers={"O1": -1})),
    "a need that pays others": ("price_negative", priced(needs={"N2": -1})),
    "a State that pays for hosting": ("price_negative", priced(hosts={"IT": -1})),
    "a figure of a State that has no cap to pay for": ("price_without_cap", priced(origins={"LK": 1})),
    "a price that is too low": ("price_too_low", priced(needs={"N2": 93, "N3": 9})),
    "a price that is too high": ("values_differ", priced(needs={"N2": 95, "N3": 9})),
    "prices that are missing": ("price_too_low", priced(needs={}, offers={}, origins={}, hosts={})),
    "another primal": ("values_differ", priced(primal=414)),
    "another dual": ("values_differ", priced(dual=416)),
    "both sums another": ("values_differ", priced(primal=416, dual=416)),
    "a match that is gone": ("values_differ", moved(("N2", "O2", 0))),
    "officers put on a worse pair": ("values_differ", moved(("N2", "O2", 0), ("N1", "O2", 1), ("N1", "O4", 0))),
    "pairs that were not counted": ("wrong_pairs", lambda r: replace(r, pairs=r.pairs - 1)),
}  # fmt: skip


def codes(problem: Problem, result: Result):
    return {finding.code for finding in verify(problem, result)}


def test_the_round_as_it_was_solved_is_proven():
    result = solve(ROUND)
    assert verify(ROUND, result) == ()
    assert result.objective == 415
    assert {match[:2]: match.officers for match in result.matches} == {
        ("N1", "O4"): 1, ("N2", "O2"): 1, ("N3", "O1"): 1, ("N4", "O1"): 1
    }  # fmt: skip
    assert as_if_true(ROUND, result) == result  # so the forgeries differ in nothing but what they change


@pytest.mark.parametrize(("code", "tamper"), TAMPERED.values(), ids=TAMPERED)
def test_a_changed_answer_is_refused_with_what_is_wrong(code: str, tamper: Tamper):
    result = tamper(solve(ROUND))
    assert code in codes(ROUND, result)


def exchanged(result: Result) -> Result:
    first, second = (match for match in result.matches if match[:2] in {("N2", "O2"), ("N1", "O1")})
    for match in (first, second):
        result = with_match(result, match.need, match.offer, officers=match.officers - 1)
    for need_key, offer_key in ((first.need, second.offer), (second.need, first.offer)):
        held = {match[:2]: match.officers for match in result.matches}.get((need_key, offer_key), 0)
        result = with_match(result, need_key, offer_key, officers=held + 1)
    return as_if_true(STABLE, result)


STABLE_TAMPERED: dict[str, tuple[str, Tamper]] = {
    "two pairs exchanged": ("blocking_pair", exchanged),
    "a match that is gone": ("blocking_pair", lambda r: as_if_true(STABLE, with_match(r, "N2", "O2", officers=0))),
    "blocking pairs that are owned to": ("blocking_claimed", priced(blocking=1)),
    "another number of pairs looked at": ("wrong_pairs", priced(pairs=9)),
    "another number of pairs": ("wrong_pairs", lambda r: replace(r, pairs=9)),
    "a certificate of the other kind": (
        "wrong_kind", lambda r: replace(r, certificate=Duality(primal=r.objective, dual=r.objective)),
    ),
    "another mode": ("wrong_mode", lambda r: replace(r, mode="optimal")),
}  # fmt: skip


@pytest.mark.parametrize(("code", "tamper"), STABLE_TAMPERED.values(), ids=STABLE_TAMPERED)
def test_a_changed_stable_answer_is_refused_with_what_is_wrong(code: str, tamper: Tamper):
    result = solve(STABLE)
    assert verify(STABLE, result) == ()
    assert code in codes(STABLE, tamper(result))


def test_a_blocking_pair_is_named():
    found = [finding for finding in verify(STABLE, exchanged(solve(STABLE))) if finding.code == "blocking_pair"]
    assert {"need": "N2", "offer": "O2"} in [finding.params for finding in found]


def test_the_two_certificates_do_not_stand_for_each_other():
    """What is stable is not proven optimal by calling it so, even with the prices of the optimum."""
    stable, best = solve(STABLE), solve(replace(STABLE, policy=Policy(seed="drawn in public")))
    assert stable.objective < best.objective
    forged = replace(stable, mode="optimal", certificate=replace(best.certificate, primal=stable.objective))
    assert "values_differ" in codes(replace(STABLE, policy=Policy(seed="drawn in public")), forged)
    called_stable = replace(best, mode="stable", certificate=Stability(pairs=best.pairs))
    assert "blocking_pair" in codes(STABLE, called_stable)


def test_every_change_of_the_inputs_is_found_as_well():
    """The same answer beside other posts, locks, vetoes or rules is no longer proven."""
    result = solve(ROUND)
    changes: dict[str, Problem] = {
        "a need gone": replace(ROUND, needs=ROUND.needs[1:]),
        "a place more": replace(ROUND, offers=(replace(ROUND.offers[1], places=2), *ROUND.offers[2:], ROUND.offers[0])),
        "a lock gone": replace(ROUND, locked=()),
        "a veto more": replace(ROUND, vetoes=(*ROUND.vetoes, ("N2", "O2"))),
        "a veto gone": replace(ROUND, vetoes=()),
        "an earlier run that never was": replace(ROUND, previous=()),
    }
    for name in ("empty_round_points", "spread_points", "stay_points"):
        changes[name] = replace(ROUND, policy=replace(POLICY, **{name: 0}))
    changes["host_caps"] = replace(ROUND, policy=replace(POLICY, host_caps={"IT": 3}))
    changes["origin_caps"] = replace(ROUND, policy=replace(POLICY, origin_caps={"NE": 1}))
    for name, problem in changes.items():
        assert verify(problem, result), name


# ----------------------------------------------------------------------------------------- whatever the round is like


@settings(max_examples=many(120), deadline=None)
@given(problems(most=6))
def test_every_optimal_answer_is_proven(problem: Problem):
    assert verify(problem, solve(problem)) == ()


@settings(max_examples=many(120), deadline=None)
@given(stable_problems(most=6))
def test_every_stable_answer_is_proven(problem: Problem):
    assert verify(problem, solve(problem)) == ()


@settings(max_examples=many(150), deadline=None)
@given(problems(most=4), st.lists(st.sampled_from((0, 0, 0, -1, 1, -10, 10, -100)), min_size=1))
def test_no_prices_prove_an_answer_that_is_worth_less(problem: Problem, shifts: list[int]):
    """Weak duality: whatever the forger writes beside fewer points, the checker finds something."""
    best, shift = solve(problem), itertools.cycle(shifts)
    for match in best.matches:
        if match.officers == match.locked:
            continue
        fewer = with_match(best, match.need, match.offer, officers=match.officers - 1)
        worse = as_if_true(problem, fewer)
        assert worse.objective < best.objective
        prices = {
            name: {key: price + next(shift) for key, price in getattr(best.certificate, name).items()}
            for name in ("needs", "offers", "origins", "hosts")
        }
        prices["needs"][match.need] = max(best.certificate.needs.get(match.need, 0) + next(shift), 0)
        forged = replace(worse, certificate=Duality(primal=worse.objective, dual=worse.objective, **prices))
        assert verify(problem, forged)


def leaves(document: object, place: tuple = ()):
    """Return the places of all figures and texts in a document."""
    items = document.items() if isinstance(document, dict) else enumerate(document)
    for key, value in items:
        if isinstance(value, dict | list):
            yield from leaves(value, (*place, key))
        else:
            yield (*place, key)


def changed_at(document: dict, place: tuple, more: int) -> dict:
    copy = json.loads(json.dumps(document))
    within = copy
    for key in place[:-1]:
        within = within[key]
    value = within[place[-1]]
    within[place[-1]] = value + more if isinstance(value, int) else f"{value}x"
    return copy


@settings(max_examples=many(150), deadline=None)
@given(
    st.one_of(problems(most=4), stable_problems(most=4)), st.randoms(use_true_random=False), st.sampled_from((-1, 1))
)
def test_no_figure_or_key_of_an_answer_can_be_changed(problem: Problem, chance: Random, more: int):
    """Prices apart: there are rounds in which several prices prove the same; the digest stands for those."""
    document = result_to_json(solve(problem))
    places = [place for place in leaves(document) if place[0] != "certificate" or len(place) == 2]
    changed = changed_at(document, chance.choice([place for place in places if place[-1] != "kind"]), more)
    assert verify(problem, result_from_json(changed))


@settings(max_examples=many(80), deadline=None)
@given(problems(most=4))
def test_no_match_can_be_dropped_or_doubled(problem: Problem):
    result = solve(problem)
    for match in result.matches:
        assert "pair_twice" in codes(problem, replace(result, matches=(*result.matches, match)))
        without = replace(result, matches=tuple(other for other in result.matches if other != match))
        assert verify(problem, without)
        assert verify(problem, as_if_true(problem, without))


@settings(max_examples=many(60), deadline=None)
@given(stable_problems(most=4))
def test_no_officer_of_a_stable_answer_can_be_taken_away(problem: Problem):
    result = solve(problem)
    for match in result.matches:
        if match.officers > match.locked:
            fewer = with_match(result, match.need, match.offer, officers=match.officers - 1)
            assert "blocking_pair" in codes(problem, as_if_true(problem, fewer))


# --------------------------------------------------------------------------------------------------- by the command


def written(path: Path, document: object) -> str:
    path.write_text(dumps(document), encoding="utf-8")
    return str(path)


def solved_by_command(tmp_path: Path, problem: Problem = ROUND):
    source = written(tmp_path / "problem.json", problem_to_json(problem))
    assert main(["solve", source, "-o", str(tmp_path / "answer.json")]) == 0
    return source, json.loads((tmp_path / "answer.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("problem", [ROUND, STABLE], ids=["optimal", "stable"])
def test_the_command_verifies_what_it_solved(tmp_path: Path, capsys: pytest.CaptureFixture[str], problem: Problem):
    source, answer = solved_by_command(tmp_path, problem)
    assert main(["verify", source, written(tmp_path / "again.json", answer)]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["verified"], report["findings"], report["objective"]) == (True, [], answer["objective"])


def test_any_price_that_is_changed_breaks_the_digest(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    source, answer = solved_by_command(tmp_path)
    places = [place for place in leaves(answer) if place[0] not in {"policy", "digest"}]
    assert any(place[:2] == ("certificate", "hosts") for place in places)
    for place in places:
        if place[-1] in {"mode", "kind"}:
            continue
        forged = written(tmp_path / "forged.json", changed_at(answer, place, 1))
        assert main(["verify", source, forged]) == 1, place
        found = {finding["code"] for finding in json.loads(capsys.readouterr().out)["findings"]}
        assert "wrong_digest" in found, place


@pytest.mark.parametrize("digest", ["0" * 64, "", None])
def test_a_wrong_digest_or_none_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], digest: str | None):
    source, answer = solved_by_command(tmp_path)
    assert main(["verify", source, written(tmp_path / "forged.json", answer | {"digest": digest})]) == 1
    assert [finding["code"] for finding in json.loads(capsys.readouterr().out)["findings"]] == ["wrong_digest"]


def test_the_policy_in_the_answer_is_the_one_of_the_round(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    source, answer = solved_by_command(tmp_path)
    forged = answer | {"policy": answer["policy"] | {"stay_points": 7}}
    assert main(["verify", source, written(tmp_path / "forged.json", forged)]) == 1
    assert [finding["code"] for finding in json.loads(capsys.readouterr().out)["findings"]] == ["other_policy"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (lambda a: {name: a[name] for name in a if name != "value"}, "the result: value is missing"),
        (lambda a: a | {"value": 3.5}, "the result, value: 3.5 is not a whole number"),
        (lambda a: a | {"value": True}, "the result, value: true is not a whole number"),
        (lambda a: a | {"mode": []}, "the result, mode: [] is not a text"),
        (lambda a: a | {"matches": {}}, "the result, matches: {} is not a list"),
        (lambda a: a | {"matches": [{"need": "N1"}]}, "the result: offer is missing"),
        (lambda a: a | {"matches": [{"need": 1, "offer": "O1"}]}, "the result, matches: 1 is not a key"),
        (lambda a: a | {"matches": [a["matches"][0] | {"x": 1}]}, '"x" is none of: need, offer, officers'),
        (lambda a: a | {"unmatched": []}, "the result, unmatched: [] is not an object"),
        (lambda a: a | {"certificate": {"kind": "honour"}}, 'the kind "honour" is none of: duality, stability'),
        (lambda a: a | {"certificate": {"kind": "duality", "primal": 1}}, "not all figures"),
        (lambda a: a | {"certificate": a["certificate"] | {"gap": 0}}, '"gap" is none of'),
    ],
)
def test_an_answer_of_another_form_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], changed: Callable[[dict], dict], message: str
):
    source, answer = solved_by_command(tmp_path)
    assert main(["verify", source, written(tmp_path / "other.json", changed(answer))]) == 2
    said = capsys.readouterr()
    assert message in said.err
    assert (said.out, len(said.err.splitlines())) == ("", 1)


def test_every_field_of_a_result_is_among_the_tampered_ones():
    """When a result grows a field, this reminds to forge it as well."""
    assert {field.name for field in fields(Result)} == {
        "mode", "matches", "value", "bonuses", "objective", "officers_left", "places_left", "pairs", "certificate"
    }  # fmt: skip
    assert Match._fields == ("need", "offer", "officers", "score", "bonus", "locked")


def test_ranks_in_a_round_are_followed_by_the_checker():
    """O1 and N1 have explicit ranks against the points: the checker counts these, not the points."""
    ranked = replace(STABLE, locked=(), rankings=Rankings(needs={"N1": ("O2", "O4")}, offers={"O2": ("N1", "N2")}))
    result = solve(ranked)
    assert ("N1", "O2") in {match[:2] for match in result.matches}
    assert verify(ranked, result) == ()
    assert "blocking_pair" in codes(ranked, solve(replace(ranked, rankings=Rankings())))
