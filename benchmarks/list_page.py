"""Our list of offers against the same page by hand: raw Flask, sqlite3 and one Jinja template (`by_hand`).

Run: `python -m benchmarks.list_page`. Both answer in turns in one process, whose own time is measured (what else
the machine does is not counted); the ratio is taken within each turn.
"""

import argparse
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import by_hand
from benchmarks.judging import in_turns, is_steady, keeps
from benchmarks.many_posts import portal_with
from portal.infra.ranges import PAGE

SMALLEST_RATIO, ROUNDS, REQUESTS = 0.5, 9, 40
POSTS, CARD = 1_000, 'class="card"><article'
LIST = "/en/exchanges/offers"


def many(client: Any, address: str) -> None:
    for _ in range(REQUESTS):
        client.get(address)


def measured(ours: Any, theirs: Any) -> tuple[bool, bool]:
    """Measure both in turns, print the ratio: whether it is large enough, and whether the machine was steady."""
    taken = in_turns({"ours": lambda: many(ours, LIST), "by hand": lambda: many(theirs, by_hand.LIST)}, ROUNDS)
    ratios = [by_hand_ / ours_ for ours_, by_hand_ in zip(taken["ours"], taken["by hand"], strict=True)]
    ratio, steady = statistics.median(ratios), is_steady(ratios)
    rates = " against ".join(f"{REQUESTS / statistics.median(seconds):.0f}" for seconds in taken.values())
    print(f"list page: {ratio:.2f} of the requests a second of the page by hand ({rates})")
    return ratio >= SMALLEST_RATIO, steady


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="the same: this benchmark has one size")
    parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "portal.db"
        with portal_with(POSTS, f"sqlite:///{database}", Path(folder)) as (_app, ours, _refs):
            with ours.session_transaction() as session:
                theirs = by_hand.page_by_hand(database, session["token"])
            our_page, their_page = ours.get(LIST), theirs.get(by_hand.LIST)
            if our_page.text.count(CARD) < PAGE or their_page.text.count(CARD) < by_hand.ROWS:
                raise SystemExit("a page without its posts proves nothing")
            print(f"list page: {len(our_page.data):,} bytes of HTML against {len(their_page.data):,} by hand")
            return 0 if keeps(lambda: measured(ours, theirs)) else 1


if __name__ == "__main__":
    sys.exit(main())
