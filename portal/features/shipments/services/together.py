"""Steps that take both sides: one asks with a reason, the other confirms. Lost, found later, and returned."""

from datetime import datetime

from portal.features.assistance.services import count_found
from portal.features.shipments.domain.lifecycle import SHIPMENT
from portal.features.shipments.domain.moving import LoseShipment, ReopenShipment, ReturnShipment
from portal.features.shipments.domain.vocabulary import Asked, Outcome, Reason, ReceiptKind
from portal.features.shipments.models import Receipt, ReceiptLine, Shipment, ShipmentLine
from portal.features.shipments.services.books import book_receipt
from portal.features.shipments.services.moving import settle
from portal.features.shipments.services.receiving import FROM_ZERO, add, written
from portal.features.shipments.services.steps import for_step, take
from portal.infra.db import db
from portal.infra.history import note
from portal.kernel.errors import Conflict, NotAllowed, Problem, Rejected
from portal.kernel.policy import Actor


def lose(command: LoseShipment, *, shipment: Shipment, by: Actor, at: datetime) -> Shipment:
    """Lost on the way: when both sides say so, every unit is missing."""
    shipment = for_step(shipment, "lose", version=command.version, by=by)
    if not _both(shipment, Asked.LOSE, command.reason, by=by, at=at):
        return shipment
    receipt = _correction(shipment, ReceiptKind.LOST, by=by, at=at)
    _account(receipt, shipment, Outcome.MISSING, Reason.MISSING, command.reason)
    take(shipment, "lose", by=by, at=at, reason=command.reason, details={"receipt": receipt.number})
    settle(shipment)
    book_receipt(shipment, receipt, by=by, at=at)
    return shipment


def give_back(command: ReturnShipment, *, shipment: Shipment, by: Actor, at: datetime) -> Shipment:
    """What nobody has accounted for goes back to the donor; what was received stays received."""
    shipment = for_step(shipment, "return", version=command.version, by=by)
    if not shipment.open:
        raise Rejected(Problem("nothing_left_to_return"))
    if not _both(shipment, Asked.RETURN, command.reason, by=by, at=at):
        return shipment
    # The guard asks whether something is left, so the step comes before the figures.
    number = shipment.receipts + 1
    take(shipment, "return", by=by, at=at, reason=command.reason, details={"receipt": number})
    receipt = _correction(shipment, ReceiptKind.RETURNED, by=by, at=at)
    _account(receipt, shipment, Outcome.RETURNED, Reason.REFUSED, command.reason)
    settle(shipment)
    book_receipt(shipment, receipt, by=by, at=at)
    return shipment


def reopen(command: ReopenShipment, *, shipment: Shipment, by: Actor, at: datetime) -> Shipment:
    """Something turned up: what was missing is open again, and is counted anew. The history keeps both."""
    shipment = for_step(shipment, "reopen", version=command.version, by=by)
    if not any(line.missing for line in shipment.lines):
        raise Rejected(Problem("nothing_to_find"))
    if not _both(shipment, Asked.REOPEN, command.reason, by=by, at=at):
        return shipment
    number = shipment.receipts + 1
    take(shipment, "reopen", by=by, at=at, reason=command.reason, details={"receipt": number})
    receipt = _correction(shipment, ReceiptKind.FOUND, by=by, at=at)
    for line in shipment.lines:
        if line.missing:
            _find(receipt, line, command.reason)
    book_receipt(shipment, receipt, by=by, at=at)
    return shipment


def _both(shipment: Shipment, step: Asked, reason: str, *, by: Actor, at: datetime) -> bool:
    """Whether the other side had asked already; else it is asked now. An implementer stands on the donor's side."""
    side = shipment.side_of(by.agency_id)
    if side not in {shipment.agency_id, shipment.recipient_id}:
        raise NotAllowed(f"shipments:{step.value}")
    if shipment.asked == step and shipment.asked_by == side:
        raise Conflict(Problem("asked_already"))
    if shipment.asked == step:
        return True
    shipment.asked, shipment.asked_by = step, side
    note(SHIPMENT, shipment, f"ask_{step.value}", by=by, at=at, reason=reason)
    return False


def _correction(shipment: Shipment, kind: ReceiptKind, *, by: Actor, at: datetime) -> Receipt:
    shipment.receipts += 1
    shipment.differs = shipment.receipts
    return written(shipment, kind, at.date(), "", by=by, at=at)


def _account(receipt: Receipt, shipment: Shipment, outcome: Outcome, reason: Reason, words: str) -> None:
    for line in shipment.lines:
        if left := line.open:
            add(line, {outcome: left}, field=outcome.value)
            figures = FROM_ZERO | {outcome.value: left}
            receipt.lines.append(ReceiptLine(line=line, **figures, reason=reason, words=words[:600]))
    db.session.flush()


def _find(receipt: Receipt, line: ShipmentLine, words: str) -> None:
    """Take back what was said to be missing, and what its commitment took back because of it."""
    found = line.missing
    figures = FROM_ZERO | {"missing": -found}
    receipt.lines.append(ReceiptLine(line=line, **figures, reason=Reason.FOUND_LATER, words=words[:600]))
    if line.pledge is not None and line.settled:
        line.settled -= count_found(line.pledge, min(found, line.settled))
    line.missing = 0
