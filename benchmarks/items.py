"""The list of items among 1,000 and among 1,000,000: first and deepest page, all and of one state, on both databases.

Run: `python -m benchmarks.items [--small]`. Both portals stand in one process and answer in turns.
"""

import argparse
import base64
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Connection, Engine, insert, text

from benchmarks.growth import FEW, MANY, SMALL, Pages, compare, on_both
from benchmarks.many_posts import finished, numbered, portal
from benchmarks.portfolio import item_row, party_row
from portal.features.items.models import Item, ItemParty
from portal.infra.db import now

LIST, ROW = "/en/equipment/items", "EQ-2026"
AT_ONCE = 20_000
DAYS = 700
"""Checks are due on as many days, half of them past."""


def addresses(refs: list[str]) -> Pages:
    deepest = base64.urlsafe_b64encode(json.dumps([25]).encode()).decode().rstrip("=")
    return {
        "first page": (LIST, refs[0]),
        "deepest page": (f"{LIST}?after={deepest}", refs[-24]),
        "first page of a state": (f"{LIST}?show=state-in_storage", ROW),
        "first page of a group": (f"{LIST}?show=group-document_readers", ROW),
        "first page of overdue checks": (f"{LIST}?show=overdue", ROW),
    }


@contextmanager
def portal_with_items(many: int, url: str, folder: Path) -> Iterator[tuple[Flask, Any, list[str]]]:
    """The portal with `many` items of one donor, who is signed in to it, and the references, newest first."""
    with portal(url, folder, lambda engine, _agencies: fill(engine, many)) as (app, client):
        yield app, client, [numbered("EQ", n) for n in range(many, 0, -1)]


def fill(engine: Engine, items: int) -> None:
    with engine.begin() as connection:
        donor, recipient = (
            connection.execute(text("SELECT id FROM agency WHERE key = :key"), {"key": key}).scalar_one()
            for key in ("DK-DONO", "NE-SEND")
        )
        for start in range(1, items + 1, AT_ONCE):
            write(connection, range(start, min(start + AT_ONCE, items + 1)), donor, recipient)
    finished(engine, [Item.__tablename__, ItemParty.__tablename__])


def write(connection: Connection, numbers: range, donor: int, recipient: int) -> None:
    first = now().date() - timedelta(days=DAYS // 2)
    due = {
        n: {"next_check_on": first + timedelta(days=n % DAYS), "category_group": "document_readers"} for n in numbers
    }
    alone = {"receipt_line_id": None}
    connection.execute(insert(Item), [item_row(n, donor, recipient) | alone | due[n] for n in numbers])
    sides = [party_row(n, side) | due[n] for n in numbers for side in (donor, recipient)]
    connection.execute(insert(ItemParty), sides)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true")
    many = SMALL if parser.parse_args().small else MANY
    print(f"{FEW:,} against {many:,} items")
    return 0 if on_both(many, portal_with_items, lambda *pair: compare(*pair, addresses)) else 1


if __name__ == "__main__":
    sys.exit(main())
