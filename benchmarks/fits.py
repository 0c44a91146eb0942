"""Fits of one post among 10,000: the index against two full scans in plain Python, in turns within one process.

Run: `python -m benchmarks.fits [--small]`. The plain scan asks the published predicate about every offer (it stops at
the first rule broken) and gives points to what fits; the promise, a hundredth, is against this one. The prepared scan
is printed beside it: one loop over facts of every post that were prepared before the clock started, the cheapest and
most selective rule first. All give the whole ranking and hand over its first page of 20 with the points; the answers
are compared before any timing.
"""

import argparse
import random
import statistics
import sys
from collections.abc import Callable
from datetime import date, timedelta

from benchmarks.judging import in_turns, is_steady, keeps
from portal.matching.index import of_offers
from portal.matching.rules import best_overlap, feasible, score
from portal.matching.source import read_topics
from portal.matching.types import (
    CLEARANCE_RANK,
    CLEARANCES,
    COSTS,
    LEVEL_RANK,
    LEVELS,
    Fit,
    Need,
    Offer,
    Topics,
    Window,
)

POSTS, PAGE = 10_000, 20
LARGEST_RATIO = 0.01
NEW_YEAR = date(2027, 1, 1)
STATES = [f"{first}{second}" for first in "ABCDEFGHIJKL" for second in "ABCDEFGHIJKLMNO"]
TOPICS = read_topics()
TONGUES = {"en": 30, "fr": 12, "es": 10, "ar": 8, "ru": 6, "zh": 3, "pt": 4}


def _windows(chance: random.Random) -> tuple[Window, ...]:
    begins = [NEW_YEAR + timedelta(days=7 * chance.randrange(50)) for _ in range(chance.randint(1, 4))]
    return tuple(sorted((day, day + timedelta(days=7 * chance.randint(1, 6) - 3)) for day in begins))


def _languages(chance: random.Random, levels: tuple[str, ...]) -> dict[str, str]:
    codes = chance.choices(list(TONGUES), weights=list(TONGUES.values()), k=chance.choice((1, 1, 2)))
    return {code: chance.choice(levels) for code in codes}


def _common(chance: random.Random, number: int, letter: str) -> dict[str, object]:
    state = chance.choice(STATES)
    return {
        "key": f"{letter}{number:06}",
        "agency": f"{state}-{chance.randrange(20)}",
        "state": state,
        "topics": frozenset(chance.sample(sorted(TOPICS.parents), chance.choice((1, 2, 2, 3)))),
        "windows": _windows(chance),
        "min_days": chance.choice((3, 5, 5, 10) if letter == "O" else (3, 5)),
        "max_days": chance.choice((10, 20)),
        "excludes_states": frozenset(chance.sample(STATES, 1) if chance.random() < 0.05 else ()),
        "clearance": chance.choice(CLEARANCES),
    }


def invented_offers(chance: random.Random, count: int) -> list[Offer]:
    """Return offers with about the spread of the programme's, in 180 States."""
    return [
        Offer(
            **_common(chance, number, "O"),  # type: ignore[arg-type]
            languages=_languages(chance, ("A2", "B1", "B1", "B2")),
            interpreter=chance.random() < 0.09,
            accepts_states=frozenset(chance.sample(STATES, 60) if chance.random() < 0.25 else ()),
            band_min=(lowest := chance.choice((1, 2, 2, 3))),
            band_max=chance.randint(lowest, 5),
            covers_costs=frozenset(chance.sample(COSTS, chance.randint(2, 5))),
        )
        for number in range(count)
    ]


def invented_needs(chance: random.Random, count: int) -> list[Need]:
    """Return needs with about the spread of the programme's."""
    return [
        Need(
            **_common(chance, number, "N"),  # type: ignore[arg-type]
            languages=_languages(chance, LEVELS[2:]),
            band=chance.randint(1, 4),
            accepts_states=frozenset(chance.sample(STATES, 40) if chance.random() < 0.25 else ()),
            prefers_states=tuple(chance.sample(STATES, chance.randint(0, 4))),
            requires_costs=frozenset(chance.sample(COSTS, chance.choice((0, 1, 1, 2)))),
        )
        for number in range(count)
    ]


Prepared = list[tuple[object, ...]]


