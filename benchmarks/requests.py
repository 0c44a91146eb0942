"""Open needs among 1,000 requests and among 1,000,000: first and deepest page, on both databases.

Run: `python -m benchmarks.requests [--small]`. Both portals stand in one process and answer in turns.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Engine

from benchmarks.growth import FEW, MANY, SMALL, Pages, compare, on_both
from benchmarks.many_posts import CHUNK, START, day, finished, numbered, portal, write
from portal.features.assistance.models import Request, RequestLine, RequestTerm, UnmetCount

LIST, ROW = "/en/assistance/open", "TA-2026"
OFFSET = 10
"""The world's own requests come first."""
CATEGORIES = ("vehicle-pickup", "passport-reader-full")
GROUPS = ("vehicles", "document_readers")
REQUEST_COLUMNS = (
    *("id", "version", "ref", "agency_id", "state", "label", "title", "title_language", "end_user_unit", "sites"),
    *("contact", "needed_by", "ta_types", "provisions", "problem", "objective", "priority", "priority_reason"),
    *("strategy", "review_observation", "other_donors", "safeguards", "data_protection_basis", "restricted"),
    *("without_second_approver", "screening_at", "opened_at", "fair_on", "terms_version", "draft"),
)
LINE_COLUMNS = (
    *("id", "version", "request_id", "number", "live", "kind", "category", "what", "quantity", "pledged", "received"),
    *("unit", "est_minor", "est_currency", "accepts_used", "needs_training", "alternatives", "spec"),
)
TERM_COLUMNS = ("request_id", "term", "stage", "reach", "opened_at", "needed_by", "fair_on")
STATES = ("IT", "SN")
COUNT_COLUMNS = ("heading", "stage", "reach", "state_iso2", "cause", "requests", "units")
LIVE, GREEN = 2, 3


def addresses(refs: list[str]) -> Pages:
    deepest = refs[-25]
    return {
        "first page": (LIST, ROW),
        "deepest page": (f"{LIST}?after={deepest}", ROW),
        "deepest by fair share": (f"{LIST}?sort=fair&after={deepest}", ROW),
        "first page of a category": (f"{LIST}?category=vehicle-pickup", ROW),
        "first page of a word": (f"{LIST}?q=corridor", ROW),
        "first page of an amount": (f"{LIST}?least=1000&most=9000000", ROW),
        "what is not met": ("/en/assistance/gaps", "By category"),
    }


@contextmanager
def portal_with_requests(many: int, url: str, folder: Path) -> Iterator[tuple[Flask, Any, list[str]]]:
    """The portal with `many` open requests, a donor signed in to it, and the references, newest first."""

    def fill(engine: Engine, agencies: list[int]) -> None:
        with engine.begin() as connection:
            for start in range(1, many + 1, CHUNK):
                for model, columns, rows in _rows(range(start, min(start + CHUNK, many + 1)), agencies):
                    write(connection, model.__table__, list(columns), rows)  # type: ignore[attr-defined]
        finished(engine, ("request", "request_line"))

    with portal(url, folder, fill) as (app, client):
        yield app, client, [numbered("TA", i) for i in range(many, 0, -1)]


def _rows(numbers: range, agencies: list[int]) -> Iterator[tuple[type, Iterable[str], Iterable[tuple[Any, ...]]]]:
    yield Request, REQUEST_COLUMNS, (_request(i, agencies[i % 2]) for i in numbers)
    yield RequestLine, LINE_COLUMNS, (_line(i) for i in numbers)
    yield RequestTerm, TERM_COLUMNS, (row for i in numbers for row in _terms(i))
    yield UnmetCount, COUNT_COLUMNS, _unmet(numbers)


def _keys(i: int) -> tuple[Any, ...]:
    opened_at = START + timedelta(seconds=i)
    return opened_at, day(i), opened_at.date() - timedelta(days=219)


def _request(i: int, agency: int) -> tuple[Any, ...]:
    opened_at, needed_by, fair_on = _keys(i)
    return (
        i + OFFSET, 1, numbered("TA", i), agency, "open", "green", f"Document control, corridor {i}", "en", "Unit", "[]",
        "Duty desk", needed_by, json.dumps(["equipment"]), json.dumps(["14.3"]), "", "", "high", "", "", "", "", "", "",
        "", False, opened_at, opened_at, fair_on, 1, "{}",
    )  # fmt: skip


def _line(i: int) -> tuple[Any, ...]:
    return (
        i + OFFSET, 1, i + OFFSET, 1, True, "equipment", CATEGORIES[i % 2], "Vehicles", 4, i % 4, 0, "piece", 2_310_000,
        "USD", False, False, "", "{}",
    )  # fmt: skip


def _terms(i: int) -> Iterator[tuple[Any, ...]]:
    opened_at, needed_by, fair_on = _keys(i)
    for term in (
        f"kind:{CATEGORIES[i % 2]}",
        f"group:{GROUPS[i % 2]}",
        f"state:{STATES[i % 2]}",
        "w:corridor",
    ):
        yield i + OFFSET, term, LIVE, GREEN, opened_at, needed_by, fair_on


def _unmet(numbers: range) -> Iterator[tuple[Any, ...]]:
    """The sums of these requests, as `services.unmet` counts them."""
    found: Counter[tuple[str, str]] = Counter()
    units: Counter[tuple[str, str]] = Counter()
    for i in numbers:
        for key in ((GROUPS[i % 2], STATES[i % 2]), ("", STATES[i % 2])):
            found[key] += 1
            units[key] += 4 - i % 4
    for heading, iso2 in sorted(found):
        yield heading, LIVE, GREEN, iso2, "", found[heading, iso2], units[heading, iso2]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true")
    many = SMALL if parser.parse_args().small else MANY
    print(f"{FEW:,} against {many:,} requests")
    return 0 if on_both(many, portal_with_requests, lambda *pair: compare(*pair, addresses)) else 1


if __name__ == "__main__":
    sys.exit(main())
