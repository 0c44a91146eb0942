"""One matching to be solved, in numbers: what is left of officers, places and caps, and what each pair is worth.

Needs, offers and States are numbered in order of their keys; whatever is locked has been taken out. Everything is
weighed in units of 2**-shift points: a draw of the lottery stands below the points, too small for the draws of a whole
answer to reach half a point together.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from portal.matching.fields import BadSource
from portal.matching.lottery import Numbers, draws

Whole = NDArray[np.int64]
Numbered = NDArray[np.int32]

LOTTERY_BITS = 40
COST_BITS = 61
"""Size that a worth times the number of nodes, or of officers, may reach: the solver scales so, in 64 bits."""
NO_STATE = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """Figures of n needs, m offers and e pairs, the pairs by need and then by offer."""

    officers: Whole
    """Shape (n,)."""
    places: Whole
    """Shape (m,)."""
    need: Numbered
    """Number of the need of each pair, shape (e,)."""
    offer: Numbered
    """Number of the offer of each pair, shape (e,)."""
    points: Whole
    """What each officer on the pair is worth before the lottery, shape (e,)."""
    need_numbers: Numbers
    offer_numbers: Numbers
    """Numbers of the keys in the lottery, shapes (n,) and (m,)."""
    origin: Numbered
    """Number of the origin State of each need where it matters, else NO_STATE, shape (n,)."""
    host: Numbered
    """Number of the host State of each offer where it is capped, else NO_STATE, shape (m,)."""
    origin_caps: tuple[int | None, ...] = ()
    spread: tuple[tuple[int, ...], ...] = ()
    """Per origin State: points that its next officers bring, falling."""
    host_caps: tuple[int, ...] = ()
    kept: Numbered
    """Numbers of the pairs that an earlier run gave, shape (k,)."""
    kept_most: Whole
    """Officers of such a pair who bring `stay_points` if they stay, shape (k,)."""
    stay_points: int = 0


@dataclass(frozen=True, slots=True)
class Weights:
    """Worth of each pair in units of 2**-shift points, shape (e,)."""

    shift: int
    pairs: Whole

    def scaled(self, points: int) -> int:
        return points << self.shift


def in_points(market: Market) -> Weights:
    """Return what each pair is worth in points alone, as certificates count."""
    return Weights(0, market.points)


def weigh(market: Market) -> Weights:
    """Return points and draws in one number per pair; raises BadSource where 64 bits cannot hold them."""
    most = max(min(int(market.officers.sum()), int(market.places.sum())), 1)
    nodes = len(market.officers) + len(market.places) + len(market.spread) + len(market.host_caps) + 2
    highest = int(np.abs(market.points).max(initial=0)) + market.stay_points
    highest += max((bonuses[0] for bonuses in market.spread if bonuses), default=0)
    room = COST_BITS - max(nodes, most).bit_length() - highest.bit_length() - most.bit_length() - 1
    if room < 0:
        raise BadSource(f"the figures are too large: {most} officers and {highest} points for one of them")
    bits = min(LOTTERY_BITS, room)
    shift = bits + most.bit_length() + 1
    drawn = draws(market.need_numbers[market.need], market.offer_numbers[market.offer], bits)
    return Weights(shift, (market.points << shift) + drawn)
