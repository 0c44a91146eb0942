"""When a benchmark has kept its promise: a figure of an unsteady machine is never taken for a kept promise."""

import statistics
from collections.abc import Callable, Sequence

TRIES = 3
STEADY = 1.3
"""The middle half of the rounds lies within this ratio."""


def is_steady(rounds: Sequence[float]) -> bool:
    """Whether the rounds of one measurement lie close enough together to be judged."""
    quarters = statistics.quantiles(rounds, n=4)
    return quarters[2] / quarters[0] < STEADY


def keeps(measure: Callable[[], tuple[bool, bool]]) -> bool:
    """Measure: (promise kept, machine steady). Where an unsteady machine missed the promise, measure again."""
    for left in reversed(range(TRIES)):
        kept, steady = measure()
        if kept or steady or not left:
            return kept
        print("unsteady machine, measured again", flush=True)
    return False
