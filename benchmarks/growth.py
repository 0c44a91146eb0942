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
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.judging import is_steady, keeps
from benchmarks.many_posts import portal_with
from tests import postgres

FEW, MANY, SMALL = 1_000, 1_000_000, 20_000
LARGEST_RATIO, ROUNDS = 1.2, 41
LIST, ROW = "/en/exchanges/offers", "EX-2026"


Pages = dict[str, tuple[str, str]]
"""By kind of page: its address, and what stands on it when it has rows."""
Portal = tuple[Any, list[str]]


def addresses(refs: list[str]) -> Pages:
    deepest = refs[-25]
    return {
        "first page": (LIST, ROW),
        "deepest page": (f"{LIST}?after={deepest}", ROW),
        "first page of a topic": (f"{LIST}?topic=art14-2b", ROW),
        "first page of a word": (f"{LIST}?q=inspection", ROW),
    }


def seconds(client: Any, address: str, marker: str) -> float:
    start = time.perf_counter()
    answer = client.get(address)
    taken = time.perf_counter() - start
    if answer.status_code != 200 or marker not in answer.text:
        raise SystemExit(f"{address} answered {answer.status_code} without a row")
    return taken


def compare(name: str, few: Portal, many: Portal, pages_of: Callable[[list[str]], Pages]) -> bool:
    """Print the ratio of each kind of page, medians of rounds in turns; False when one grew that must not."""
    good = True
    pages = zip(pages_of(few[1]).items(), pages_of(many[1]).values(), strict=True)
    for (page, of_few), of_many in pages:
        asked = {"few": (few[0], *of_few), "many": (many[0], *of_many)}
        good = keeps(partial(measured, f"{name:11} {page:24}", asked)) and good
    return good


def measured(name: str, asked: dict[str, tuple[Any, str, str]]) -> tuple[bool, bool]:
    """Ask both in turns: whether the larger took about as long, and whether the machine was steady."""
    times: dict[str, list[float]] = {which: [] for which in asked}
    for turn in range(ROUNDS):
        for which in sorted(asked, reverse=bool(turn % 2)):
            times[which].append(seconds(*asked[which]))
    ratio = statistics.median(times["many"]) / statistics.median(times["few"])
    print(f"{name} x{ratio:5.2f}   {statistics.median(times['many']) * 1000:6.1f} ms", flush=True)
    return ratio <= LARGEST_RATIO, is_steady(times["few"])


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
    return 0 if on_both(many, portal_with, lambda *pair: compare(*pair, addresses)) else 1


if __name__ == "__main__":
    sys.exit(main())
