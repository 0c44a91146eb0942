"""End-use checks: when one is due, whose word counts, and what "verified in use" means."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

from portal.features.items.domain.lifecycles import ItemState
from portal.features.items.domain.vocabulary import Condition, RiskClass
from portal.kernel.contract import Command, Day, GuardedTexts, count, prose, words
from portal.kernel.errors import Problem

DUE_SOON = timedelta(days=30)
"""A check may be planned and made this long before it is due."""
ESCALATED_AFTER = timedelta(days=14)
"""Past its day, a finding goes to those above."""
ANSWER_WITHIN = timedelta(days=30)
"""The day by which a finding that the portal opens must be answered."""
OLDEST_CHECK = timedelta(days=60)
"""A check is entered soon after it was made, also where a printed form came by post."""
MOST_ODOMETER = 9_999_999


class Result(StrEnum):
    SEEN_WORKING = "seen_working"
    SEEN_NOT_WORKING = "seen_not_working"
    EVIDENCE_ONLY = "evidence_only"
    NOT_FOUND = "not_found"
    REFUSED = "refused"


SEEN = frozenset({Result.SEEN_WORKING, Result.SEEN_NOT_WORKING})
AGAINST = frozenset({Result.SEEN_NOT_WORKING, Result.NOT_FOUND, Result.REFUSED})
"""Whoever reports it, the item is not known to work any more."""


class CheckType(StrEnum):
    SCHEDULED = "scheduled"
    SPOT = "spot"
    SELF = "self"


class Severity(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Made(Protocol):
    """What the rules need of a check that was made."""

    on: date
    result: Result
    independent: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """What follows from all checks of an item."""

    verified_until: date | None
    """The last day of the interval of the independent check that saw it work; None when none stands."""
    next_check_on: date | None


def later_by_months(day: date, months: int) -> date:
    """The same day of a later month; its last day where that month is shorter."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    first_after = date(year + month // 12, month % 12 + 1, 1)
    return min(date(year, month, 1) + timedelta(days=day.day - 1), first_after - timedelta(days=1))


def standing(checks: Iterable[Made], risk: RiskClass, *, counted_from: date | None) -> Standing:
    """From the checks in the order in which they were made. `counted_from` is the day the first interval begins.

    A self-report never makes an item verified, but it can end that: its holder says that it does not work.
    """
    verified_until, last_seen = None, counted_from
    for check in checks:
        if check.independent and check.result is Result.SEEN_WORKING:
            verified_until = later_by_months(check.on, risk.months)
        elif check.result in AGAINST or check.independent:
            verified_until = None
        if check.independent and check.result in SEEN:
            last_seen = check.on
    return Standing(verified_until, later_by_months(last_seen, risk.months) if last_seen else None)


class Verifiable(Protocol):
    """What decides whether an item is verified in use."""

    state: ItemState
    verified_until: date | None
    operators_required: int
    operators_trained: int


def verified_in_use(item: Verifiable, *, today: date) -> bool:
    """Checked by another agency within its interval, working, in use, with enough trained operators."""
    return (
        item.state == ItemState.IN_USE
        and item.verified_until is not None
        and today <= item.verified_until
        and item.operators_trained >= item.operators_required
    )


class RecordCheck(GuardedTexts):
    """What someone found at the item: on a phone at the post, or typed in from the printed form."""

    guarded = ("note",)
    on: Day
    result: Result
    condition: Condition | None = None
    odometer: count(0, MOST_ODOMETER) | None = None
    note: prose(600) = ""
    seen: words(40, min_length=0) = ""
    """How the item stood when its page was opened (`standing_mark`): a phone may send the check much later."""

    def problems(self) -> Iterator[Problem]:
        yield from super().problems()
        if self.result in SEEN and self.condition is None:
            yield Problem("required", "condition")

    def out_of_time(self, *, today: date) -> Iterator[Problem]:
        if self.on > today:
            yield Problem("check_ahead", "on")
        if self.on < today - OLDEST_CHECK:
            yield Problem("check_too_old", "on", {"days": OLDEST_CHECK.days})


def standing_mark(version: int, checks: int) -> str:
    """Another one after every change of the item and after every check."""
    return f"{version}.{checks}"


class PlanCheck(Command):
    """Who makes the next check, and by when; never later than its interval asks for."""

    by_agency: words(20)
    due_on: Day


class OpenFinding(GuardedTexts):
    """A problem that the holder must answer."""

    guarded = ("what",)
    severity: Severity
    due_on: Day
    what: prose(1000, min_length=3)


def severity_of(result: Result, *, independent: bool) -> Severity | None:
    """Of the finding that a check opens by itself; None when it opens none."""
    if result in {Result.NOT_FOUND, Result.REFUSED}:
        return Severity.HIGH
    return Severity.MEDIUM if result is Result.SEEN_NOT_WORKING and independent else None
