"""100,000 items by file, ledger included: at most 8 times the raw load of the same bytes, and 200 MiB above idle.

Two yardsticks are printed. *Bare* reads the file with `csv` and puts its cells as texts into one table without keys;
*as items* puts the same rows into the real table of items with its keys and indexes, without checking anything. The
promise is judged against the second: nobody who wants items can load them faster.
"""

import argparse
import csv
import io
import resource
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import select, text

from config import Config
from portal import create_app
from portal.features.items import exports
from portal.features.items.intake import importing
from portal.features.items.intake.columns import EXPORTED
from portal.features.items.intake.models import ItemFile, Stage
from portal.features.items.models import Item
from portal.features.ledger.models import LedgerEntry
from portal.features.people.models import Membership
from portal.features.people.queries import actor_of
from portal.infra.bulk import insert_rows
from portal.infra.db import db, now
from tests import postgres
from tests.world import World, build_world

LINES = 100_000
LIMIT = 8.0
MOST_MEMORY = 200
SITES = 400


def the_file(world: World, lines: int) -> bytes:
    """Items of twenty models at many posts, each with a serial number of its own."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(EXPORTED)
    funder = world.agency("donor").key
    for number in range(1, lines + 1):
        known = {
            "category": "passport-reader-full", "manufacturer": f"Maker {number % 5}", "model": f"Model {number % 20}",
            "serial": f"SN-{number:07}", "tag": f"T{number:07}", "made_year": "2025", "quantity": "1",
            "value": f"{18000 + number % 900}.00", "currency": "EUR", "condition": "new", "funder": funder,
            "unit": f"Unit {number % SITES}", "site": f"Post {number % SITES}", "site_kind": "border_post",
            "received_on": f"2026-0{1 + number % 9}-1{number % 10}", "stores_data": "yes", "label": "AMBER",
            "operators_required": "2", "attributes": "firmware=2.1",
        }  # fmt: skip
        writer.writerow([known.get(name, "") for name in EXPORTED])
    return out.getvalue().encode()


def bare(content: bytes) -> None:
    """Every cell as text, in one table without keys."""
    names = ", ".join(f"{name} text" for name in EXPORTED)
    db.session.execute(text("DROP TABLE IF EXISTS bare"))
    db.session.execute(text(f"CREATE TABLE bare ({names})"))
    driver: Any = db.session.connection().connection.driver_connection
    if db.engine.dialect.name == "postgresql":
        with driver.cursor() as cursor, cursor.copy("COPY bare FROM STDIN WITH (FORMAT csv, HEADER)") as copy:
            copy.write(content)
    else:
        rows = csv.reader(io.StringIO(content.decode(), newline=""))
        next(rows)
        driver.executemany(f"INSERT INTO bare VALUES ({', '.join('?' * len(EXPORTED))})", rows)
    db.session.commit()


def as_items(content: bytes, world: World) -> None:
    """The rows as they are into the table of items: no check, no custody, no history, no ledger."""
    at, holder, funder = now(), world.agencies["sender"], world.agencies["donor"]
    fixed = {
        "version": 1, "agency_id": holder, "owner_id": holder, "funder_id": funder, "state": "registered",
        "category_group": "document_readers", "serial_copy": 0, "serial_reason": "", "operators_trained": 0,
        "checks_before": 0, "open_findings": 0, "report_number": "", "registered_at": at, "risk_class": "b",
    }  # fmt: skip
    taken = ("category", "manufacturer", "model", "serial", "engine_no", "tag", "made_year", "quantity", "currency",
             "condition", "unit", "site", "site_kind", "operators_required")  # fmt: skip
    rows = csv.DictReader(io.StringIO(content.decode(), newline=""))
    made = (
        (*fixed.values(), *(row[name] for name in taken), row["manufacturer"], row["serial"], f"EQ-0-{number:07}",
         row["value"].replace(".", ""), datetime(2026, 1, 1, tzinfo=UTC).date(), True, "amber", "{}")
        for number, row in enumerate(rows)
    )  # fmt: skip
    more = ("maker_norm", "serial_norm", "ref", "value_minor", "received_on", "stores_data", "label", "attributes")
    insert_rows(Item.__table__, (*fixed, *taken, *more), made)
    db.session.commit()


def send(content: bytes, by: Any) -> int:
    file = importing.send("items.csv", content, by=by, at=now())
    db.session.commit()
    file_id = file.id
    db.session.remove()
    return file_id


def check(file_id: int) -> None:
    importing.work_off(at=now())
    file = db.session.get_one(ItemFile, file_id, populate_existing=True)
    assert file.sound, (file.problem, file.figures)
    db.session.remove()


def confirm(file_id: int, by: Any) -> None:
    file = db.session.get_one(ItemFile, file_id)
    importing.confirm(file, plan=file.plan, by=by, at=now())
    db.session.commit()
    db.session.remove()


def write(file_id: int) -> None:
    importing.work_off(at=now())
    file = db.session.get_one(ItemFile, file_id, populate_existing=True)
    assert file.stage is Stage.DONE, file.problem
    db.session.remove()


def timed(step: Callable[[], Any]) -> float:
    began = time.perf_counter()
    step()
    return time.perf_counter() - began


def peak() -> float:
    """MiB that this process held at most until now."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(name: str, url: str, lines: int) -> bool:
    with TemporaryDirectory() as folder:
        app = create_app(Config(secret_key="for a benchmark only, never elsewhere", database_url=url, testing=True,
                                base_url="http://localhost", folder=Path(folder)))  # fmt: skip
        with app.app_context():
            db.create_all()
            world = build_world()
            db.session.commit()
            membership = db.session.get_one(Membership, world.memberships["sender_editor"])
            db.session.refresh(membership, ["agency"])
            by, content = actor_of(membership), the_file(world, lines)
            small = send(the_file(world, 10)[:-1] + b"\n", by)
            check(small)
            idle = peak()
            first = timed(lambda: bare(content))
            plain = timed(lambda: as_items(content, world))
            db.session.execute(text("DELETE FROM item"))
            db.session.commit()
            file_id = send(content, by)
            checked = timed(lambda: check(file_id))
            confirm(file_id, by)
            wrote = timed(lambda: write(file_id))
            above = peak() - idle
            second = timed(lambda: bare(content))
            raw = statistics.mean([first, second])
            entries = db.session.scalar(select(text("count(*)")).select_from(LedgerEntry.__table__))
            size = 0
            began, before = time.perf_counter(), peak()
            for piece in exports.export(by, "csv"):
                size += len(piece)
            exported = time.perf_counter() - began
            db.session.remove()
            db.engine.dispose()
    ratio = wrote / plain
    print(f"{name}: {lines} lines, {len(content) / 1e6:.1f} MB; bare {raw:.2f} s, as items {plain:.2f} s; check "
          f"{checked:.2f} s, write {wrote:.2f} s with {entries} ledger entries; write / as items {ratio:.1f} (limit "
          f"{LIMIT}), write / bare {wrote / raw:.1f}, (check + write) / bare {(checked + wrote) / raw:.1f}; "
          f"{above:.0f} MiB above idle (limit {MOST_MEMORY}); export {exported:.2f} s, {size / 1e6:.1f} MB, "
          f"{peak() - before:.0f} MiB more", flush=True)  # fmt: skip
    return ratio <= LIMIT and above <= MOST_MEMORY


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=LINES)
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    chosen = parser.parse_args()
    kept = True
    if chosen.only != "postgresql":
        with TemporaryDirectory() as folder:
            kept &= measure("SQLite", f"sqlite:///{Path(folder) / 'items.db'}", chosen.lines)
    if chosen.only != "sqlite":
        with postgres.fresh_database() as url:
            kept &= measure("PostgreSQL", url, chosen.lines)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
