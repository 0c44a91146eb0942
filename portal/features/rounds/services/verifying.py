"""Computes kept runs again from what is kept, and has the independent checker look at the answer."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import undefer

from portal.features.rounds.models import Round, Run
from portal.infra.db import db
from portal.kernel.reference import parse_reference
from portal.matching import BadSource
from portal.matching.certify import verify
from portal.matching.solve import solve
from portal.matching.stored import digest, dumps, problem_from_json, result_from_json, result_to_json


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found about one run. It holds when nothing was found."""

    number: int
    digest: str
    findings: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not self.findings


def round_called(ref: str) -> Round | None:
    """For whoever runs the portal: any round."""
    return db.session.scalars(select(Round).where(Round.ref == parse_reference(ref))).first()


def verify_round(round_: Round, number: int | None = None) -> Iterator[Verdict]:
    """Every run of the round that has an answer, or one of them."""
    query = select(Run).where(Run.round_id == round_.id, Run.digest.is_not(None)).options(undefer("*"))
    if number is not None:
        query = query.where(Run.number == number)
    for run in db.session.scalars(query.order_by(Run.number)).all():
        yield Verdict(run.number, run.digest or "", tuple(_findings(run)))


def _findings(run: Run) -> Iterator[str]:
    try:
        problem = problem_from_json(json.loads(run.input or ""))
        result = result_from_json(json.loads(run.result or ""))
    except (ValueError, BadSource) as unreadable:
        yield f"what is kept cannot be read: {unreadable}"
        return
    if digest(problem, result) != run.digest:
        yield "the digest is not that of the kept inputs and answer"
    if problem.policy.seed != run.seed:
        yield "the seed is not the one that the inputs name"
    for finding in verify(problem, result):
        yield f"{finding.code}: {finding.params}"
    if dumps(result_to_json(solve(problem))) != run.result:
        yield "solved again, the answer is another one"
