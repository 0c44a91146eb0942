"""The commands, as they are typed: what they print, what they write, and what they answer."""

import copy
import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from portal.matching.__main__ import main
from portal.matching.changes import single_changes
from portal.matching.problem import Problem
from portal.matching.rules import feasible, score
from portal.matching.stored import dumps, problem_to_json, read_problem
from tests.matching.posts import TOPICS

ROOT = Path(__file__).parents[2]
PROGRAMME = ROOT / "portal" / "data" / "programme"
POLICY = {
    "seed": "drawn in public", "empty_round_points": 3, "empty_rounds": {"NE": 2}, "spread_points": 12, "spread_step": 4,
    "origin_caps": {"NG": 2}, "host_caps": {"IT": 5}, "stay_points": 2,
}  # fmt: skip


@pytest.fixture(scope="module", name="folder")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("commands")
    (folder / "policy.json").write_text(json.dumps(POLICY), encoding="utf-8")
    return folder


@pytest.fixture(scope="module", name="problem")
def _problem() -> Problem:
    return read_problem(PROGRAMME)


def answer_of(folder: Path, *options: str, source: Path = PROGRAMME):
    target = folder / "answer.json"
    assert main(["solve", str(source), *options, "-o", str(target)]) == 0
    return json.loads(target.read_text(encoding="utf-8"))


def verified(folder: Path, document: dict, *options: str, source: Path = PROGRAMME) -> int:
    (folder / "result.json").write_text(dumps(document), encoding="utf-8")
    return main(["verify", str(source), str(folder / "result.json"), *options])


@pytest.mark.parametrize("options", [(), ("--mode", "stable"), ("--policy",)], ids=["optimal", "stable", "policy"])
def test_what_is_solved_can_be_verified(folder: Path, options: tuple[str, ...], capsys: pytest.CaptureFixture[str]):
    options = (*options, str(folder / "policy.json")) if "--policy" in options else options
    answer = answer_of(folder, *options)
    assert verified(folder, answer) == 0
    assert json.loads(capsys.readouterr().out)["verified"] is True
    assert set(answer) == {
        "mode", "matches", "value", "bonuses", "objective", "unmatched", "pairs", "certificate", "policy", "digest"
    }  # fmt: skip
    assert answer["pairs"] == 362


def test_a_result_is_judged_by_the_policy_that_is_given(folder: Path, capsys: pytest.CaptureFixture[str]):
    answer = answer_of(folder, "--policy", str(folder / "policy.json"))
    assert verified(folder, answer, "--policy", str(folder / "policy.json")) == 0
    (folder / "other.json").write_text(json.dumps(POLICY | {"stay_points": 3}), encoding="utf-8")
    assert verified(folder, answer, "--policy", str(folder / "other.json")) == 1
    assert "other_policy" in capsys.readouterr().out


@pytest.mark.parametrize("mode", ["optimal", "stable"])
def test_edges_and_explanations_are_verified_too(folder: Path, mode: str, capsys: pytest.CaptureFixture[str]):
    answer = answer_of(folder, "--mode", mode, "--edges", "--explain")
    assert verified(folder, answer) == 0
    capsys.readouterr()
    for name, spoil in (
        ("edges", lambda told: told[0].update(weight=told[0]["weight"] + 1)),
        ("edges", lambda told: told.pop()),
        ("edges", lambda told: told.append(None)),
        ("explanations", lambda told: told["matches"][0]["parts"].update(topic=1)),
    ):
        spoilt = copy.deepcopy(answer)
        spoil(spoilt[name])
        assert verified(folder, spoilt) == 1
        assert [one["code"] for one in json.loads(capsys.readouterr().out)["findings"]] == [f"wrong_{name}"]


def test_a_name_that_is_nearly_known_is_refused_because_what_it_says_would_be_lost(
    folder: Path, problem: Problem, capsys: pytest.CaptureFixture[str]
):
    (folder / "typo.json").write_text(dumps(problem_to_json(problem) | {"lokced": []}), encoding="utf-8")
    assert main(["solve", str(folder / "typo.json")]) == 2
    assert capsys.readouterr().err == 'the problem: "lokced" is not known; write "locked" if that is meant\n'


