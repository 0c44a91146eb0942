"""The engine of rounds against its yardsticks, in turns within one process.

Run: `python -m benchmarks.engine [--small]`, 10,000 needs and 10,000 offers, small 2,000 and 2,000,
where only equal answers and memory are asked for.

* From posts to the certified optimum, the slack of every pair included, against scipy's sparse solve alone. Scipy
  matches one with one: officers and places stand there as rows and columns of their own, made before the clock starts.
* All feasible pairs with their points, against the prepared scan of `fits.py` for a sample of needs.
* Stable mode against the library `matching`, with the same result.

The answers are compared before any ratio is printed. The time is the process's own.
"""

import argparse
import random
import resource
import statistics
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from benchmarks.fits import TOPICS, invented_needs, invented_offers, prepared, prepared_scan
from benchmarks.judging import in_turns, is_steady, keeps
from portal.matching.bare import assign
from portal.matching.instance import instance_from_json
from portal.matching.pairs import feasible_pairs
from portal.matching.problem import Problem
from portal.matching.solve import solve
from portal.matching.types import Need, Offer
from tests.matching.bare_ones import by_the_peer, flows_of

FULL, SMALL = 10_000, 2_000
LARGEST_SHARE_OF_SCIPY, FEWEST_TIMES_PLAIN, FEWEST_TIMES_PEER = 1.0, 50, 100
MOST_MEMORY = 1 << 30
AGENTS, SMALL_AGENTS, RANKED = 3_000, 300, 24
SAMPLE = 200
ROUNDS = 7
MOST_POINTS = 100


def posts(count: int) -> tuple[list[Need], list[Offer]]:
    chance = random.Random(20261125)
    needs = [replace(one, officers=chance.choice((1, 1, 2, 3))) for one in invented_needs(chance, count)]
    offers = [replace(one, places=chance.choice((1, 1, 2, 3))) for one in invented_offers(chance, count)]
    return needs, offers


def said(what: str, times: dict[str, list[float]], ours: str, theirs: str) -> tuple[float, bool]:
    """Print and return ours as a share of theirs, and whether the rounds lie close together."""
    ratios = [a / b for a, b in zip(times[ours], times[theirs], strict=True)]
    medians = " and ".join(f"{name} {statistics.median(found):.3f} s" for name, found in times.items())
    ratio, steady = statistics.median(ratios), is_steady(ratios)
    print(f"{what}: {ours} / {theirs} = {ratio:.4f} ({medians})", flush=True)
    return ratio, steady


# ----------------------------------------------------------------------------------------------------- optimal mode


def one_with_one(needs: list[Need], offers: list[Offer]) -> csr_array:
    """The costs of a full matching: each officer a row, each place a column, and a column of their own for who stays."""
    pairs = feasible_pairs(needs, offers, TOPICS)
    first_row = np.concatenate([[0], np.cumsum([need.officers for need in needs])])
    first_column = np.concatenate([[0], np.cumsum([offer.places for offer in offers])])
    officers, places = np.diff(first_row)[pairs.need], np.diff(first_column)[pairs.offer]
    copies = officers * places
    which = np.repeat(np.arange(len(pairs)), copies)
    place = np.arange(len(which)) - np.repeat(np.cumsum(copies) - copies, copies)
    rows = first_row[pairs.need][which] + place // places[which]
    columns = first_column[pairs.offer][which] + place % places[which]
    staying = np.arange(first_row[-1])
    costs = np.concatenate([MOST_POINTS + 1 - pairs.totals[which], np.full(len(staying), MOST_POINTS + 1)])
    shape = (int(first_row[-1]), int(first_column[-1] + first_row[-1]))
    places_of = (np.concatenate([rows, staying]), np.concatenate([columns, first_column[-1] + staying]))
    return csr_array((costs, places_of), shape=shape)


def worth(costs: csr_array) -> int:
    rows, columns = min_weight_full_bipartite_matching(costs)
    return int((MOST_POINTS + 1) * len(rows) - costs[rows, columns].sum())


def optimal(needs: list[Need], offers: list[Offer], costs: csr_array) -> tuple[bool, bool]:
    ours = lambda: solve(Problem(needs=tuple(needs), offers=tuple(offers), topics=TOPICS))  # noqa: E731
    times = in_turns({"ours": ours, "scipy": lambda: min_weight_full_bipartite_matching(costs)}, ROUNDS)
    ratio, steady = said("from posts to the certified optimum", times, "ours", "scipy")
    return ratio <= LARGEST_SHARE_OF_SCIPY, steady


