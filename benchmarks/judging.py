"""Contenders in turns, and when a promise is kept: a figure of an unsteady machine is never taken for a kept promise."""

import gc
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

TRIES = 3
STEADY = 1.3
"""The middle half of the rounds lies within this ratio."""


def in_turns(contenders: Mapping[str, Callable[[], Any]], rounds: int) -> dict[str, list[float]]:
    """Seconds of the process's own time that each contender took, one figure per round; the order turns about."""
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(rounds):
        for name in sorted(contenders, reverse=bool(turn % 2)):
            gc.collect()  # nobody pays for what another left lying
            start = time.process_time()
            contenders[name]()
            taken[name].append(time.process_time() - start)
    return taken


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