def test_edges_are_every_feasible_pair_with_its_points(folder: Path, problem: Problem):
    edges = answer_of(folder, "--edges")["edges"]
    expected = [
        {"need": n.key, "offer": o.key, "weight": score(n, o).total, "parts": score(n, o).parts}
        for n in problem.needs for o in problem.offers if feasible(n, o, TOPICS)
    ]  # fmt: skip
    assert edges == expected


@pytest.mark.parametrize("mode", ["optimal", "stable"])
def test_explanations_are_there_for_every_match_and_everyone_left(folder: Path, problem: Problem, mode: str):
    answer = answer_of(folder, "--explain", "--mode", mode)
    said = answer["explanations"]
    assert [(one["need"], one["offer"]) for one in said["matches"]] == [
        (match["need"], match["offer"]) for match in answer["matches"]
    ]
    for one, match in zip(said["matches"], answer["matches"], strict=True):
        assert sum(one["parts"].values()) == match["score"]
        assert 1 <= one["rank_for_need"] <= one["of_need"]
    assert [one["need"] for one in said["without"]] == sorted(answer["unmatched"]["needs"])
    needs = {n.key: n for n in problem.needs}
    for one in said["without"]:
        helps = single_changes(needs[one["need"]], [o for o in problem.offers if o.places], TOPICS)
        assert [change["opens"] for change in one["changes"]] == [list(change.opened) for change in helps]
        codes = {reason["code"] for reason in one["why_not"]}
        own = {"points_short", "lot"} if mode == "optimal" else {"need_prefers_its_own", "offer_prefers_its_own"}
        assert codes <= own | {"no_capacity"}
    assert ("prices" in said) == (mode == "optimal")
    assert any(one["changes"] for one in said["without"])


def test_the_same_bytes_in_any_order_of_rows_columns_and_sets(tmp_path: Path, problem: Problem):
    """Two processes with different hashing read the rows shuffled and answer the same, explanations included."""
    chance = random.Random(5)
    answers = []
    for number in ("1", "2"):
        document = problem_to_json(problem)
        for name in ("agencies", "needs", "offers"):
            rows = chance.sample(document[name], len(document[name]))
            document[name] = [dict(chance.sample(list(row.items()), len(row))) for row in rows]
        for row in (*document["needs"], *document["offers"]):
            for name in ("topics", "windows", "accepts_states", "excludes_states"):
                row[name] = chance.sample(row[name], len(row[name]))
        source = tmp_path / f"problem{number}.json"
        source.write_text(json.dumps(document), encoding="utf-8")
        command = [sys.executable, "-m", "portal.matching", "solve", source, "--edges", "--explain"]
        done = subprocess.run(
            command, cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": number}, capture_output=True, check=True
        )
        assert done.stderr == b""
        answers.append(done.stdout)
    assert answers[0] == answers[1]
    assert answers[0].endswith(b"}\n")


def test_the_command_verifies_by_itself_without_the_solver(tmp_path: Path):
    """As another process that could not solve anything if it wanted to: OR-tools is not even looked for."""
    answer = tmp_path / "answer.json"
    assert main(["solve", str(PROGRAMME), "-o", str(answer)]) == 0
    program = (
        "import sys; sys.modules['ortools'] = None\n"
        "from portal.matching.__main__ import main\n"
        f"sys.exit(main(['verify', {str(PROGRAMME)!r}, {str(answer)!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["verified"] is True


def test_what_cannot_be_read_or_written_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    nowhere = tmp_path / "none"
    for command in (
        ["solve", str(nowhere)],
        ["assign", str(nowhere)],
        ["verify", str(PROGRAMME), str(nowhere)],
        ["solve", str(PROGRAMME), "--policy", str(nowhere)],
        ["solve", str(PROGRAMME), "-o", str(nowhere / "answer.json")],
    ):
        assert main(command) == 2
        said = capsys.readouterr()
        assert (said.out, len(said.err.splitlines())) == ("", 1)
        assert "No such file" in said.err
    (tmp_path / "list.json").write_text("[]", encoding="utf-8")
    assert main(["verify", str(PROGRAMME), str(tmp_path / "list.json")]) == 2
    assert "is not an object" in capsys.readouterr().err


def test_a_command_or_mode_that_does_not_exist_is_refused(capsys: pytest.CaptureFixture[str]):
    for command in ([], ["guess"], ["solve", str(PROGRAMME), "--mode", "fair"]):
        with pytest.raises(SystemExit) as refused:
            main(command)
        assert refused.value.code == 2
    assert "invalid choice" in capsys.readouterr().err
