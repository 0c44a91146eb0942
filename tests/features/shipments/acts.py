"""Shipments that nothing is wrong with, and the way each takes to where a test needs it."""

from datetime import timedelta
from typing import Any

from portal.features.assistance.models import Pledge, RequestLine
from portal.features.shipments import services
from portal.features.shipments.domain.moving import (
    ArriveShipment,
    CloseShipment,
    DispatchShipment,
    LoseShipment,
    ReopenShipment,
)
from portal.features.shipments.domain.preparing import PrepareShipment
from portal.features.shipments.domain.receiving import CountedLine, ReceiveRest, RecordReceipt
from portal.features.shipments.models import Receipt, Shipment
from portal.features.shipments.queries import find
from portal.infra.db import db, now
from portal.kernel.contract import decode
from tests.features.assistance.acts import opened, pickups, readers
from tests.features.assistance.pledging import committed, today
from tests.features.exchanges.acting import acting
from tests.world import World

WHY = "It fell from the lorry."


def a_line(world: World, **changes: Any) -> RequestLine:
    return two_lines(world, **changes)[0]


def two_lines(world: World, **changes: Any) -> list[RequestLine]:
    return opened(world, lines=[readers(), pickups()], **changes).lines


def typed_shipment(*pledges: Pledge, sent: int | None = None, **changes: Any) -> dict[str, Any]:
    lines = [{"pledge": pledge.ref, "quantity": str(sent or pledge.quantity)} for pledge in pledges]
    return {
        "lines": lines,
        "mode": "road",
        "carrier": "Sahel Transport",
        "driver": "AG 1234 RN",
        "waybill": "CMR 99812",
        "customs_ref": "T1-2026-77",
        "port_from": "Aarhus",
        "port_to": "Cotonou",
        "destination": "Brigade des documents, Agadez",
        "contact": "Magasin central, desk@sender.example",
    } | changes


def a_gift(**changes: Any) -> dict[str, Any]:
    return {"category": "passport-reader-full", "what": "Spare readers", "unit": "piece", "quantity": "3"} | changes


def prepared(world: World, *pledges: Pledge, who: str = "donor_officer", **changes: Any) -> Shipment:
    command = decode(PrepareShipment, typed_shipment(*pledges, **changes))
    shipment = services.prepare(command, recipient=world.agency("sender"), by=acting(world, who), at=now())
    db.session.flush()
    return shipment


def dispatched(world: World, *pledges: Pledge, **changes: Any) -> Shipment:
    shipment = prepared(world, *pledges, **changes)
    command = DispatchShipment(version=shipment.version, dispatched_on=today() - timedelta(days=9))
    return services.dispatch(command, shipment=shipment, by=acting(world, "donor_officer"), at=now())


def arrived(world: World, *pledges: Pledge, **changes: Any) -> Shipment:
    shipment = dispatched(world, *pledges, **changes)
    db.session.flush()
    command = ArriveShipment(version=shipment.version, arrived_on=today() - timedelta(days=2))
    return services.arrive(command, shipment=shipment, by=acting(world, "sender_editor"), at=now())


def with_commitment(world: World, quantity: int = 6, **changes: Any) -> Pledge:
    return committed(world, a_line(world, **changes), quantity)


def counted(
    world: World, shipment: Shipment, *lines: dict[str, Any], after: int | None = None, who: str = "sender_editor"
) -> Receipt:
    given = tuple(CountedLine(**({"line": n} | line)) for n, line in enumerate(lines, start=1))
    seen = shipment.receipts if after is None else after
    command = RecordReceipt(after=seen, received_on=today(), lines=given)
    receipt = services.record_receipt(command, shipment=shipment, by=acting(world, who), at=now())
    db.session.flush()
    return receipt


def rest(world: World, shipment: Shipment, **changes: Any) -> Receipt:
    command = decode(ReceiveRest, {"after": shipment.receipts, "received_on": today().isoformat()} | changes)
    receipt = services.receive_rest(command, shipment=shipment, by=acting(world, "sender_editor"), at=now())
    db.session.flush()
    return receipt


def closed(world: World, shipment: Shipment) -> Shipment:
    db.session.flush()
    by = acting(world, "sender_approver")
    services.close(CloseShipment(version=shipment.version), shipment=shipment, by=by, at=now())
    db.session.flush()
    return shipment


def lost(world: World, shipment: Shipment) -> Shipment:
    for who in ("donor_officer", "sender_editor"):
        db.session.flush()
        command = LoseShipment(version=shipment.version, reason=WHY)
        services.lose(command, shipment=shipment, by=acting(world, who), at=now())
    db.session.flush()
    return shipment


def reopened(world: World, shipment: Shipment) -> Shipment:
    for who in ("sender_approver", "donor_officer"):
        db.session.flush()
        command = ReopenShipment(version=shipment.version, reason="It stood in another hall.")
        services.reopen(command, shipment=shipment, by=acting(world, who), at=now())
    db.session.flush()
    return shipment


def seen_by(world: World, who: str, shipment: Shipment) -> Shipment | None:
    db.session.flush()
    db.session.expire_all()
    return find(acting(world, who), shipment.ref)
