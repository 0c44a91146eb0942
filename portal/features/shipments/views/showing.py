"""The list of shipments, its export, the page of one, and its packing list."""

from typing import Any

from flask import Response, render_template, request

from portal.features.shipments import exports
from portal.features.shipments.domain.lifecycle import SENT, ShipmentState
from portal.features.shipments.domain.vocabulary import SHORTFALLS, Box, Outcome
from portal.features.shipments.models import Shipment
from portal.features.shipments.policy import Shipments
from portal.features.shipments.queries import find, receipts_of
from portal.features.shipments.queries.books import heads_of
from portal.features.shipments.queries.listing import every, listed
from portal.features.shipments.views.acts import ACTS
from portal.features.shipments.views.blueprint import ONE, bp
from portal.infra.tables import FORMATS, as_table
from portal.web.access import allows, current_actor, requires
from portal.web.downloads import attached
from portal.web.formats import day_text, number
from portal.web.i18n import gettext as _
from portal.web.labels import label
from portal.web.pagination import Key, paged

S = ShipmentState


def _box() -> Box:
    given = request.args.get("box")
    return Box(given) if given in {one.value for one in Box} else Box.ALL


@bp.get("/shipments", endpoint="shipments")
@requires(Shipments.LIST)
def index() -> str:
    actor, box = current_actor(), _box()
    page = paged(listed(actor, box), [Key(Shipment.id, descending=True)])
    return render_template("shipments/list.html", page=page, box=box, boxes=list(Box), actor=actor)


@bp.get("/shipments/export.<any(csv, xlsx):form>")
@requires(Shipments.LIST)
def export(form: str) -> Response:
    """What this reader sees in the list, newest first."""
    actor, box = current_actor(), _box()
    found = (row for shipment in every(actor, box) for row in exports.rows(shipment, actor))
    body = as_table(form, exports.COLUMNS, found, sheet="shipments", figures=exports.FIGURES)
    return attached(f"shipments.{form}", body, FORMATS[form])


@bp.get(ONE)
@requires(Shipments.READ, load=find)
def shipment(record: Shipment) -> str:
    actor, receipts = current_actor(), receipts_of(record.id)
    return render_template(
        "shipments/shipment.html",
        shipment=record,
        actor=actor,
        exact=record.exact_for(actor),
        stages=stages(record),
        now_at=now_at(record),
        passed_over=passed_over(record),
        acts=[act for act in ACTS if act.open(record)],
        receipts=receipts,
        heads=heads_of(record, receipts) if actor.agency_id in record.sides else {},
        outcomes=list(Outcome),
        shortfalls=SHORTFALLS,
        linkable=allows(Shipments.LINK, record) and record.state in SENT and not record.frozen,
    )


@bp.get(f"{ONE}/packing-list")
@requires(Shipments.READ, load=find)
def packing_list(record: Shipment) -> str:
    """To print and put into the lorry."""
    actor = current_actor()
    return render_template("shipments/packing.html", shipment=record, actor=actor, exact=record.exact_for(actor))


def stages(record: Shipment) -> list[tuple[str, str]]:
    """Its route, with the days that are known."""
    days = (record.dispatched_on, record.border_on, record.arrived_on)
    left, border, came = (day_text(day) if day else "" for day in days)
    ready = day_text(record.ready_on) if record.ready_on else ""
    received = _("%(part)s of %(whole)s", part=number(record.received), whole=number(record.sent))
    return [
        (_("Prepared"), ready),
        (_("Left"), left),
        (_("Border"), border),
        (_("Arrived"), came),
        (_("Received"), received if record.receipts else ""),
        (label(S.CLOSED), ""),
    ]


_PLACE: dict[Any, int] = {
    S.PREPARING: 0,
    S.CANCELLED: 0,
    S.DISPATCHED: 1,
    S.LOST: 1,
    S.AT_BORDER: 2,
    S.ARRIVED: 3,
    S.RECEIVING: 4,
    S.RETURNED: 5,
    S.CLOSED: 6,
}


_BORDER = _PLACE[S.AT_BORDER]


def now_at(record: Shipment) -> int:
    return _PLACE[record.state]


def passed_over(record: Shipment) -> tuple[int, ...]:
    """The border, where nobody said that it was there: it is not drawn as done."""
    return (_BORDER,) if record.border_on is None and _PLACE[record.state] > _BORDER else ()
