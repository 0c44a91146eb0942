"""A shipment is written down: for whom, from which commitments, and how it travels."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal.features.agencies.models import Agency
from portal.features.assistance.domain.lifecycles import PledgeState
from portal.features.assistance.domain.vocabulary import LineKind
from portal.features.assistance.models import Pledge
from portal.features.shipments import services
from portal.features.shipments.domain.lifecycle import ShipmentState
from portal.features.shipments.forms import PrepareForm, as_typed
from portal.features.shipments.models import Shipment
from portal.features.shipments.policy import DONORS, Shipments
from portal.features.shipments.queries import find
from portal.features.shipments.queries.commitments import agency_by_key, recipients, to_send
from portal.features.shipments.queries.places import Destination, load_destination
from portal.features.shipments.views.blueprint import ONE, address, bp
from portal.infra.db import now
from portal.kernel.policy import Actor
from portal.web.access import allows, current_actor, requires
from portal.web.i18n import gettext as _
from portal.web.labels import label

NEW = "/shipments/new/<string(maxlength=20):key>"


def send_part(pledge: Pledge) -> Markup | str:
    """For the slot "pledge_actions": the way to send what is committed, while some of it is left to send."""
    if pledge.state != PledgeState.COMMITTED or pledge.line.kind != LineKind.EQUIPMENT or not pledge.to_ship:
        return ""
    actor = current_actor()
    gives = DONORS.holds(actor, None) and actor.agency_id == pledge.agency_id
    if pledge.frozen or not (gives or actor.agency_id == pledge.implementer_id) or not allows(Shipments.PREPARE):
        return ""
    return Markup(render_template("shipments/_send.html", key=pledge.request.agency.key))  # noqa: S704 - a rendered template


@bp.get("/shipments/new")
@requires(Shipments.PREPARE)
def new() -> ResponseReturnValue:
    """For whom? Agencies that wait for something that is committed, or, for a donation, any other by its code."""
    actor = current_actor()
    key = request.args.get("agency", "").strip().upper()
    found = agency_by_key(key) if key else None
    if found is not None and found.id != actor.agency_id:
        return redirect(url_for("shipments.prepare", key=found.key))
    gives = DONORS.holds(actor, None)
    return render_template("shipments/new.html", found=recipients(actor), key=key, gives=gives)


def _page(recipient: Agency, form: PrepareForm, shipment: Shipment | None = None) -> str:
    return render_template("shipments/prepare.html", recipient=recipient, form=form, shipment=shipment)


def _new_form(recipient: Agency) -> PrepareForm:
    actor = current_actor()
    return PrepareForm(pledges=to_send(actor, recipient.id), gives=DONORS.holds(actor, None))


@bp.get(NEW)
@requires(Shipments.PREPARE, load=load_destination)
def prepare(to: Destination) -> str:
    return _page(to.agency, _new_form(to.agency))


@bp.post(NEW)
@requires(Shipments.PREPARE, load=load_destination)
def prepare_post(to: Destination) -> ResponseReturnValue:
    form = _new_form(to.agency)
    shipment = form.run(services.prepare, recipient=to.agency, by=current_actor(), at=now())
    if shipment is None:
        return _page(to.agency, form), form.status
    flash(label("shipment.begin.done"))
    return redirect(address(shipment), 303)


def _change_form(record: Shipment) -> PrepareForm:
    actor = current_actor()
    named: list[Pledge] = [line.pledge for line in record.lines if line.pledge is not None]
    found = to_send(actor, record.recipient_id, kept=[pledge.id for pledge in named])
    return PrepareForm(
        pledges=[one for one in found if one.agency_id == record.agency_id],
        gives=DONORS.holds(actor, None) and actor.agency_id == record.agency_id,
        data=as_typed(record),
    )


def load_preparing(actor: Actor | None, ref: str) -> Shipment | None:
    record = find(actor, ref)
    return record if record is not None and record.state == ShipmentState.PREPARING else None


@bp.get(f"{ONE}/edit")
@requires(Shipments.CHANGE, load=load_preparing)
def edit(record: Shipment) -> str:
    return _page(record.recipient, _change_form(record), record)


@bp.post(f"{ONE}/edit")
@requires(Shipments.CHANGE, load=load_preparing)
def edit_post(record: Shipment) -> ResponseReturnValue:
    form = _change_form(record)
    if form.run(services.change, shipment=record, by=current_actor(), at=now()) is None:
        return _page(record.recipient, form, record), form.status
    flash(_("Saved."))
    return redirect(address(record), 303)
