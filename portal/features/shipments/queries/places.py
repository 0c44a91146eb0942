"""Where something is sent, and lines that answer no request yet, for every door that leads to them."""

from dataclasses import dataclass

from portal.features.agencies.models import Agency
from portal.features.shipments.domain.lifecycle import SENT
from portal.features.shipments.models import Shipment, ShipmentLine
from portal.features.shipments.policy import DONORS
from portal.features.shipments.queries.commitments import agency_by_key, to_send
from portal.features.shipments.queries.records import find
from portal.kernel.policy import Actor


@dataclass(frozen=True, slots=True)
class Destination:
    """A verified agency, as somewhere to send to."""

    agency: Agency


def load_destination(actor: Actor | None, key: str) -> Destination | None:
    """Donors send to any other; whoever implements for a donor only where a commitment waits."""
    agency = agency_by_key(key) if actor is not None else None
    if agency is None or actor is None or agency.id == actor.agency_id:
        return None
    return Destination(agency) if DONORS.holds(actor, None) or to_send(actor, agency.id) else None


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a shipment that was sent without a request."""

    shipment: Shipment
    line: ShipmentLine

    @property
    def agency_id(self) -> int:
        return self.shipment.agency_id

    def disclosed_to(self, actor: Actor | None) -> bool:
        return self.shipment.disclosed_to(actor)


def load_line(actor: Actor | None, ref: str, number: str) -> Place | None:
    shipment = find(actor, ref)
    lines = shipment.lines if shipment is not None and shipment.state in SENT else []
    line = next((one for one in lines if str(one.number) == number and one.pledge is None), None)
    return Place(shipment, line) if shipment is not None and line is not None else None
