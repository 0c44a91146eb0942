"""Bare instances of both modes: exact, certified, held against trying all, two other solvers and a published optimum."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from portal.matching.__main__ import main
from portal.matching.certify import verify_bare
from portal.matching.fields import BadSource
from portal.matching.instance import instance_from_json
from portal.matching.stored import answer_from_json
from tests.matching import trying
from tests.matching.bare_ones import (
    assigned,
    best_by_search,
    best_by_trying,
    flows_of,
    keeps_capacities,
    proves,
    ranked,
    weighted,
)
from tests.matching.posts import many

pytestmark = pytest.mark.proof
ROOT = Path(__file__).parents[2]
FEW = 3_000
SMALL = {
    "capacity_needs": {"n1": 2, "n2": 1}, "capacity_offers": {"o1": 1, "o2": 2}, "mode": "optimal",
    "edges": [["n1", "o1", 5], ["n1", "o2", 4], ["n2", "o1", 7], ["n2", "o2", -1]],
}  # fmt: skip
RANKED = {
    "capacity_needs": {"n1": 1, "n2": 1}, "capacity_offers": {"o1": 1, "o2": 1}, "mode": "stable",
    "need_ranks": {"n1": ["o1", "o2"], "n2": ["o1"]}, "offer_ranks": {"o1": ["n2", "n1"], "o2": ["n1"]},
}  # fmt: skip


def choices(instance: dict) -> int:
    """Return how many answers `best_by_trying` would look at."""
    product = 1
    for n, o, _ in instance["edges"]:
        product *= min(instance["capacity_needs"][n], instance["capacity_offers"][o]) + 1
    return product


def test_a_small_one_by_hand():
    answer = assigned(SMALL)
    assert flows_of(answer) == {("n1", "o2"): 2, ("n2", "o1"): 1}
    assert (answer["value"], answer["unmatched"]) == (15, {"needs": {}, "offers": {}})
    assert proves(SMALL, answer)


@settings(max_examples=many(200), deadline=None)
@given(weighted(most=3, capacity=2))
def test_small_ones_are_as_good_as_trying_everything(instance: dict):
    assume(choices(instance) <= FEW)
    answer = assigned(instance)
    assert answer["value"] == best_by_trying(instance)
    assert keeps_capacities(instance, flows_of(answer))


@settings(max_examples=many(60), deadline=None)
@given(weighted(most=7, capacity=4, weights=st.integers(-1000, 1000)))
def test_medium_ones_are_as_good_as_two_other_solvers_and_prove_it(instance: dict):
    answer = assigned(instance)
    weights = {(n, o): weight for n, o, weight in instance["edges"]}
    cloned = trying.best_by_cloning(weights, instance["capacity_needs"], instance["capacity_offers"])
    assert answer["value"] == cloned == best_by_search(instance)
    assert keeps_capacities(instance, flows_of(answer))
    assert proves(instance, answer)


@settings(max_examples=many(60), deadline=None)
@given(st.one_of(weighted(), ranked()), st.randoms(use_true_random=False))
def test_the_order_of_the_input_changes_nothing(instance: dict, chance: Random):
    mixed = {
        name: dict(chance.sample(list(value.items()), len(value))) if isinstance(value, dict) else value
        for name, value in chance.sample(list(instance.items()), len(instance))
    }
    if "edges" in mixed:
        mixed["edges"] = chance.sample(mixed["edges"], len(mixed["edges"]))
    assert json.dumps(assigned(mixed)) == json.dumps(assigned(instance))


def test_among_equals_the_seed_draws():
    tied = {"capacity_needs": {"a": 1, "b": 1}, "capacity_offers": {"o": 1}, "edges": [["a", "o", 3], ["b", "o", 3]]}
    for mode in ("optimal", "stable"):
        won = {next(iter(flows_of(assigned(tied | {"mode": mode, "seed": f"{n}"}))))[0] for n in range(12)}
        assert won == {"a", "b"}


def test_weights_rank_where_a_stable_instance_has_edges():
    edges = [["n1", "o1", 9], ["n1", "o2", 1], ["n2", "o1", 8], ["n2", "o2", 2]]
    instance = {"capacity_needs": {"n1": 1, "n2": 1}, "capacity_offers": {"o1": 1, "o2": 1}, "edges": edges}
    assert flows_of(assigned(instance | {"mode": "stable"})) == {("n1", "o1"): 1, ("n2", "o2"): 1}
    assert flows_of(assigned(instance | {"mode": "stable", "need_ranks": {"n1": ["o2"], "n2": ["o1"]}})) == {
        ("n1", "o2"): 1, ("n2", "o1"): 1
    }  # fmt: skip


def test_large_weights_stay_exact_and_too_large_ones_are_refused():
    edges = [[f"n{i}", f"o{j}", 1_000_000_000 - (i * 7 + j * 5) % 11] for i in range(6) for j in range(6)]
    crowd = {"capacity_needs": {f"n{i}": 3 for i in range(6)}, "capacity_offers": {f"o{j}": 3 for j in range(6)}}
    instance = crowd | {"edges": edges, "mode": "optimal"}
    assert assigned(instance)["value"] == best_by_search(instance)
    many_officers = {
        "capacity_needs": {f"n{i}": 1_000_000 for i in range(6)},
        "capacity_offers": {f"o{j}": 1_000_000 for j in range(6)},
    }
    with pytest.raises(BadSource, match="the figures are too large"):
        assigned(instance | many_officers)


@pytest.mark.parametrize("empty", [{"needs": {}, "edges": []}, {"needs": {"n1": 0}, "edges": [["n1", "o1", 5]]}])
def test_nobody_to_match_is_an_answer_too(empty: dict):
    for mode in ("optimal", "stable"):
        instance = {"capacity_needs": empty["needs"], "capacity_offers": {"o1": 1}, "edges": empty["edges"]}
        answer = assigned(instance | {"mode": mode})
        assert (answer["matches"], answer["value"]) == ([], 0)
        assert answer["unmatched"]["offers"] == {"o1": 1}


BAD = [
    (SMALL, {"capacity_needs": {"n1": -1, "n2": 1}}, 'capacity_needs, "n1": -1 is not a whole number from 0'),
    (SMALL, {"capacity_needs": {"n1": 1.5, "n2": 1}}, 'capacity_needs, "n1": 1.5 is not a whole number'),
    (SMALL, {"capacity_needs": {"n1": True, "n2": 1}}, 'capacity_needs, "n1": true is not a whole number'),
    (SMALL, {"capacity_offers": {"o1": "2", "o2": 1}}, 'capacity_offers, "o1": "2" is not a whole number'),
    (SMALL, {"capacity_offers": [1, 2]}, "capacity_offers: [1, 2] is not an object"),
    (SMALL, {"capacity_offers": None}, "capacity_offers is missing"),
    (SMALL, {"edges": [["n9", "o1", 1]]}, 'edges, "n9" with "o1": "n9" is not in capacity_needs'),
    (SMALL, {"edges": [["n1", "n2", 1]]}, 'edges, "n1" with "n2": "n2" is not in capacity_offers'),
    (SMALL, {"edges": [["n1", "o1", 1], ["n1", "o1", 2]]}, 'edges, "n1" with "o1": the pair appears twice'),
    (SMALL, {"edges": [["n1", "o1", 1.5]]}, 'edges, "n1" with "o1": 1.5 is not a whole number'),
    (SMALL, {"edges": [["n1", "o1", 10**10]]}, "is not a whole number from -1000000000 to 1000000000"),
    (SMALL, {"edges": [["n1", "o1"]]}, 'edges: ["n1", "o1"] is not [need, offer, weight]'),
    (SMALL, {"edges": [[1, "o1", 2]]}, 'edges: [1, "o1", 2] is not [need, offer, weight]'),
    (SMALL, {"edges": {"n1": "o1"}}, "is not a list of [need, offer, weight]"),
    (SMALL, {"edges": None}, "the list edges is missing"),
    (SMALL, {"mode": "fair"}, 'mode: "fair" is none of: optimal, stable'),
    (SMALL, {"seed": 7}, "seed: 7 is not a text"),
    (SMALL, {"seed": "\ud800"}, 'seed: "\\ud800" is not a text'),
    (SMALL, {"edges": [["\ud800", "o\u2028", 1]]}, '"\\ud800" is not in capacity_needs'),
    (SMALL, {"weights": {}}, '"weights" is none of: capacity_needs'),
    (SMALL, {"need_ranks": {"n1": ["o1"]}}, "only the stable mode follows ranks"),
    (RANKED, {"offer_ranks": None}, "the list edges is missing, or need_ranks and offer_ranks"),
    (RANKED, {"need_ranks": {"n9": []}}, 'need_ranks, "n9": "n9" is not in the capacities'),
    (RANKED, {"need_ranks": {"n1": ["o9"]}}, 'need_ranks, "n1": "o9" is not in the capacities'),
    (RANKED, {"need_ranks": {"n1": ["o1", "o1"]}}, 'need_ranks, "n1": names "o1" twice'),
    (RANKED, {"need_ranks": {"n1": "o1"}}, 'need_ranks, "n1": "o1" is not a list of keys'),
    (RANKED, {"offer_ranks": {"o1": [["n1"]]}}, 'offer_ranks, "o1": ["n1"] is not in the capacities'),
    (RANKED, {"offer_ranks": []}, "offer_ranks: [] is not an object"),
]


@pytest.mark.parametrize(("instance", "changed", "message"), BAD)
def test_what_cannot_be_used_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], instance: dict, changed: dict, message: str
):
    path = tmp_path / "instance.json"
    path.write_text(json.dumps(instance | changed), encoding="utf-8")
    assert main(["assign", str(path)]) == 2
    said = capsys.readouterr()
    assert message in said.err
    assert (said.out, len(said.err.splitlines())) == ("", 1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"capacity_needs": {"n1": NaN}}', "NaN is not a number that can be used"),
        ('{"capacity_needs": {"n1": 1, "n1": 2}}', 'the name "n1" appears twice'),
        ("[1]", "the instance: [1] is not an object"),
        ("not JSON", "not JSON"),
    ],
)
def test_a_file_of_another_form_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, message: str):
    path = tmp_path / "instance.json"
    path.write_text(text, encoding="utf-8")
    assert main(["assign", str(path)]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert str(path) in said or "the instance" in said


def test_reading_says_what_was_read():
    instance = instance_from_json(RANKED)
    assert instance.weights == {("n1", "o1"): 1, ("n1", "o2"): 1, ("n2", "o1"): 1}
    assert (instance.mode, instance.seed, dict(instance.needs)) == ("stable", "", {"n1": 1, "n2": 1})


@pytest.mark.parametrize(("instance", "value"), [(SMALL, 15), (RANKED, 2)], ids=["optimal", "stable"])
def test_the_command_writes_the_same_bytes_whatever_the_order_of_sets(tmp_path: Path, instance: dict, value: int):
    source = tmp_path / "instance.json"
    source.write_text(json.dumps(instance), encoding="utf-8")
    written = []
    for number in ("1", "2"):
        target = tmp_path / f"answer{number}.json"
        command = [sys.executable, "-m", "portal.matching", "assign", source, "-o", target]
        subprocess.run(command, cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": number}, check=True)
        written.append(target.read_bytes())
    assert written[0] == written[1]
    answer = json.loads(written[0])
    assert answer["value"] == value
    assert len(answer["digest"]) == 64
    assert answer["certificate"]["kind"] == ("duality" if instance is SMALL else "stability")


# ----------------------------------------------------------------------------------------------- the independent checker


def changed(**fields: object):
    return lambda answer: answer | fields


def with_certificate(**fields: object):
    return lambda answer: answer | {"certificate": answer["certificate"] | fields}


def with_matches(*matches: tuple[str, str, int, int]):
    """Write other matches down, with the value and the rest as they follow from them, and the sums of the proof."""

    def tamper(answer: dict) -> dict:
        value = sum(officers * weight for *_, officers, weight in matches)
        listed = [dict(zip(("need", "offer", "officers", "weight"), match, strict=True)) for match in matches]
        instance = SMALL if answer["mode"] == "optimal" else RANKED
        left = {
            name: {key: more for key, most in instance[f"capacity_{name}"].items()
                   if (more := most - sum(match[2] for match in matches if key in match[:2]))}
            for name in ("needs", "offers")
        }  # fmt: skip
        proof = answer["certificate"] | ({"primal": value, "dual": value} if answer["mode"] == "optimal" else {})
        return answer | {"matches": listed, "value": value, "unmatched": left, "certificate": proof}

    return tamper


TAMPERED = {
    "an edge that is none": ("not_feasible", SMALL, with_matches(("n9", "o1", 1, 5))),
    "another weight": ("wrong_score", SMALL, with_matches(("n1", "o2", 2, 5), ("n2", "o1", 1, 7))),
    "a match of no officers": ("no_officers", SMALL, with_matches(("n1", "o2", 2, 4), ("n2", "o1", 0, 7))),
    "a match twice": ("pair_twice", SMALL, with_matches(("n1", "o2", 1, 4), ("n1", "o2", 1, 4))),
    "too many officers": ("too_many_officers", SMALL, with_matches(("n1", "o1", 1, 5), ("n1", "o2", 2, 4))),
    "too many at an offer": ("too_many_at_offer", SMALL, with_matches(("n1", "o1", 1, 5), ("n2", "o1", 1, 7))),
    "others left": ("wrong_left", SMALL, changed(unmatched={"needs": {"n1": 1}, "offers": {}})),
    "another value": ("wrong_value", SMALL, changed(value=16)),
    "another mode": ("wrong_mode", SMALL, changed(mode="stable")),
    "another kind of proof": ("wrong_kind", SMALL, changed(certificate={"kind": "stability", "pairs": 4})),
    "fewer matches": ("values_differ", SMALL, with_matches(("n1", "o2", 2, 4))),
    "other sums": ("values_differ", SMALL, with_certificate(primal=16, dual=16)),
    "no prices": ("price_too_low", SMALL, with_certificate(needs={}, offers={})),
    "a price of nobody": ("unknown_price", SMALL, with_certificate(needs={"n9": 1})),
    "a price of a State": ("unknown_price", SMALL, with_certificate(hosts={"IT": 1})),
    "a price below nothing": ("price_negative", SMALL, with_certificate(offers={"o1": -1})),
    "a pair that blocks": ("blocking_pair", RANKED, with_matches(("n1", "o1", 1, 1))),
    "a place left empty": ("blocking_pair", RANKED, with_matches(("n2", "o1", 1, 1))),
    "blocking pairs owned to": ("blocking_claimed", RANKED, with_certificate(blocking=1)),
    "other pairs looked at": ("wrong_pairs", RANKED, with_certificate(pairs=4)),
    "another digest": ("wrong_digest", RANKED, changed(digest="0" * 64)),
}


@pytest.mark.parametrize(("code", "instance", "tamper"), TAMPERED.values(), ids=TAMPERED)
def test_a_changed_answer_is_refused_by_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], code: str, instance: dict, tamper
):
    source, answer = tmp_path / "instance.json", tmp_path / "answer.json"
    source.write_text(json.dumps(instance), encoding="utf-8")
    assert main(["assign", str(source), "-o", str(answer)]) == 0
    assert main(["verify", str(source), str(answer)]) == 0
    assert json.loads(capsys.readouterr().out)["findings"] == []
    answer.write_text(json.dumps(tamper(json.loads(answer.read_text(encoding="utf-8")))), encoding="utf-8")
    assert main(["verify", str(source), str(answer)]) == 1
    found = [finding["code"] for finding in json.loads(capsys.readouterr().out)["findings"]]
    assert code in found
    assert "wrong_digest" in found


@settings(max_examples=many(100), deadline=None)
@given(st.one_of(weighted(most=6), ranked(most=6)), st.integers(0, 10))
def test_every_answer_is_proven_and_none_with_an_officer_fewer(instance: dict, number: int):
    read, answer = instance_from_json(instance), answer_from_json(assigned(instance))
    assert verify_bare(read, answer) == ()
    if not answer.matches:
        return
    number %= len(answer.matches)
    match = answer.matches[number]
    rest = (*answer.matches[:number], *answer.matches[number + 1 :])
    fewer = (match._replace(officers=match.officers - 1), *rest) if match.officers > 1 else rest
    proof = answer.certificate
    value = sum(other.officers * other.score for other in fewer)
    if answer.mode == "optimal":
        proof = replace(proof, primal=value, dual=value)
    left = {key: dict(getattr(answer, key)) for key in ("officers_left", "places_left")}
    for key, post in (("officers_left", match.need), ("places_left", match.offer)):
        left[key][post] = left[key].get(post, 0) + 1
    forged = replace(answer, matches=fewer, value=value, objective=value, certificate=proof, **left)
    codes = {finding.code for finding in verify_bare(read, forged)}
    assert codes == {"values_differ" if answer.mode == "optimal" else "blocking_pair"} or match.score == 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"matches": [{"need": "n1", "offer": "o1", "officers": 1}]}, "weight is missing"),
        ({"matches": [{"need": "n1", "offer": "o1", "officers": 1, "weight": 5, "score": 1}]}, '"score" is none of'),
        ({"matches": 3}, "matches: 3 is not a list"),
        ({"value": None}, "value: null is not a whole number"),
    ],
)
def test_an_answer_of_another_form_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], changes: dict, message: str
):
    source, answer = tmp_path / "instance.json", tmp_path / "answer.json"
    source.write_text(json.dumps(SMALL), encoding="utf-8")
    answer.write_text(json.dumps(assigned(SMALL) | changes), encoding="utf-8")
    assert main(["verify", str(source), str(answer)]) == 2
    assert message in capsys.readouterr().err


# ------------------------------------------------------------------------------------------------ the outside yardstick


YARDSTICKS = os.environ.get("PORTAL_YARDSTICKS", "")


@pytest.mark.skipif(not YARDSTICKS, reason="PORTAL_YARDSTICKS does not say where the yardsticks of others are")
def test_the_assignment_of_the_or_library_costs_what_was_published(tmp_path: Path):
    """assign100 of the OR-Library (Beasley 1990): 100 by 100 costs, the least sum is 305."""
    figures = [int(word) for word in (Path(YARDSTICKS) / "assign100.txt").read_text(encoding="ascii").split()]
    size, costs = figures[0], figures[1:]
    assert (size, len(costs)) == (100, 10_000)
    most = max(costs) + 1
    edges = [[f"n{i}", f"o{j}", most - costs[i * size + j]] for i in range(size) for j in range(size)]
    instance = {
        "capacity_needs": {f"n{i}": 1 for i in range(size)}, "capacity_offers": {f"o{j}": 1 for j in range(size)},
        "edges": edges, "mode": "optimal",
    }  # fmt: skip
    source = tmp_path / "assign100.json"
    source.write_text(json.dumps(instance), encoding="utf-8")
    assert main(["assign", str(source), "-o", str(tmp_path / "answer.json")]) == 0
    answer = json.loads((tmp_path / "answer.json").read_text(encoding="utf-8"))
    assert size * most - answer["value"] == 305
    assert len(answer["matches"]) == size
    assert proves(instance, answer)
    assert main(["verify", str(source), str(tmp_path / "answer.json")]) == 0
