"""Exports of the list: one row for each line of a shipment, as far as the reader may see."""

from collections.abc import Iterator

from portal.features.shipments.models import Shipment, ShipmentLine
from portal.kernel.policy import Actor

COLUMNS = (
    *("ref", "label", "state", "donor", "recipient", "implementer", "mode", "waybill", "customs_ref"),
    *("dispatched_on", "border_on", "arrived_on", "line", "pledge", "withheld", "category", "what", "unit"),
    *("sent", "received", "damaged", "missing", "refused", "returned", "open", "unit_value", "currency"),
)
FIGURES = frozenset({"line", "sent", "received", "damaged", "missing", "refused", "returned", "open"})
PAPERS = ("waybill", "customs_ref")
"""What they say leads to places and people: as on the page, for the two sides alone."""


def rows(shipment: Shipment, actor: Actor) -> Iterator[list[str]]:
    """Plain texts in the order of `COLUMNS`. A withheld line keeps its figures, so that totals reconcile."""
    days = {name: getattr(shipment, name) for name in ("dispatched_on", "border_on", "arrived_on")}
    common = {
        "ref": shipment.ref,
        "label": shipment.label.shown,
        "state": shipment.state.value,
        "donor": shipment.agency.key,
        "recipient": shipment.recipient.key,
        "implementer": shipment.implementer.key if shipment.implementer else "",
        "mode": shipment.mode.value,
    } | {name: day.isoformat() if day else "" for name, day in days.items()}
    if shipment.exact_for(actor):
        common |= {name: getattr(shipment, name) for name in PAPERS}
    for line in shipment.lines:
        cells = common | _of_line(line, shown=line.shown_to(actor))
        yield [cells.get(name, "") for name in COLUMNS]


def _of_line(line: ShipmentLine, *, shown: bool) -> dict[str, str]:
    names = ("sent", "received", "damaged", "missing", "refused", "returned", "open")
    found = {name: str(getattr(line, name)) for name in names} | {"line": str(line.number)}
    found["pledge"] = line.pledge.ref if line.pledge is not None else ""
    if not shown:
        return found | {"withheld": "label"}
    value = line.unit_value
    return found | {
        "category": line.category or "",
        "what": line.what,
        "unit": line.unit.value,
        "unit_value": value.canonical if value else "",
        "currency": value.currency if value else "",
    }
