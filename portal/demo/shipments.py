"""What was sent and received before the demonstration opens: one shipment of each telling state."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from portal.features.agencies.models import Agency
from portal.features.assistance.domain.lifecycles import PledgeState
from portal.features.assistance.domain.vocabulary import LineKind
from portal.features.assistance.models import Pledge, Request, RequestLine
from portal.features.shipments.domain.moving import (
    Acknowledge,
    ArriveShipment,
    CloseShipment,
    DispatchShipment,
    LoseShipment,
    ReachBorder,
)
from portal.features.shipments.domain.preparing import PrepareShipment
from portal.features.shipments.domain.receiving import RecordReceipt
from portal.features.shipments.models import Shipment
from portal.features.shipments.services import (
    acknowledge,
    arrive,
    close,
    dispatch,
    lose,
    prepare,
    reach_border,
    record_receipt,
)
from portal.infra.db import db
from portal.kernel.contract import decode
from portal.kernel.policy import Actor

DONOR, APPROVER, STORE = "Kirsten Holm", "Halima Moussa", "Ibrahim Saley"
WAY: Mapping[str, Any] = {
    "mode": "road",
    "carrier": "Transsahel Logistics",
    "port_from": "Aarhus",
    "port_to": "Cotonou",
    "destination": "Brigade des documents, Agadez",
    "contact": "Magasin central, desk@ne-bord.example",
}


@dataclass(frozen=True, slots=True)
class Sent:
    """Tells what left for Niger, each step `days` before the demonstration is loaded."""

    at: datetime
    actor: Callable[[str], Actor]
    recipient: Agency
    readers: Pledge

    def tell(self) -> None:
        self.received_and_closed()
        self.to_be_counted()
        self.on_its_way()
        self.in_preparation()
        self.lost()

    def received_and_closed(self) -> None:
        """Two of the six readers: one is crushed, the donor has read it and sends another."""
        shipment = self.arrived("CMR 99812", days=7, readers=2)
        lines = [{"line": 1, "received": 1, "damaged": 1, "reason": "damaged", "words": "Caisse écrasée, écran brisé."}]
        self.counted(shipment, lines, days=4)
        self.step(close, CloseShipment, shipment, APPROVER, days=3)
        answer = {"answer": "We claim it from the carrier and send another one."}
        self.step(acknowledge, Acknowledge, shipment, DONOR, days=2, **answer)

    def to_be_counted(self) -> None:
        """Arrived today, and partly counted: the rest is on the second lorry."""
        shipment = self.arrived("CMR 99840", days=5, readers=3)
        self.counted(shipment, [{"line": 1, "received": 1}], days=1)

    def on_its_way(self) -> None:
        """At the border: radios that nobody asked for."""
        radios = {"category": "radio-handheld", "what": "Radios portatives VHF", "unit": "piece", "quantity": "12"}
        shipment = self.prepared("CMR 99877", days=4, gifts=[radios])
        self.step(dispatch, DispatchShipment, shipment, DONOR, days=3, dispatched_on=self.day(3))
        self.step(reach_border, ReachBorder, shipment, STORE, days=1, border_on=self.day(1))

    def in_preparation(self) -> None:
        self.prepared("", days=0, readers=1, contact="", ready_on=(self.at.date() + timedelta(days=6)).isoformat())

    def lost(self) -> None:
        """Both sides say that it will not arrive."""
        lamps = {"category": "uv-lamp", "what": "Lampes UV de poche", "unit": "piece", "quantity": "20"}
        shipment = self.prepared("LTA 157-2218", days=20, gifts=[lamps], mode="air", port_to="Niamey")
        self.step(dispatch, DispatchShipment, shipment, DONOR, days=19, dispatched_on=self.day(19))
        self.step(lose, LoseShipment, shipment, DONOR, days=9, reason="The carrier cannot find the box.")
        self.step(lose, LoseShipment, shipment, STORE, days=8, reason="Rien n’est arrivé à Niamey.")

    # ------------------------------------------------------------------------------------------------------- steps

    def ago(self, days: int) -> datetime:
        return self.at - timedelta(days=days)

    def day(self, days: int) -> date:
        return self.ago(days).date()

    def prepared(self, waybill: str, *, days: int, readers: int = 0, **changes: Any) -> Shipment:
        lines = [{"pledge": self.readers.ref, "quantity": str(readers), "packages": str(readers)}] if readers else []
        typed = dict(WAY) | {"waybill": waybill, "lines": lines, "gifts": []} | changes
        command = decode(PrepareShipment, typed)
        shipment = prepare(command, recipient=self.recipient, by=self.actor(DONOR), at=self.ago(days))
        db.session.flush()
        return shipment

    def arrived(self, waybill: str, *, days: int, readers: int) -> Shipment:
        shipment = self.prepared(waybill, days=days, readers=readers)
        self.step(dispatch, DispatchShipment, shipment, DONOR, days=days, dispatched_on=self.day(days))
        self.step(arrive, ArriveShipment, shipment, STORE, days=days - 3, arrived_on=self.day(days - 3))
        return shipment

    def counted(self, shipment: Shipment, lines: list[dict[str, Any]], *, days: int) -> None:
        given = {"after": shipment.receipts, "received_on": self.day(days).isoformat(), "lines": lines}
        record_receipt(decode(RecordReceipt, given), shipment=shipment, by=self.actor(STORE), at=self.ago(days))
        db.session.flush()

    def step(
        self, service: Callable[..., Any], command: type[Any], shipment: Shipment, who: str, *, days: int, **given: Any
    ) -> None:
        said = command(version=shipment.version, **given)
        service(said, shipment=shipment, by=self.actor(who), at=self.ago(days))
        db.session.flush()


def tell(*, at: datetime, actor: Callable[[str], Actor]) -> None:
    """From the commitment of readers that the story of assistance left behind."""
    query = (
        select(Pledge)
        .join(RequestLine, RequestLine.id == Pledge.line_id)
        .where(Pledge.state == PledgeState.COMMITTED, RequestLine.kind == LineKind.EQUIPMENT)
        .order_by(Pledge.id)
    )
    readers = db.session.scalars(query).first()
    if readers is None:
        raise LookupError("nothing is committed in the demonstration")
    recipient = db.session.get_one(Agency, db.session.get_one(Request, readers.request_id).agency_id)
    Sent(at, actor, recipient, readers).tell()
