"""Our list of offers against the same page by hand: raw Flask, sqlite3 and one Jinja template (`by_hand`).

Run: `python -m benchmarks.list_page`. Both answer in turns in one process; the ratio is taken within each turn.
"""

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import by_hand
from benchmarks.many_posts import portal_with

SMALLEST_RATIO, STEADY, ROUNDS, REQUESTS = 0.5, 1.3, 9, 40
POSTS = 1_000
LIST = "/en/exchanges/offers"


def rate(client: Any, address: str) -> float:
    """Requests a second, over a short run."""
    start = time.process_time()
    for _ in range(REQUESTS):
        client.get(address)
    return REQUESTS / (time.process_time() - start)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="the same: this benchmark has one size")
    parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "portal.db"
        with portal_with(POSTS, f"sqlite:///{database}", Path(folder)) as (_app, ours, _refs):
            with ours.session_transaction() as session:
                theirs = by_hand.page_by_hand(database, session["token"])
            pages = {"ours": (ours, LIST), "by hand": (theirs, by_hand.LIST)}
            if any(client.get(address).text.count('class="card"><article') < least
                   for (client, address), least in zip(pages.values(), (20, by_hand.ROWS), strict=True)):  # fmt: skip
                raise SystemExit("a page without its posts proves nothing")
            rates: dict[str, list[float]] = {name: [] for name in pages}
            for turn in range(ROUNDS):
                for name in sorted(pages, reverse=bool(turn % 2)):
                    rates[name].append(rate(*pages[name]))
            lengths = [f"{len(client.get(address).data):,}" for client, address in pages.values()]
    ratios = [a / b for a, b in zip(rates["ours"], rates["by hand"], strict=True)]
    ratio = statistics.median(ratios)
    quarters = statistics.quantiles(ratios, n=4)
    steady = quarters[2] / quarters[0] < STEADY
    speeds = " against ".join(f"{statistics.median(found):.0f}" for found in rates.values())
    print(f"list page: {ratio:.2f} of the requests a second of the page by hand ({speeds}), "
          f"{' against '.join(lengths)} bytes{'' if steady else ' (unsteady machine)'}")  # fmt: skip
    return 0 if ratio >= SMALLEST_RATIO or not steady else 1


if __name__ == "__main__":
    sys.exit(main())
