"""A list page among 1,000 posts and among 1,000,000: first and deepest page, newest and filtered, on both databases.

Run: `python -m benchmarks.growth [--small]`. Both portals stand in one process and answer in turns.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.many_posts import portal_with
from tests import postgres

FEW, MANY, SMALL = 1_000, 1_000_000, 20_000
LARGEST_RATIO, STEADY, ROUNDS = 1.2, 1.3, 41
LIST = "/en/exchanges/offers"


def addresses(refs: list[str]) -> dict[str, str]:
    deepest = refs[-25]
    return {
        "first page": LIST,
        "deepest page": f"{LIST}?after={deepest}",
        "first page of a topic": f"{LIST}?topic=art14-2b",
        "first page of a word": f"{LIST}?q=inspection",
    }


def seconds(client: Any, address: str, marker: str) -> float:
    start = time.perf_counter()
    answer = client.get(address)
    taken = time.perf_counter() - start
    if answer.status_code != 200 or marker not in answer.text:
        raise SystemExit(f"{address} answered {answer.status_code} without a row")
    return taken


Portal = tuple[Any, list[str]]
Addresses = Callable[[list[str]], dict[str, str]]


def compare(name: str, few: Portal, many: Portal, pages_of: Addresses, marker: str) -> bool:
    """Print the ratio of each kind of page, medians of rounds in turns; False when one grew that must not."""
    good = True
    pages = zip(pages_of(few[1]).items(), pages_of(many[1]).values(), strict=True)
    for (page, small_address), large_address in pages:
        times: dict[str, list[float]] = {"few": [], "many": []}
        for turn in range(ROUNDS):
            order = ("few", "many") if turn % 2 else ("many", "few")
            for which in order:
                client, address = (few[0], small_address) if which == "few" else (many[0], large_address)
                times[which].append(seconds(client, address, marker))
        ratio = statistics.median(times["many"]) / statistics.median(times["few"])
        quarters = statistics.quantiles(times["few"], n=4)
        steady = quarters[2] / quarters[0] < STEADY
        good = good and (ratio <= LARGEST_RATIO or not steady)
        shown = statistics.median(times["many"]) * 1000
        print(f"{name:11} {page:24} x{ratio:5.2f}   {shown:6.1f} ms{'' if steady else '   (unsteady machine)'}")
    return good


def on_both(many: int, portal_of: Callable[..., Any], compared: Callable[[str, Portal, Portal], bool]) -> bool:
    """Compare few and many rows on SQLite and on PostgreSQL."""
    good = True
    with tempfile.TemporaryDirectory() as folder:
        for name in ("SQLite", "PostgreSQL"):
            with ExitStack() as stack:
                pairs = []
                for rows in (FEW, many):
                    place = Path(folder) / f"{name}-{rows}"
                    place.mkdir()
                    url = f"sqlite:///{place / 'portal.db'}"
                    if name == "PostgreSQL":
                        url = stack.enter_context(postgres.fresh_database())
                    _app, client, refs = stack.enter_context(portal_of(rows, url, place))
                    pairs.append((client, refs))
                good = compared(name, *pairs) and good
    return good


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true")
    many = SMALL if parser.parse_args().small else MANY
    print(f"{FEW:,} against {many:,} posts, medians of {ROUNDS} rounds in turns")
    return 0 if on_both(many, portal_with, lambda *pair: compare(*pair, addresses, "EX-2026")) else 1


if __name__ == "__main__":
    sys.exit(main())
