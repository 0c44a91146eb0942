"""What the ledger holds of shipments: the heads with a receipt, and whether the tables say what the entries add up to."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal.features.ledger.domain import Difference
from portal.features.ledger.queries import heads_at, standing_of
from portal.features.shipments.domain.ledger import SUBJECT, derived
from portal.features.shipments.domain.lifecycle import SENT
from portal.features.shipments.domain.vocabulary import Outcome
from portal.features.shipments.models import Receipt, Shipment
from portal.infra.db import db
from portal.ledger.entries import Subject
from portal.ledger.printed import PrintedHead

FIGURES = ("sent", *(outcome.value for outcome in Outcome))
_AT_ONCE = 200


def differences() -> Iterator[Difference]:
    """Every figure of a line that the chain of the recipient does not bear out; streamed."""
    last = 0
    while chunk := _after(last):
        for shipment in chunk:
            yield from of_shipment(shipment)
        last = chunk[-1].id
        db.session.expunge_all()


def of_shipment(shipment: Shipment) -> Iterator[Difference]:
    subject = Subject(SUBJECT, shipment.ref)
    entries = standing_of(shipment.recipient_id, subject)
    found = derived((one.entry.kind, one.content) for one in entries)
    for line in shipment.lines:
        said = found.get(line.number, {})
        for name in FIGURES:
            cached, booked = getattr(line, name), said.get(name, 0)
            if cached != booked:
                yield Difference(subject, f"{line.number}.{name}", str(cached), str(booked))


def heads_of(shipment: Shipment, receipts: Iterable[Receipt]) -> dict[datetime, list[PrintedHead]]:
    """The heads of both sides' chains that each receipt left, by the moment at which it was entered."""
    moments = [one.recorded_at for one in receipts]
    return (
        heads_at(Subject(SUBJECT, shipment.ref), {shipment.agency_id, shipment.recipient_id}, moments)
        if moments
        else {}
    )


def _after(last: int) -> list[Shipment]:
    query = select(Shipment).where(Shipment.id > last, Shipment.state.in_(sorted(SENT))).order_by(Shipment.id)
    return list(db.session.scalars(query.options(selectinload(Shipment.lines)).limit(_AT_ONCE)))
