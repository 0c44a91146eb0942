"""Two kept runs beside each other, as the engine compares them; and why a pair was or was not made."""

import json
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from portal.features.rounds.models import Run
from portal.infra.db import db
from portal.matching.compare import Differences, compare_results
from portal.matching.explain import Explainer, WhyNot
from portal.matching.problem import Problem
from portal.matching.result import Result
from portal.matching.stored import problem_from_json, result_from_json


def compared(first: Run, second: Run) -> Differences:
    return compare_results(kept(first), kept(second))


def why_not(run: Run, need_ref: str, offer_ref: str) -> WhyNot | None:
    """What the engine says of a pair that the run did not make; None when one of the two took no part."""
    problem, _result = kept(run)
    if need_ref not in {need.key for need in problem.needs} or offer_ref not in {o.key for o in problem.offers}:
        return None
    return _explainer(run.digest or "", run.id).why_not(need_ref, offer_ref)


def kept(run: Run) -> tuple[Problem, Result]:
    """Inputs and answer of a run, as they were kept."""
    return _read(run.digest or "", run.id)


@lru_cache(maxsize=4)
def _read(_digest: str, run_id: int) -> tuple[Problem, Result]:
    texts: Any = db.session.execute(select(Run.input, Run.result).where(Run.id == run_id)).one()
    return problem_from_json(json.loads(texts[0])), result_from_json(json.loads(texts[1]))


@lru_cache(maxsize=2)
def _explainer(digest: str, run_id: int) -> Explainer:
    return Explainer(*_read(digest, run_id))
