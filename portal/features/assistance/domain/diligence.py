"""Human-rights due diligence: what a record of it allows.

The policy binds United Nations entities that support security forces of others (A/67/775-S/2013/110); for everyone
else it is good practice. The pages say so.
"""

from datetime import date
from enum import StrEnum
from typing import Protocol

from portal.features.assistance.domain.vocabulary import LineKind, Outcome, Risk
from portal.kernel.errors import Problem


class Clearance(StrEnum):
    """What the latest record says today."""

    MISSING = "missing"
    PENDING = "pending"
    BLOCKED = "blocked"
    EXPIRED = "expired"
    TRAINING_ONLY = "training_only"
    CLEARED = "cleared"


class Recorded(Protocol):
    """What the decision needs of a request."""

    diligence_outcome: Outcome | None
    diligence_risk: Risk | None
    diligence_until: date | None


def clearance(request: Recorded, today: date) -> Clearance:
    if request.diligence_outcome is None:
        return Clearance.MISSING
    if request.diligence_risk == Risk.BLOCKED:
        return Clearance.BLOCKED
    if request.diligence_outcome == Outcome.PENDING:
        return Clearance.PENDING
    if request.diligence_until is None or request.diligence_until < today:
        return Clearance.EXPIRED
    return Clearance.TRAINING_ONLY if request.diligence_outcome == Outcome.TRAINING_ONLY else Clearance.CLEARED


def acceptance_problem(request: Recorded, kind: LineKind, today: date) -> Problem | None:
    """Why a pledge on a line of this kind cannot be accepted today, if anything stands in the way."""
    found = clearance(request, today)
    if found is Clearance.CLEARED or (found is Clearance.TRAINING_ONLY and kind == LineKind.TRAINING):
        return None
    return Problem(f"diligence_{found.value}")
