"""Where storekeepers enter what they found: line by line, or all that is left in one press."""

from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.features.documents.queries import Place
from portal.features.people.queries import person
from portal.features.shipments import services
from portal.features.shipments.domain.lifecycle import RECEIVABLE
from portal.features.shipments.domain.moved import ReceiptTaken
from portal.features.shipments.domain.vocabulary import Outcome
from portal.features.shipments.forms import SHORT_FIELDS, ReceiptForm, RestForm
from portal.features.shipments.models import Shipment
from portal.features.shipments.policy import Shipments
from portal.features.shipments.queries import find, receipts_of
from portal.features.shipments.views.blueprint import ONE, OWNER, address, bp
from portal.infra.db import db, now
from portal.kernel.policy import Actor
from portal.web.access import current_actor, requires
from portal.web.labels import label


def load_receivable(actor: Actor | None, ref: str) -> Shipment | None:
    record = find(actor, ref)
    return record if record is not None and record.state in RECEIVABLE else None


def _rest_form(record: Shipment) -> RestForm:
    start = {"after": record.receipts, "received_on": now().date(), "outcome": Outcome.RECEIVED}
    return RestForm(data=start)


def _page(record: Shipment, form: ReceiptForm, **more: Any) -> str:
    return render_template(
        "shipments/receive.html",
        shipment=record,
        form=form,
        lines={line.number: line for line in record.lines},
        actor=current_actor(),
        today=now().date(),
        short_fields=SHORT_FIELDS,
        **more,
    )


@bp.get(f"{ONE}/receive")
@requires(Shipments.RECEIVE, load=load_receivable)
def receive(record: Shipment) -> str:
    return _page(record, ReceiptForm(shipment=record, data={"received_on": now().date()}))


@bp.post(f"{ONE}/receive")
@requires(Shipments.RECEIVE, load=load_receivable)
def receive_post(record: Shipment) -> ResponseReturnValue:
    form = ReceiptForm(shipment=record)
    place = Place(OWNER, record)
    if form.run(services.record_receipt, shipment=record, by=current_actor(), at=now(), place=place) is None:
        return _page(record, form), form.status
    flash(label("shipment.receive.done"))
    return redirect(address(record), 303)


@bp.get(f"{ONE}/receive-rest")
@requires(Shipments.RECEIVE, load=load_receivable)
def rest(record: Shipment) -> str:
    return render_template("shipments/rest.html", shipment=record, form=_rest_form(record))


@bp.post(f"{ONE}/receive-rest")
@requires(Shipments.RECEIVE, load=load_receivable)
def rest_post(record: Shipment) -> ResponseReturnValue:
    form = _rest_form(record)
    if form.run(services.receive_rest, shipment=record, by=current_actor(), at=now()) is None:
        return render_template("shipments/rest.html", shipment=record, form=form), form.status
    flash(label("shipment.receive.done"))
    return redirect(address(record), 303)


@bp.errorhandler(ReceiptTaken)
def taken(refusal: ReceiptTaken) -> ResponseReturnValue:
    """The second of two storekeepers is told what the first one entered, and nothing that was typed is lost."""
    db.session.rollback()
    db.session.expire_all()
    record = find(current_actor(), refusal.ref)
    if record is None:
        raise LookupError(refusal.ref)
    latest = receipts_of(record.id)[0]
    who = person(latest.recorded_by) if latest.recorded_by is not None else None
    told = {"latest": latest, "who": who}
    if request.endpoint != "shipments.receive_post" or record.state not in RECEIVABLE:
        return render_template("shipments/taken.html", shipment=record, **told), 409
    form = ReceiptForm(shipment=record)
    form.after.data = record.receipts
    return _page(record, form, **told), 409
