"""What the page of a shipment shows of its items: those that are registered, and the ways to register the others."""

from collections.abc import Sequence

from flask import render_template
from markupsafe import Markup

from portal.features.items.policy import Items
from portal.features.items.queries.handed_over import handed_over
from portal.features.items.services.receipts import left_over
from portal.features.shipments.models import ReceiptLine, Shipment
from portal.features.shipments.queries import received_lines
from portal.web.access import allows, current_actor

SHOWN = 12


def to_register(shipment: Shipment) -> Sequence[tuple[ReceiptLine, int]]:
    """What its receipts counted and nobody has registered yet, for who may: both sides."""
    if not shipment.receipts or not allows(Items.REGISTER) or current_actor().agency_id not in shipment.sides:
        return []
    return [(line, number) for line, number in left_over(received_lines(shipment.id)) if line.line.category]


def received_part(shipment: Shipment) -> Markup | str:
    """For the slot "shipment" of a shipment's page."""
    actor = current_actor()
    found = handed_over(actor, shipment, most=SHOWN + 1) if shipment.receipts else []
    return Markup(  # noqa: S704 - a rendered template
        render_template(
            "items/_received.html",
            shipment=shipment,
            left=to_register(shipment),
            found=found[:SHOWN],
            more=len(found) > SHOWN,
            actor=actor,
        )
    )
