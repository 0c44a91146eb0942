"""`python -m portal.matching solve|assign|verify`: match a programme or a bare instance, and check an answer, in JSON."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from portal.matching.bare import assign
from portal.matching.certify import Finding, verify, verify_bare
from portal.matching.certify.books import Books
from portal.matching.fields import BadSource, shown
from portal.matching.instance import Instance, instance_from_json, instance_to_json, is_instance
from portal.matching.pairs import named
from portal.matching.problem import MODES, Problem
from portal.matching.reasons import Explainer
from portal.matching.result import Result
from portal.matching.solve import Setting, run
from portal.matching.source import read_json
from portal.matching.stored import (
    answer_from_json,
    digest,
    digest_of,
    dumps,
    plain,
    policy_from_json,
    policy_to_json,
    read_problem,
    result_from_json,
    result_to_json,
    says_its_policy,
)

GOOD, FOUND, BAD_INPUT = 0, 1, 2
TRIED = 3
"""Pairs of a need left without a place that are explained, the best first."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m portal.matching", description="Who fits whom.")
    commands = parser.add_subparsers(dest="command", required=True)
    solve = commands.add_parser("solve", help="match officers with places under the policy of a round")
    source = "a programme folder, a programme in one JSON file, or a stored problem"
    solve.add_argument("source", type=Path, metavar="SOURCE", help=source)
    solve.add_argument(
        "--mode", choices=MODES, help="optimal: the points add up to the most; stable: no two would leave"
    )
    solve.add_argument("--policy", type=Path, metavar="FILE", help="the policy of the round, a JSON object")
    solve.add_argument("--edges", action="store_true", help="print every feasible pair with its points as well")
    solve.add_argument("--explain", action="store_true", help="print why, why not, what would help, and prices")
    bare = commands.add_parser("assign", help="match a bare instance: capacities and pairs with weights or ranks")
    bare.add_argument("source", type=Path, metavar="FILE", help="the instance, a JSON object")
    for command in (solve, bare):
        command.add_argument("-o", dest="output", type=Path, metavar="FILE", help="write to FILE instead of printing")
    check = commands.add_parser(
        "verify", help="check an answer of solve or assign by a program that shares nothing with the solver"
    )
    check.add_argument("source", type=Path, metavar="SOURCE", help=f"{source}, or a bare instance")
    check.add_argument("result", type=Path, metavar="RESULT", help="what solve or assign wrote")
    check.add_argument("--policy", type=Path, metavar="FILE", help="the policy, if neither SOURCE nor RESULT says it")
    check.set_defaults(output=None)
    return parser


# ---------------------------------------------------------------------------------------------------------- solve


def answer(problem: Problem, *, with_edges: bool = False, explained: bool = False) -> str:
    """Return the matches of a problem as JSON with sorted keys, ending in a newline."""
    setting, result = run(problem)
    document = result_to_json(result)
    document |= {"policy": policy_to_json(problem.policy), "digest": digest(problem, result)}
    if with_edges:
        document["edges"] = _edges(setting)
    if explained:
        document["explanations"] = _explanations(problem, result)
    return dumps(document)


def _edges(setting: Setting) -> list[dict[str, object]]:
    return [
        {"need": need, "offer": offer, "weight": score.total, "parts": score.parts}
        for need, offer, score in named(setting.pairs, setting.problem.needs, setting.problem.offers)
    ]


def _explanations(problem: Problem, result: Result) -> dict[str, Any]:
    explainer = Explainer(problem, result)
    matches = [
        {"need": match.need, "offer": match.offer} | _why(explainer, match.need, match.offer)
        for match in result.matches
    ]
    left = [
        {"need": need}
        | {
            "why_not": [
                {"offer": fit} | plain(asdict(explainer.why_not(need, fit))) for fit in explainer.fits(need)[:TRIED]
            ],
            "changes": [
                {"code": change.code, "size": change.size, "params": plain(change.params), "opens": list(change.opened)}
                for change in explainer.nearest_miss(need)
            ],
        }
        for need in result.officers_left
    ]
    found: dict[str, Any] = {"matches": matches, "without": left}
    if result.mode == "optimal":
        found["prices"] = {offer.key: explainer.price(offer.key) for offer in problem.offers}
    return found


def _why(explainer: Explainer, need: str, offer: str) -> dict[str, Any]:
    why = explainer.why(need, offer)
    return {name: value for name, value in asdict(why).items() if name != "score"} | {"parts": why.score.parts}


