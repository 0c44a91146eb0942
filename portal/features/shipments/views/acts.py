"""Each step of a shipment as a page with one short form, and what is shown when somebody was faster."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.features.agencies.models import Agency
from portal.features.shipments import forms, services
from portal.features.shipments.domain.lifecycle import SHIPMENT
from portal.features.shipments.domain.moved import ShipmentMoved
from portal.features.shipments.models import Shipment
from portal.features.shipments.policy import Shipments
from portal.features.shipments.queries import find
from portal.features.shipments.queries.commitments import linkable
from portal.features.shipments.queries.places import Place, load_line
from portal.features.shipments.views.blueprint import ONE, address, bp
from portal.infra.db import db, now
from portal.infra.history import history_of
from portal.kernel.errors import NothingLeft
from portal.web.access import allows, current_actor, requires
from portal.web.forms import CommandForm
from portal.web.labels import has_label, label

DAYS = ("dispatched_on", "border_on", "arrived_on")


@dataclass(frozen=True, slots=True)
class Act:
    """What it does, who may, when, and the service behind it. `asks`: the first side only asks for it."""

    name: str
    permission: Shipments
    form: Callable[..., CommandForm[Any]]
    service: Callable[..., Any]
    when: Callable[[Shipment], bool] = lambda _shipment: True
    asks: bool = False

    def open(self, record: Shipment) -> bool:
        """Whether this record offers it to this reader now."""
        transition = SHIPMENT.transitions.get(self.name)
        possible = transition is None or record.state in transition.sources
        return possible and not record.frozen and self.when(record) and allows(self.permission, record)


ACTS = (
    Act("dispatch", Shipments.DISPATCH, forms.DispatchForm, services.dispatch),
    Act("arrive", Shipments.MOVE, forms.ArriveForm, services.arrive),
    Act("reach_border", Shipments.MOVE, forms.BorderForm, services.reach_border),
    Act("close", Shipments.CLOSE, forms.CloseForm, services.close, lambda record: not record.open),
    Act("acknowledge", Shipments.ACKNOWLEDGE, forms.AcknowledgeForm, services.acknowledge,
        lambda record: record.differs > record.acknowledged),
    Act("reopen", Shipments.REOPEN, forms.ReopenForm, services.reopen,
        lambda record: any(line.missing for line in record.lines), asks=True),
    Act("return", Shipments.RETURN, forms.ReturnForm, services.give_back, lambda record: bool(record.open), asks=True),
    Act("lose", Shipments.LOSE, forms.LoseForm, services.lose, asks=True),
    Act("cancel", Shipments.CANCEL, forms.CancelForm, services.cancel),
)  # fmt: skip


def _form(act: Act, record: Shipment) -> CommandForm[Any]:
    today = now().date()
    return act.form(data={"version": record.version} | dict.fromkeys(DAYS, today))


def _small(act: Act, record: Shipment, form: CommandForm[Any]) -> str:
    effect = f"shipment.{act.name}.effect"
    return render_template(
        "shipments/small.html",
        act=act,
        shipment=record,
        form=form,
        effect=label(effect) if has_label(effect) else "",
        exact=record.exact_for(current_actor()),
        actor=current_actor(),
    )


def _add(act: Act) -> None:
    def show(record: Shipment) -> str:
        return _small(act, record, _form(act, record))

    def take(record: Shipment) -> ResponseReturnValue:
        form = _form(act, record)
        before = record.state
        found = form.run(act.service, shipment=record, by=current_actor(), at=now())
        if found is None:
            return _small(act, record, form), form.status
        asked = act.asks and found.state == before
        flash(label(f"shipment.{'ask_' if asked else ''}{act.name}.done"))
        return redirect(address(record), 303)

    guard, rule = requires(act.permission, load=find), f"{ONE}/{act.name.replace('_', '-')}"
    bp.add_url_rule(rule, endpoint=f"shipment_{act.name}_page", view_func=guard(show), methods=["GET"])
    bp.add_url_rule(rule, endpoint=f"shipment_{act.name}", view_func=guard(take), methods=["POST"])


for _act in ACTS:
    _add(_act)


LINE = f"{ONE}/lines/<string(maxlength=4):number>/link"


def _link_form(place: Place) -> forms.LinkForm:
    record = place.shipment
    found = linkable(current_actor(), record.agency_id, record.recipient_id, place.line.sent)
    return forms.LinkForm(pledges=found, data={"version": record.version})


def _link_page(place: Place, form: forms.LinkForm) -> str:
    return render_template("shipments/link.html", shipment=place.shipment, line=place.line, form=form)


@bp.get(LINE)
@requires(Shipments.LINK, load=load_line)
def link(place: Place) -> str:
    return _link_page(place, _link_form(place))


@bp.post(LINE)
@requires(Shipments.LINK, load=load_line)
def link_post(place: Place) -> ResponseReturnValue:
    form = _link_form(place)
    context = {"shipment": place.shipment, "number": place.line.number, "by": current_actor(), "at": now()}
    if form.run(services.link, **context) is None:
        return _link_page(place, form), form.status
    flash(label("shipment.link.done"))
    return redirect(address(place.shipment), 303)


@bp.errorhandler(ShipmentMoved)
def moved(refusal: ShipmentMoved) -> ResponseReturnValue:
    """What stands now, who did it and when; and the same form with what was typed, where it can still be sent."""
    record = _again(refusal.ref)
    last = history_of(SHIPMENT.name, record.id)[0]
    agency = db.session.get(Agency, last.agency_id) if last.agency_id else None
    act = _act_of_page()
    form = _form(act, record) if act and act.open(record) else None
    if form is not None and "version" in form:
        form["version"].data = record.version
    page = render_template("shipments/moved.html", shipment=record, change=last, agency=agency, act=act, form=form,
                           typed=request.form.get("reason", ""))  # fmt: skip
    return page, 409


@bp.errorhandler(NothingLeft)
def nothing_left(refusal: NothingLeft) -> ResponseReturnValue:
    """Another shipment took the units first: this one has not left, and can be changed."""
    record = _again((request.view_args or {})["ref"])
    number = (refusal.problems[0].field or "").removeprefix("lines-")
    line = next((one for one in record.lines if str(one.number) == number), None)
    return render_template("shipments/left.html", shipment=record, line=line, remaining=refusal.remaining), 409


def _again(ref: str) -> Shipment:
    db.session.rollback()
    db.session.expire_all()
    record = find(current_actor(), ref)
    if record is None:
        raise LookupError(ref)
    return record


def _act_of_page() -> Act | None:
    return next((one for one in ACTS if request.endpoint == f"shipments.shipment_{one.name}"), None)