def candidates(needs: list[Need], offers: list[Offer]) -> tuple[bool, bool]:
    """The scan looks at a sample of needs; its time is taken times as many."""
    rows, sample = prepared(offers, TOPICS), needs[:: max(len(needs) // SAMPLE, 1)]
    scan = lambda: [prepared_scan(need, rows) for need in sample]  # noqa: E731
    times = in_turns({"ours": lambda: feasible_pairs(needs, offers, TOPICS), "plain Python": scan}, ROUNDS)
    share = len(sample) / len(needs)
    times["plain Python"] = [seconds / share for seconds in times["plain Python"]]
    ratio, steady = said("all pairs with their points", times, "ours", "plain Python")
    print(f"all pairs with their points: {1 / ratio:.0f} times as fast")
    return 1 / ratio >= FEWEST_TIMES_PLAIN, steady


# ------------------------------------------------------------------------------------------------------ stable mode


def ranked(agents: int) -> dict[str, Any]:
    """So many needs and so many offers; each side ranks those who rank it, about two dozen."""
    chance = random.Random(20261126)
    needs = {f"n{number}": chance.choice((1, 1, 2)) for number in range(agents)}
    offers = {f"o{number}": chance.choice((1, 1, 2)) for number in range(agents)}
    by_needs = {key: chance.sample(sorted(offers), RANKED) for key in needs}
    by_offers: dict[str, list[str]] = {key: [] for key in offers}
    for need, wanted in by_needs.items():
        for offer in wanted:
            by_offers[offer].append(need)
    for waiting in by_offers.values():
        chance.shuffle(waiting)
    ranks = {"need_ranks": by_needs, "offer_ranks": by_offers}
    return {"capacity_needs": needs, "capacity_offers": offers, "mode": "stable"} | ranks


def by_peer(instance: dict[str, Any]) -> dict[tuple[str, str], int]:
    """The peer copies its agents by recursion, which needs a deep stack."""
    answers: list[dict[tuple[str, str], int]] = []
    limit, size = sys.getrecursionlimit(), threading.stack_size(512 << 20)
    sys.setrecursionlimit(1_000_000)
    try:
        thread = threading.Thread(target=lambda: answers.append(by_the_peer(instance)))
        thread.start()
        thread.join()
    finally:
        sys.setrecursionlimit(limit)
        threading.stack_size(size)
    return answers[0]


def stable(instance: dict[str, Any]) -> tuple[bool, bool]:
    """Both begin with lists in memory: what they read of them, their own checks and the matches are timed."""
    read = instance_from_json(instance)
    ours = lambda: assign(read)  # noqa: E731
    times = in_turns({"ours": ours, "matching": lambda: by_peer(instance)}, 3)
    ratio, steady = said("stable mode", times, "ours", "matching")
    print(f"stable mode: {1 / ratio:.0f} times as fast")
    return 1 / ratio >= FEWEST_TIMES_PEER, steady


# ----------------------------------------------------------------------------------------------------------- memory


def memory(count: int) -> int:
    """Bytes at the most, of a process of its own that solves once."""
    command = [sys.executable, "-m", "benchmarks.engine", "--once", str(count)]
    done = subprocess.run(command, cwd=Path(__file__).parent.parent, check=True, capture_output=True, text=True)
    return int(done.stdout)


def solve_once(count: int) -> None:
    needs, offers = posts(count)
    solve(Problem(needs=tuple(needs), offers=tuple(offers), topics=TOPICS))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)


def measured_once(measure: Callable[[], tuple[bool, bool]]) -> bool:
    """The small size shows that all runs and that the answers are equal; its ratios promise nothing."""
    measure()
    return True


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--once", type=int, default=0, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.once:
        solve_once(asked.once)
        return 0
    count, agents = (SMALL, SMALL_AGENTS) if asked.small else (FULL, AGENTS)
    needs, offers = posts(count)
    result = solve(Problem(needs=tuple(needs), offers=tuple(offers), topics=TOPICS))
    costs = one_with_one(needs, offers)
    print(f"{count:,} needs, {count:,} offers, {result.pairs:,} pairs, {costs.nnz:,} with one row for each officer")
    assert worth(costs) == result.value, "scipy finds another value"
    instance = ranked(agents)
    assert flows_of(assign(instance_from_json(instance))) == by_peer(instance), "the peer finds other matches"
    judge = measured_once if asked.small else keeps
    good = [
        judge(lambda: optimal(needs, offers, costs)),
        judge(lambda: candidates(needs, offers)),
        judge(lambda: stable(instance)),
    ]
    peak = memory(count)
    print(f"memory of the whole process at most: {peak / (1 << 20):.0f} MiB")
    return 0 if all(good) and peak < MOST_MEMORY else 1


if __name__ == "__main__":
    sys.exit(main())
