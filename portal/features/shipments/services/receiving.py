"""Storekeepers enter what they found. Sums fit by guarded UPDATEs; of two who count at once one is told."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import update

from portal.features.assistance.services import receive_shipped
from portal.features.documents.domain import AttachDocument
from portal.features.documents.queries import Place, live_of
from portal.features.documents.services import attach
from portal.features.shipments.domain.lifecycle import RECEIVABLE, SHIPMENT
from portal.features.shipments.domain.moved import ReceiptTaken
from portal.features.shipments.domain.receiving import CountedLine, ReceiveRest, RecordReceipt
from portal.features.shipments.domain.vocabulary import Outcome, ReceiptKind
from portal.features.shipments.models import Receipt, ReceiptLine, Shipment, ShipmentLine
from portal.features.shipments.services.books import book_receipt
from portal.features.shipments.services.steps import held, late, refuse_frozen, take
from portal.infra.db import db
from portal.kernel.errors import Problem, Rejected
from portal.kernel.policy import Actor


def record_receipt(
    command: RecordReceipt, *, shipment: Shipment, by: Actor, at: datetime, place: Place | None = None
) -> Receipt:
    """One count by hand. `place` is where photos are attached: the shipment as documents know it."""
    shipment = held(shipment)
    refuse_frozen(shipment, by)
    known = {line.number for line in shipment.lines}
    if unknown := [n for n, one in enumerate(command.lines) if one.line not in known]:
        raise Rejected(*(Problem("not_in_list", f"lines-{n}-received") for n in unknown))
    counted = [one for one in command.lines if one.total]
    receipt = _begin(shipment, command.after, command.received_on, command.remarks, by=by, at=at)
    places = {one.line: n for n, one in enumerate(command.lines)}
    photos = _Photos(place, by=by, at=at)
    for one in counted:
        line = next(each for each in shipment.lines if each.number == one.line)
        add(line, {o: getattr(one, o.value) for o in Outcome}, field=f"lines-{places[one.line]}-received")
        receipt.lines.append(_written(one, line, photos.key_of(one, line, f"lines-{places[one.line]}-photo")))
    return _finish(receipt, shipment, by=by, at=at)


def receive_rest(command: ReceiveRest, *, shipment: Shipment, by: Actor, at: datetime) -> Receipt:
    """All that is not accounted for, in one press."""
    shipment = held(shipment)
    refuse_frozen(shipment, by)
    receipt = _begin(shipment, command.after, command.received_on, "", by=by, at=at)
    if not shipment.open:
        raise Rejected(Problem("nothing_counted"))
    for line in shipment.lines:
        if left := line.open:
            add(line, {command.outcome: left}, field="outcome")
            well = command.outcome is Outcome.RECEIVED
            one = ReceiptLine(line=line, **FROM_ZERO, reason=None if well else command.reason, words=command.words)
            setattr(one, command.outcome.value, left)
            receipt.lines.append(one)
    return _finish(receipt, shipment, by=by, at=at)


def _begin(shipment: Shipment, after: int, on: date, remarks: str, *, by: Actor, at: datetime) -> Receipt:
    """Claim the next number: whoever counted from an older page comes second, and nothing of theirs is written."""
    taken = db.session.scalar(
        update(Shipment)
        .where(Shipment.id == shipment.id, Shipment.receipts == after, Shipment.state.in_(sorted(RECEIVABLE)))
        .values(receipts=Shipment.receipts + 1, version=Shipment.version + 1)
        .returning(Shipment.receipts)
        .execution_options(synchronize_session=False)
    )
    if taken is None:
        SHIPMENT.step(shipment.state, "receive")
        raise ReceiptTaken(shipment.ref)
    db.session.refresh(shipment, attribute_names=["receipts", "version", "state"])
    if found := late(on, "received_on", at=at, after=shipment.arrived_on, before="before_arrival"):
        raise Rejected(*found)
    return written(shipment, ReceiptKind.COUNT, on, remarks, by=by, at=at)


def written(shipment: Shipment, kind: ReceiptKind, on: date, remarks: str, *, by: Actor, at: datetime) -> Receipt:
    receipt = Receipt(
        shipment_id=shipment.id,
        number=shipment.receipts,
        kind=kind,
        received_on=on,
        remarks=remarks,
        agency_id=by.agency_id,
        recorded_by=by.person_id,
        recorded_at=at,
        lines=[],
    )
    db.session.add(receipt)
    return receipt


def add(line: ShipmentLine, units: dict[Outcome, int], *, field: str) -> None:
    """Add units to what became of a line: one guarded UPDATE refuses more than was sent."""
    db.session.flush()
    columns = {one: getattr(ShipmentLine, one.value) for one in Outcome}
    accounted = sum((columns[one] for one in Outcome if one is not Outcome.RECEIVED), columns[Outcome.RECEIVED])
    fits = db.session.scalar(
        update(ShipmentLine)
        .where(ShipmentLine.id == line.id, accounted + sum(units.values()) <= ShipmentLine.sent)
        .values({one.value: columns[one] + n for one, n in units.items()} | {"version": ShipmentLine.version + 1})
        .returning(ShipmentLine.id)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(line, attribute_names=[one.value for one in Outcome] + ["version"])
    if fits is None:
        raise Rejected(Problem("too_large", field, {"max": line.open}))


def _written(one: CountedLine, line: ShipmentLine, photo: str | None) -> ReceiptLine:
    return ReceiptLine(
        line=line,
        **FROM_ZERO | {o.value: getattr(one, o.value) for o in Outcome},
        reason=one.reason if one.short else None,
        words=one.words,
        photo=photo,
    )


def _finish(receipt: Receipt, shipment: Shipment, *, by: Actor, at: datetime) -> Receipt:
    """What was received well counts on its commitment at once; what fell short is the sender's news at once."""
    db.session.flush()
    for one in receipt.lines:
        if one.received and one.line.pledge is not None:
            one.counted = receive_shipped(one.line.pledge, one.received, at=at)
    details = {"receipt": receipt.number} | totals(receipt.lines)
    if details["short"]:
        shipment.differs = receipt.number
    take(shipment, "receive", by=by, at=at, details=details)
    book_receipt(shipment, receipt, by=by, at=at)
    return receipt


def totals(lines: Iterable[ReceiptLine]) -> dict[str, int]:
    found: Sequence[ReceiptLine] = list(lines)
    received = sum(one.received for one in found)
    return {"received": received, "short": sum(one.of(o) for one in found for o in Outcome) - received}


class _Photos:
    """Attaches photos as documents of the shipment; one that shows two lines is attached once."""

    def __init__(self, place: Place | None, *, by: Actor, at: datetime) -> None:
        self.place, self.by, self.at = place, by, at

    def key_of(self, one: CountedLine, line: ShipmentLine, field: str) -> str | None:
        photo, place = one.photo, self.place
        if photo is None or place is None:
            return None
        if not photo.kind.is_picture:
            raise Rejected(Problem("not_a_picture", field))
        same = next((d for d in live_of(place.subject, place.record.ref) if d.digest == photo.digest), None)
        if same is not None:
            return same.key
        title = f"{line.number}. {line.what}"
        command = AttachDocument(file=photo, title=title, label=place.label)
        return attach(command, place=place, by=self.by, at=self.at).key


FROM_ZERO = dict.fromkeys(("received", "damaged", "missing", "refused", "returned", "counted"), 0)
