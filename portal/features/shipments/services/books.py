"""Writes into the ledger what happened to units: one entry for each line, in the chain of both sides. Always last."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from portal.features.ledger.domain import Means
from portal.features.ledger.services import New, deliver, record_many
from portal.features.shipments.domain.ledger import OF_RECEIPT, SUBJECT, ShipmentEntry
from portal.features.shipments.domain.vocabulary import Outcome
from portal.features.shipments.models import Receipt, Shipment, ShipmentLine
from portal.infra.db import db
from portal.kernel.policy import Actor
from portal.ledger.entries import Subject


def book_dispatch(shipment: Shipment, *, by: Actor, at: datetime) -> None:
    said = [_about(line) | {"sent": line.sent, "dispatched_on": shipment.dispatched_on} for line in shipment.lines]
    _book(shipment, ShipmentEntry.DISPATCHED, said, by=by, at=at)


def book_receipt(shipment: Shipment, receipt: Receipt, *, by: Actor, at: datetime) -> None:
    """Both sides read the heads on the receipt, so they count as delivered."""
    said = [
        {"line": one.line.number, "receipt": receipt.number, "counted": one.counted, "reason": one.reason}
        | {outcome.value: one.of(outcome) for outcome in Outcome}
        for one in receipt.lines
    ]
    _book(shipment, OF_RECEIPT[receipt.kind], said, by=by, at=at)
    deliver(
        shipment.agency_id, shipment.recipient_id, means=Means.RECEIPT, ref=f"{shipment.ref}/{receipt.number}", at=at
    )


def book_close(shipment: Shipment, *, by: Actor, at: datetime) -> None:
    """The whole of each line as both sides leave it, and how many units its commitment took back."""
    said = [
        {"line": line.number, "sent": line.sent, "settled": line.settled}
        | {outcome.value: getattr(line, outcome.value) for outcome in Outcome}
        for line in shipment.lines
    ]
    _book(shipment, ShipmentEntry.CLOSED, said, by=by, at=at)


def book_link(shipment: Shipment, line: ShipmentLine, *, counted: int, by: Actor, at: datetime) -> None:
    said = _about(line) | {"sent": line.sent, "received": line.received, "counted": counted}
    _book(shipment, ShipmentEntry.LINKED, [said], by=by, at=at)


def _about(line: ShipmentLine) -> dict[str, Any]:
    pledge = line.pledge.ref if line.pledge is not None else None
    return {"line": line.number, "pledge": pledge, "category": line.category, "unit_value": line.unit_value}


def _book(shipment: Shipment, kind: ShipmentEntry, said: Iterable[dict[str, Any]], *, by: Actor, at: datetime) -> None:
    db.session.flush()
    subject = Subject(SUBJECT, shipment.ref)
    news = [New(kind, subject, content, shipment.recipient_id, shipment.agency_id) for content in said]
    record_many(news, by=by, at=at)
