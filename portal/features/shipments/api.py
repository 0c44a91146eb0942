"""Shipments as JSON, with the same commands, rules and refusals as the pages."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, jsonify, url_for
from flask.typing import ResponseReturnValue

from portal.features.shipments import services
from portal.features.shipments.domain.moving import (
    Acknowledge,
    ArriveShipment,
    CancelShipment,
    CloseShipment,
    DispatchShipment,
    LinkLine,
    LoseShipment,
    ReachBorder,
    ReopenShipment,
    ReturnShipment,
)
from portal.features.shipments.domain.preparing import PrepareShipment
from portal.features.shipments.domain.receiving import ReceiveRest, RecordReceipt
from portal.features.shipments.domain.vocabulary import Box, Outcome
from portal.features.shipments.models import Receipt, Shipment, ShipmentLine
from portal.features.shipments.policy import Shipments
from portal.features.shipments.queries import find, receipts_of, seen_by
from portal.features.shipments.queries.listing import listed
from portal.features.shipments.queries.places import Destination, Place, load_destination, load_line
from portal.features.shipments.queries.records import WITH_PARTIES
from portal.infra.db import db, now
from portal.kernel.contract import Command
from portal.kernel.money import as_given
from portal.kernel.policy import Actor
from portal.web.access import current_actor, requires
from portal.web.api import json_command
from portal.web.pagination import Key, paged

bp = Blueprint("shipments_api", __name__, url_prefix="/api/v1")
ONE = "/shipments/<string(maxlength=20):ref>"


@bp.get("/shipments", endpoint="shipments")
@requires(Shipments.LIST)
def index() -> ResponseReturnValue:
    """In brief; each has its own address for the rest."""
    actor = current_actor()
    page = paged(listed(actor, Box.ALL).options(*WITH_PARTIES), [Key(Shipment.id, descending=True)])
    return jsonify(shipments=[brief(row[0]) for row in page.rows], next=page.next_url, previous=page.previous_url)


@bp.get(ONE)
@requires(Shipments.READ, load=find)
def show(shipment: Shipment) -> ResponseReturnValue:
    return jsonify(whole(shipment, current_actor()))


@bp.post("/agencies/<string(maxlength=20):key>/shipments")
@requires(Shipments.PREPARE, load=load_destination)
def prepare(to: Destination) -> ResponseReturnValue:
    actor = current_actor()
    shipment = services.prepare(json_command(PrepareShipment), recipient=to.agency, by=actor, at=now())
    answer = jsonify(whole(_loaded(shipment, actor), actor))
    answer.headers["Location"] = url_for("shipments_api.show", ref=shipment.ref)
    return answer, 201


VERBS: tuple[tuple[str, Shipments, type[Command], Callable[..., Any]], ...] = (
    ("change", Shipments.CHANGE, PrepareShipment, services.change),
    ("dispatch", Shipments.DISPATCH, DispatchShipment, services.dispatch),
    ("cancel", Shipments.CANCEL, CancelShipment, services.cancel),
    ("reach-border", Shipments.MOVE, ReachBorder, services.reach_border),
    ("arrive", Shipments.MOVE, ArriveShipment, services.arrive),
    ("receive", Shipments.RECEIVE, RecordReceipt, services.record_receipt),
    ("receive-rest", Shipments.RECEIVE, ReceiveRest, services.receive_rest),
    ("close", Shipments.CLOSE, CloseShipment, services.close),
    ("lose", Shipments.LOSE, LoseShipment, services.lose),
    ("reopen", Shipments.REOPEN, ReopenShipment, services.reopen),
    ("return", Shipments.RETURN, ReturnShipment, services.give_back),
    ("acknowledge", Shipments.ACKNOWLEDGE, Acknowledge, services.acknowledge),
)


def _add(name: str, permission: Shipments, command: type[Command], service: Callable[..., Any]) -> None:
    def take(shipment: Shipment) -> ResponseReturnValue:
        actor = current_actor()
        service(json_command(command), shipment=shipment, by=actor, at=now())
        return jsonify(whole(_loaded(shipment, actor), actor))

    guarded = requires(permission, load=find)(take)
    bp.add_url_rule(f"{ONE}/{name}", endpoint=name.replace("-", "_"), view_func=guarded, methods=["POST"])


for _verb in VERBS:
    _add(*_verb)


@bp.post(f"{ONE}/lines/<string(maxlength=4):number>/link")
@requires(Shipments.LINK, load=load_line)
def link(place: Place) -> ResponseReturnValue:
    actor, shipment = current_actor(), place.shipment
    services.link(json_command(LinkLine), shipment=shipment, number=place.line.number, by=actor, at=now())
    return jsonify(whole(_loaded(shipment, actor), actor))


def _loaded(shipment: Shipment, actor: Actor) -> Shipment:
    """As it stands after what was just done to it."""
    db.session.flush()
    db.session.expire_all()
    query = db.select(Shipment).where(Shipment.id == shipment.id).options(*WITH_PARTIES)
    return seen_by(db.session.scalars(query).unique().one(), actor)


def brief(shipment: Shipment) -> dict[str, Any]:
    days = ("ready_on", "dispatched_on", "border_on", "arrived_on")
    return {
        "ref": shipment.ref,
        "state": shipment.state,
        "label": shipment.label.shown,
        "version": shipment.version,
        "donor": shipment.agency.key,
        "recipient": shipment.recipient.key,
        "implementer": shipment.implementer.key if shipment.implementer else None,
        "mode": shipment.mode,
        "sent": shipment.sent,
        "received": shipment.received,
        "short": shipment.short,
        "open": shipment.open,
        "receipts": shipment.receipts,
    } | {name: day.isoformat() if (day := getattr(shipment, name)) else None for name in days}


def whole(shipment: Shipment, actor: Actor) -> dict[str, Any]:
    """Exact places and names for its sides only; lines as far as the owners of their requests let this reader see."""
    exact = ("carrier", "driver", "waybill", "customs_ref", "port_from", "port_to", "destination", "contact", "remarks")
    found = brief(shipment) | {"asked": shipment.asked, "acknowledged": shipment.acknowledged}
    if shipment.exact_for(actor):
        found |= {name: getattr(shipment, name) for name in exact}
    found["lines"] = [_line(line, shown=line.shown_to(actor)) for line in shipment.lines]
    found["counts"] = [_receipt(receipt, exact=shipment.exact_for(actor)) for receipt in receipts_of(shipment.id)]
    return found


def _line(line: ShipmentLine, *, shown: bool) -> dict[str, Any]:
    figures: dict[str, Any] = {one.value: getattr(line, one.value) for one in Outcome}
    figures |= {"number": line.number, "sent": line.sent, "open": line.open}
    figures["pledge"] = line.pledge.ref if line.pledge is not None else None
    if not shown:
        return figures
    value = as_given(line.unit_value) if line.unit_value else None
    return figures | {"category": line.category, "what": line.what, "unit": line.unit, "unit_value": value}


def _receipt(receipt: Receipt, *, exact: bool) -> dict[str, Any]:
    return {
        "number": receipt.number,
        "kind": receipt.kind,
        "received_on": receipt.received_on.isoformat(),
        "lines": [
            {one.value: line.of(one) for one in Outcome}
            | {"number": line.line.number, "reason": line.reason, "words": line.words if exact else ""}
            for line in receipt.lines
        ],
    }
