"""What a run answers: the matches, what they are worth, who is left over, and the figures that prove it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

STEPS = ("pairs", "matches", "certificate", "done")
"""What a run tells of its progress, in this order."""

BONUSES = ("empty_rounds", "spread", "stay")


class Match(NamedTuple):
    """So many officers of a need at an offer, each worth `score` points, and `bonus` for empty rounds beside them.

    `locked`: how many of the officers were agreed before the run.
    """

    need: str
    offer: str
    officers: int
    score: int
    bonus: int = 0
    locked: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Duality:
    """Prices that prove an optimum, in whole points; whoever is not named has the price 0.

    For every feasible pair, the prices of its need, its offer and their two States together are no less than the
    pair is worth; and `dual`, what all officers, places and caps are worth at these prices, equals `primal`, the
    points of the matches. No other matches can then be worth more. What is locked stands in both sums as it is. The
    figure of an origin State is negative while its next officer would still bring points for the spread.
    """

    primal: int
    dual: int
    needs: Mapping[str, int] = field(default_factory=dict, hash=False)
    offers: Mapping[str, int] = field(default_factory=dict, hash=False)
    origins: Mapping[str, int] = field(default_factory=dict, hash=False)
    hosts: Mapping[str, int] = field(default_factory=dict, hash=False)
    kind: str = "duality"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stability:
    """How many feasible pairs were looked at, and how many of them would both leave their matches for each other."""

    pairs: int
    blocking: int = 0
    kind: str = "stability"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The answer of a run. `value` counts published points alone; `objective` counts the policy's bonuses too."""

    mode: str
    matches: tuple[Match, ...]
    value: int
    bonuses: Mapping[str, int] = field(hash=False)
    objective: int
    officers_left: Mapping[str, int] = field(hash=False)
    places_left: Mapping[str, int] = field(hash=False)
    pairs: int
    certificate: Duality | Stability