def prepared(offers: list[Offer], topics: Topics) -> Prepared:
    """Return the facts that the scan looks at, one tuple per offer, made before the clock starts."""
    return [
        (
            frozenset().union(*(topics.related(topic) for topic in offer.topics)),
            *(offer.band_min, offer.band_max, CLEARANCE_RANK[offer.clearance], offer.min_days, offer.max_days),
            [(code, LEVEL_RANK[level]) for code, level in offer.languages.items()] or None,
            *(offer.interpreter, offer.covers_costs, offer.accepts_states, offer.excludes_states),
            *(offer.state, offer.agency, offer),
        )
        for offer in offers
    ]


def plain_scan(need: Need, offers: list[Offer]) -> list[Fit]:
    """Ask the published predicate about every offer in turn."""
    scores = ((offer.key, score(need, offer)) for offer in offers if feasible(need, offer, TOPICS))
    return sorted((Fit(key, points.total, points) for key, points in scores), key=lambda fit: (-fit.total, fit.key))


def prepared_scan(need: Need, rows: Prepared) -> list[Fit]:
    """Look at the prepared facts of every offer in turn."""
    topics, band, clearance = need.topics, need.band, CLEARANCE_RANK[need.clearance]
    shortest, longest, requires, state, agency = (
        need.min_days,
        need.max_days,
        need.requires_costs,
        need.state,
        need.agency,
    )
    accepted, excluded = need.accepts_states, need.excludes_states
    ranks = {code: LEVEL_RANK[level] for code, level in need.languages.items()}
    found = []
    for fitting, low, high, cleared, least, most, tongues, speaks, covers, accepts, excludes, home, host, offer in rows:
        if (
            not topics.isdisjoint(fitting)
            and low <= band <= high
            and clearance >= cleared
            and requires <= covers
            and (speaks or tongues is None or any(ranks.get(code, 0) >= rank for code, rank in tongues))
            and host != agency
            and (home != state or not state)
            and (not accepts or state in accepts)
            and state not in excludes
            and (not accepted or home in accepted)
            and home not in excluded
            and max(least, shortest) <= min(most, longest)
            and (overlap := best_overlap(need, offer))
            and overlap.days >= max(least, shortest)
        ):
            points = score(need, offer)
            found.append(Fit(offer.key, points.total, points))
    found.sort(key=lambda fit: (-fit.total, fit.key))
    return found


def compared(contenders: dict[str, Callable[[Need], object]], needs: list[Need], rounds: int) -> tuple[bool, bool]:
    """Print the ratios of the index to both scans: whether the promised one is small enough, and the machine steady."""
    all_asked = {name: lambda ask=ask: [ask(need) for need in needs] for name, ask in contenders.items()}
    taken = in_turns(all_asked, rounds)
    for name, times in taken.items():
        print(f"{name}: {statistics.median(times) / len(needs) * 1e6:,.0f} microseconds")
    for opponent in ("prepared scan", "full scan"):
        ratios = [ours / theirs for ours, theirs in zip(taken["index"], taken[opponent], strict=True)]
        ratio, steady = statistics.median(ratios), is_steady(ratios)
        print(f"one post among {POSTS:,}: index / {opponent} in plain Python = {ratio:.4f}")
    return ratio <= LARGEST_RATIO, steady


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--small", action="store_true", help="fewer questions and rounds, the same 10,000 posts")
    small = parser.parse_args().small
    chance = random.Random(20261124)
    offers, needs = invented_offers(chance, POSTS), invented_needs(chance, 5 if small else 30)
    index, rows = of_offers(offers, TOPICS), prepared(offers, TOPICS)
    contenders = {
        "index": lambda need: index.fits(need)[:PAGE],
        "full scan": lambda need: plain_scan(need, offers)[:PAGE],
        "prepared scan": lambda need: prepared_scan(need, rows)[:PAGE],
    }
    for need in needs:
        assert list(index.fits(need)) == plain_scan(need, offers) == prepared_scan(need, rows), "answers differ"
    fits = statistics.mean(len(index.fits(need)) for need in needs)
    print(f"{POSTS:,} offers, {len(needs)} needs, {fits:.0f} fits each on average")
    return 0 if keeps(lambda: compared(contenders, needs, 5 if small else 9)) else 1


if __name__ == "__main__":
    sys.exit(main())
