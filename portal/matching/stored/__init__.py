"""Problems and results as JSON and back, the same to the byte in any order of input, and the digest of a run.

A stored problem has the layout of a programme in one JSON file, with the policy and the pairs of the round beside the
three tables and the tree of topics, so it can be solved and verified by the command line as well.
"""

from portal.matching.problem import Problem
from portal.matching.result import Result
from portal.matching.stored.problems import (
    of_programme,
    policy_from_json,
    policy_to_json,
    problem_from_json,
    problem_to_json,
    read_problem,
    says_its_policy,
)
from portal.matching.stored.results import answer_from_json, result_from_json, result_to_json
from portal.matching.stored.text import digest_of, dumps, plain

__all__ = [
    "answer_from_json",
    "digest",
    "digest_of",
    "dumps",
    "of_programme",
    "plain",
    "policy_from_json",
    "policy_to_json",
    "problem_from_json",
    "problem_to_json",
    "read_problem",
    "result_from_json",
    "result_to_json",
    "says_its_policy",
]


def digest(problem: Problem, result: Result) -> str:
    """Return 64 hexadecimal digits that stand for the inputs and the outcome of a run together."""
    return digest_of({"problem": problem_to_json(problem), "result": result_to_json(result)})
