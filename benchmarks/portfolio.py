"""A donor's portfolio with 1,000 items and with 100,000, on both databases, in the process's own time.

Run: `python -m benchmarks.portfolio [--small]`. Both portals stand in one process and answer in turns. A pledge is of
50 items, so that pledges, shipments and receipts grow along. What PostgreSQL does is its own process's: there the
clock on the wall is measured.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, insert, text

from benchmarks.judging import in_turns, is_steady, keeps
from benchmarks.many_posts import finished, numbered, portal
from portal.features.assistance.domain.lifecycles import PledgeState, RequestState
from portal.features.assistance.domain.vocabulary import LineKind, Unit, Valuation
from portal.features.assistance.models import Pledge, Request, RequestLine
from portal.features.items.domain.lifecycles import ItemState
from portal.features.items.domain.vocabulary import Condition, RiskClass, SiteKind
from portal.features.items.models import Finding, Item, ItemParty
from portal.features.rates.models import Rate
from portal.features.shipments.domain.lifecycle import ShipmentState
from portal.features.shipments.domain.vocabulary import Mode, ReceiptKind
from portal.features.shipments.models import Receipt, ReceiptLine, Shipment, ShipmentLine
from portal.infra.db import now
from portal.kernel.equipment import EQUIPMENT
from portal.kernel.labels import Tlp
from tests import postgres

FEW, MANY, SMALL = 1_000, 100_000, 20_000
LARGEST_RATIO, ROUNDS, REQUESTS = 3.0, 9, 3
A_PLEDGE, A_REQUEST, CHUNK = 50, 10, 5_000
"""Items of one pledge, pledges on one request, and rows of one statement."""
PAGE = "/en/assistance/portfolio"
CURRENCIES = ("EUR", "USD", "XOF")
CATEGORIES = sorted(EQUIPMENT)[:12]
Row = dict[str, Any]


def fill(engine: Engine, items: int) -> None:
    """What a donor gave to one recipient, all of it received, most of it verified in use."""
    with engine.begin() as connection:
        donor, recipient = (
            connection.execute(text("SELECT id FROM agency WHERE key = :key"), {"key": key}).scalar_one()
            for key in ("DK-DONO", "NE-SEND")
        )
        start = int(connection.execute(text("SELECT coalesce(max(id), 0) FROM request")).scalar_one())
        pledges = range(1, items // A_PLEDGE + 1)
        requests = range(start + 1, start + len(pledges) // A_REQUEST + 2)
        at, today = now(), now().date()
        rows_of = {
            Request: ({"id": n, "ref": numbered("TA", n), "agency_id": recipient, "state": RequestState.OPEN,
                       "label": (Tlp.GREEN, Tlp.AMBER)[n % 2], "title_language": "en", "screening_at": at,
                       "opened_at": at} for n in requests),
            RequestLine: ({"id": 10_000_000 + n, "request_id": start + 1 + n // A_REQUEST, "number": n % A_REQUEST + 1,
                           "kind": LineKind.EQUIPMENT, "category": CATEGORIES[n % len(CATEGORIES)], "what": "Readers",
                           "quantity": A_PLEDGE, "pledged": A_PLEDGE, "received": A_PLEDGE, "unit": Unit.PIECE}
                          for n in pledges),
            Pledge: ({"id": n, "ref": numbered("PL", n), "request_id": start + 1 + n // A_REQUEST,
                      "line_id": 10_000_000 + n, "agency_id": donor, "state": PledgeState.FULFILLED,
                      "quantity": A_PLEDGE, "received": A_PLEDGE, "shipped": A_PLEDGE, "unit_minor": 1_850_000,
                      "currency": CURRENCIES[n % 3], "valuation": Valuation.INVOICE, "available_from": today,
                      "valid_until": today, "pledged_at": at - timedelta(days=400 + n % 700)} for n in pledges),
            Shipment: ({"id": n, "ref": numbered("SH", n), "agency_id": donor, "recipient_id": recipient,
                        "state": ShipmentState.CLOSED, "mode": Mode.ROAD, "dispatched_on": today, "created_at": at}
                       for n in pledges),
            ShipmentLine: ({"id": n, "shipment_id": n, "number": 1, "pledge_id": n, "what": "Readers",
                            "unit": Unit.PIECE, "sent": A_PLEDGE, "received": A_PLEDGE} for n in pledges),
            Receipt: ({"id": n, "shipment_id": n, "number": 1, "kind": ReceiptKind.COUNT, "received_on": today,
                       "recorded_at": at} for n in pledges),
            ReceiptLine: ({"id": n, "receipt_id": n, "line_id": n, "received": A_PLEDGE, "counted": A_PLEDGE}
                          for n in pledges),
            Item: (item_row(n, donor, recipient) for n in range(1, len(pledges) * A_PLEDGE + 1)),
            ItemParty: (party_row(n, agency) for n in range(1, len(pledges) * A_PLEDGE + 1) for agency in (donor, recipient)),
            Finding: ({"id": n, "ref": numbered("FN", n), "item_id": n, "agency_id": recipient, "state": "open",
                       "severity": "low", "due_on": today, "what": "Broken", "opened_at": at} for n in range(1, 21)),
            Rate: ({"base": "USD", "currency": code, "valid_on": today.replace(day=1) - timedelta(days=31 * n),
                    "rate": Decimal("0.92"), "source": "invented", "recorded_at": at}
                   for code in ("EUR", "XOF") for n in range(36)),
        }  # fmt: skip
        for model, rows in rows_of.items():
            write(connection, model, rows)
    finished(engine, [model.__tablename__ for model in rows_of])


def item_row(n: int, donor: int, recipient: int) -> Row:
    pledge = (n - 1) // A_PLEDGE + 1
    today = now().date()
    return {
        "id": n,
        "ref": numbered("EQ", n),
        "agency_id": recipient,
        "owner_id": recipient,
        "funder_id": donor,
        "receipt_line_id": pledge,
        "state": (ItemState.IN_USE, ItemState.IN_STORAGE)[n % 9 == 0],
        "label": Tlp.AMBER,
        "category": CATEGORIES[pledge % len(CATEGORIES)],
        "category_group": "readers",
        "manufacturer": "Lumen",
        "maker_norm": "LUMEN",
        "model": "DR",
        "serial": f"S{n}",
        "serial_norm": f"S{n}",
        "quantity": 1,
        "value_minor": 1_850_000,
        "currency": CURRENCIES[pledge % 3],
        "condition": Condition.GOOD,
        "unit": "Brigade",
        "site": "Assamakka",
        "site_kind": SiteKind.BORDER_POST,
        "received_on": today,
        "risk_class": RiskClass.B,
        "verified_until": today + timedelta(days=n % 300) if n % 5 else None,
        "registered_at": now(),
    }


def party_row(n: int, agency: int) -> Row:
    state = (ItemState.IN_USE, ItemState.IN_STORAGE)[n % 9 == 0]
    return {"item_id": n, "agency_id": agency, "state": state, "category_group": "readers"}


def write(connection: Connection, model: Any, rows: Iterator[Row]) -> None:
    some: list[Row] = []
    for row in rows:
        some.append(row)
        if len(some) == CHUNK:
            connection.execute(insert(model), some)
            some = []
    if some:
        connection.execute(insert(model), some)


def many_times(client: Any) -> None:
    for _ in range(REQUESTS):
        client.get(PAGE)


def measured(name: str, few: Any, many: Any, clock: Callable[[], float]) -> tuple[bool, bool]:
    """Ask both in turns: whether the larger took at most so many times as long, and whether the machine was steady."""
    contenders = {"few": partial(many_times, few), "many": partial(many_times, many)}
    taken = in_turns(contenders, ROUNDS, clock)
    ratios = [more / less for less, more in zip(taken["few"], taken["many"], strict=True)]
    ratio, page = statistics.median(ratios), statistics.median(taken["many"]) / REQUESTS * 1000
    print(f"portfolio {name:11} x{ratio:5.2f}   {page:6.1f} ms a page", flush=True)
    return ratio <= LARGEST_RATIO, is_steady(ratios)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true")
    most = SMALL if parser.parse_args().small else MANY
    good = True
    print(f"{FEW:,} against {most:,} items")
    with tempfile.TemporaryDirectory() as folder:
        for name, clock in (("SQLite", time.process_time), ("PostgreSQL", time.perf_counter)):
            with ExitStack() as stack:
                clients = []
                for items in (FEW, most):
                    place = Path(folder) / f"{name}-{items}"
                    place.mkdir()
                    url = f"sqlite:///{place / 'portal.db'}"
                    if name == "PostgreSQL":
                        url = stack.enter_context(postgres.fresh_database())
                    _app, client = stack.enter_context(portal(url, place, lambda engine, _, n=items: fill(engine, n)))
                    if "verified" not in client.get(PAGE).text:
                        raise SystemExit("a portfolio without its items proves nothing")
                    clients.append(client)
                good = keeps(partial(measured, name, *clients, clock)) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
