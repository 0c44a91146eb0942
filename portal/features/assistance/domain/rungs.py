"""The six rungs of help, and the figures that follow from a request: all computed, never typed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from portal.features.assistance.domain.lifecycles import HOLDING, PledgeState
from portal.features.assistance.domain.vocabulary import Condition, Supply


class Rung(StrEnum):
    REQUESTED = "requested"
    PLEDGED = "pledged"
    COMMITTED = "committed"
    SHIPPED = "shipped"
    RECEIVED = "received"
    VERIFIED = "verified"


@dataclass(frozen=True, slots=True)
class Rungs:
    """Units of one line on each rung; None means "not recorded yet", never zero."""

    requested: int
    pledged: int = 0
    committed: int = 0
    shipped: int | None = None
    received: int | None = None
    verified: int | None = None

    def of(self, rung: Rung) -> int | None:
        found: int | None = getattr(self, rung.value)
        return found

    @property
    def open(self) -> int:
        return self.requested - self.pledged


COMMITTED = frozenset({PledgeState.COMMITTED, PledgeState.DISPUTED, PledgeState.FULFILLED, PledgeState.CLOSED_SHORT})


def rungs_of(quantity: int, pledges: Iterable[Any], *, received: int | None, by_shipment: bool = False,
             verified: int | None = None) -> Rungs:  # fmt: skip
    """Of a line from its pledges (each has `state`, `quantity`, `received`): a recount, for pages and proofs alike.

    `by_shipment`: its units are things that are sent, so how many left the donor is recorded too. A replacement is
    no further unit of the commitment. `verified`: how many of its items are verified in use, where it has any.
    """
    live = [pledge for pledge in pledges if pledge.state in HOLDING]
    return Rungs(
        requested=quantity,
        pledged=sum(held(pledge) for pledge in live),
        committed=sum(held(pledge) for pledge in live if pledge.state in COMMITTED),
        shipped=sum(min(pledge.shipped, pledge.quantity) for pledge in live) if by_shipment else None,
        received=received,
        verified=verified if verified is None else min(verified, received or 0),
    )


def held(pledge: Any) -> int:
    """How much of its line a pledge holds: one that was closed short only what was received."""
    if pledge.state not in HOLDING:
        return 0
    return int(pledge.received if pledge.state == PledgeState.CLOSED_SHORT else pledge.quantity)


def summed(parts: Iterable[Rungs]) -> Rungs:
    """All lines together. A rung that no line records stays unrecorded."""
    found = list(parts)

    def total(rung: Rung) -> int | None:
        known = [value for part in found if (value := part.of(rung)) is not None]
        return sum(known) if known else None

    return Rungs(
        requested=total(Rung.REQUESTED) or 0,
        pledged=total(Rung.PLEDGED) or 0,
        committed=total(Rung.COMMITTED) or 0,
        shipped=total(Rung.SHIPPED),
        received=total(Rung.RECEIVED),
        verified=total(Rung.VERIFIED),
    )


def gap(existing: int | None, required: int | None, condition: Condition | str | None) -> int | None:
    """How many are missing: what cannot be used does not count as there. None when nobody assessed it."""
    if existing is None or required is None:
        return None
    usable = 0 if condition == Condition.UNSERVICEABLE else existing
    return max(required - usable, 0)


SUPPLIES = ("power", "fuel", "spares", "licences", "insurance")
_POINTS = {Supply.SECURED: 2, Supply.PLANNED: 1, Supply.OPEN: 0}


@dataclass(frozen=True, slots=True)
class SustainmentScore:
    """From 0 to 100: two points for what is secured, one for what is planned; what is not needed is left out."""

    score: int
    missing: tuple[str, ...]
    """Names of what is open."""
    planned: tuple[str, ...]


def sustainment_score(answers: Mapping[str, Any] | None) -> SustainmentScore | None:
    """Of a line of equipment, None when nothing is answered. Operators and the payer count as the supplies do."""
    if not answers:
        return None
    levels = {name: Supply(answers[name]) for name in SUPPLIES if answers.get(name)}
    levels["operators"] = Supply.SECURED if answers.get("operators") else Supply.OPEN
    levels["budget_owner"] = Supply.SECURED if answers.get("budget_owner") else Supply.OPEN
    counted = {name: level for name, level in levels.items() if level is not Supply.NOT_NEEDED}
    points = sum(_POINTS[level] for level in counted.values())
    return SustainmentScore(
        score=round(100 * points / (2 * len(counted))),
        missing=tuple(name for name, level in counted.items() if level is Supply.OPEN),
        planned=tuple(name for name, level in counted.items() if level is Supply.PLANNED),
    )


POINTS_A_YEAR, POINTS_UNPLEDGED, POINTS_SPECIAL = 50, 30, 20
"""Of the fair-share order: for each year since the request was opened, for all of it while nobody pledged anything, and
for a least developed, land-locked developing or small island developing State."""
_YEAR = 365


def days_for(points: float) -> int:
    """How many days of waiting weigh as much as these points."""
    return round(points * _YEAR / POINTS_A_YEAR)


def fair_day(*, opened_on: date, open_share: float, in_special_situation: bool) -> date:
    """The day by which the fair-share order goes, the earliest first: what has waited longest for most comes first.

    It is the day the request was opened, moved back by as many days as its other points weigh. So the order of two
    requests changes only when something is pledged, never because a day has passed, and an index can keep it.
    """
    points = POINTS_UNPLEDGED * min(max(open_share, 0.0), 1.0) + (POINTS_SPECIAL if in_special_situation else 0)
    return opened_on - timedelta(days=days_for(points))


def fair_points(fair_on: date, today: date) -> int:
    """The same rule as points, for people to read."""
    return round(POINTS_A_YEAR * (today - fair_on).days / _YEAR)


def open_share(lines: Iterable[Any]) -> float:
    """The share of a request that nobody has pledged: the mean over its lines (each has `quantity` and `pledged`)."""
    shares = [(line.quantity - line.pledged) / line.quantity for line in lines]
    return sum(shares) / len(shares) if shares else 0.0