def _solve(options: argparse.Namespace) -> tuple[int, str]:
    problem = read_problem(options.source)
    policy = policy_from_json(_from(options.policy, policy_to_json(problem.policy), options.mode))
    return GOOD, answer(replace(problem, policy=policy), with_edges=options.edges, explained=options.explain)


def _from(path: Path | None, policy: object, mode: str | None) -> object:
    """Return the policy of a file where there is one, with the mode that was asked for."""
    found = read_json(path) if path else policy
    return found | {"mode": mode} if mode and isinstance(found, dict) else found


def _assign(options: argparse.Namespace) -> tuple[int, str]:
    instance = instance_from_json(read_json(options.source))
    document = assign(instance)
    return GOOD, dumps(document | {"digest": _digest_of_bare(instance, document)})


def _digest_of_bare(instance: Instance, document: dict[str, Any]) -> str:
    return digest_of({"instance": instance_to_json(instance), "result": document})


# --------------------------------------------------------------------------------------------------------- verify


def _verify(options: argparse.Namespace) -> tuple[int, str]:
    document = read_json(options.result)
    if not isinstance(document, dict):
        raise BadSource(f"{options.result}: {shown(document)} is not an object")
    bare = read_json(options.source) if options.source.is_file() else None
    if is_instance(bare):
        return _report(*_verified_bare(instance_from_json(bare), document))
    problem = read_problem(options.source)
    if options.policy or ("policy" in document and not says_its_policy(options.source)):
        policy = read_json(options.policy) if options.policy else document["policy"]
        problem = replace(problem, policy=policy_from_json(policy))
    result = result_from_json(document)
    findings = [*verify(problem, result), *_other(problem, result, document)]
    return _report(result, findings or list(_told_wrong(problem, result, document)))


def _report(result: Result, findings: list[Finding]) -> tuple[int, str]:
    report = {
        "verified": not findings,
        "value": result.value,
        "objective": result.objective,
        "mode": result.mode,
        "findings": [{"code": finding.code} | plain(finding.params) for finding in findings],
    }
    return FOUND if findings else GOOD, dumps(report)


def _verified_bare(instance: Instance, document: dict[str, Any]) -> tuple[Result, list[Finding]]:
    answer = answer_from_json(document)
    said = {name: value for name, value in document.items() if name != "digest"}
    return answer, [*verify_bare(instance, answer), *_wrong_digest(document, _digest_of_bare(instance, said))]


def _wrong_digest(document: dict[str, Any], digest: str) -> list[Finding]:
    if document.get("digest") == digest:
        return []
    return [Finding("wrong_digest", {"claimed": document.get("digest"), "digest": digest})]


def _other(problem: Problem, result: Result, document: dict[str, Any]) -> list[Finding]:
    """Check what the document says beside the result."""
    found = _wrong_digest(document, digest(problem, result))
    if "policy" in document and document["policy"] != json.loads(dumps(policy_to_json(problem.policy))):
        found.append(Finding("other_policy"))
    return found


def _told_wrong(problem: Problem, result: Result, document: dict[str, Any]) -> Iterator[Finding]:
    """Check what a proven result was asked to tell as well: every pair with its points, and the explanations."""
    if "edges" in document:
        books = Books(problem, result)
        pairs = sorted([need.key, offer.key, points] for need, offer, points, _ in books.pairs())
        try:
            told = sorted([edge["need"], edge["offer"], edge["weight"]] for edge in document["edges"])
        except (TypeError, KeyError):
            told = []
        if told != pairs:
            yield Finding("wrong_edges", {"pairs": len(pairs)})
    if "explanations" in document:
        expected = json.loads(dumps(_explanations(problem, result)))
        if document["explanations"] != expected:
            yield Finding("wrong_explanations")


COMMANDS: dict[str, Callable[[argparse.Namespace], tuple[int, str]]] = {
    "solve": _solve,
    "assign": _assign,
    "verify": _verify,
}


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 1: an answer is not what it claims; 2: the input cannot be used, one line on stderr says why."""
    options = _parser().parse_args(arguments)
    try:
        code, text = COMMANDS[options.command](options)
        if options.output:
            options.output.write_text(text, encoding="utf-8")
        else:
            sys.stdout.write(text)
    except BadSource as error:
        print(error, file=sys.stderr)
        return BAD_INPUT
    except OSError as error:
        print(f"{options.output}: {error.strerror or error}", file=sys.stderr)
        return BAD_INPUT
    return code


if __name__ == "__main__":
    sys.exit(main())
