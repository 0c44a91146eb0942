"""Where the pages of shipments stand, how their records are found, and what documents know of them."""

from typing import Any

from flask import Blueprint, url_for

from portal.features.documents.domain import Owner
from portal.features.shipments.domain.lifecycle import SHIPMENT
from portal.features.shipments.models import Shipment
from portal.features.shipments.policy import Shipments
from portal.features.shipments.queries import find
from portal.kernel.policy import Actor

bp = Blueprint("shipments", __name__, url_prefix="/<language:lang>/assistance", template_folder="../templates")
ONE = "/shipments/<string(maxlength=20):ref>"


def address(shipment: Shipment) -> str:
    return url_for("shipments.shipment", ref=shipment.ref)


def _attaches(actor: Actor, shipment: Shipment) -> bool:
    return actor.agency_id in shipment.sides


OWNER = Owner(
    lifecycle=SHIPMENT,
    find=find,
    sees=lambda actor, shipment, _label: shipment.exact_for(actor) and shipment.disclosed_to(actor),
    attaches=_attaches,
    label_of=lambda shipment: shipment.label,
    address=address,
    title_of=lambda shipment: shipment.ref,
)
"""Papers and photos name people and places: they are for the two sides."""


@bp.context_processor
def words_of_shipments() -> dict[str, Any]:
    return {"Shipments": Shipments}
