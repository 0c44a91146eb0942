"""The six rungs of help, and the figures that follow from a request: all computed, never typed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
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


def rungs_of(quantity: int, pledges: Iterable[Any], *, received: int | None) -> Rungs:
    """Of a line from its pledges (each has `state`, `quantity`, `received`): a recount, for pages and proofs alike."""
    live = [pledge for pledge in pledges if pledge.state in HOLDING]
    return Rungs(
        requested=quantity,
        pledged=sum(held(pledge) for pledge in live),
        committed=sum(held(pledge) for pledge in live if pledge.state in COMMITTED),
        received=received,
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


WAITED_LONG = 365


def fair_share(*, opened_on: date, today: date, open_share: float, in_special_situation: bool) -> int:
    """The published rule of the fair-share order, from 0 to 100: what comes first has waited longest for most.

    Up to 50 points for the days since the request was opened (a year and more: all of them), up to 30 for the share
    of it that nobody has pledged, and 20 when the State is least developed, land-locked developing or small island.
    """
    waited = min(max((today - opened_on).days, 0), WAITED_LONG) / WAITED_LONG
    return round(50 * waited + 30 * min(max(open_share, 0.0), 1.0)) + (20 if in_special_situation else 0)
