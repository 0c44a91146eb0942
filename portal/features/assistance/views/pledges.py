"""The list of pledges, the page of one, and every act on it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from portal.features.agencies.models import Agency
from portal.features.assistance import exports, services
from portal.features.assistance.domain.lifecycles import PLEDGE, PledgeState
from portal.features.assistance.domain.moved import PledgeMoved
from portal.features.assistance.domain.pledging import QUESTIONS, AskOda
from portal.features.assistance.domain.route import STATES, Box
from portal.features.assistance.domain.vocabulary import SERVICES
from portal.features.assistance.forms import pledging as forms
from portal.features.assistance.models import Pledge, Request
from portal.features.assistance.policy import Pledges
from portal.features.assistance.queries.pledges import WITH_PARTIES, deliveries_of, find_pledge, pledges_seen
from portal.features.assistance.queries.records import with_seen
from portal.features.assistance.queries.reporting import part_of, used_in
from portal.features.assistance.views.pledge_blueprint import ONE, address, bp
from portal.features.documents.queries import live_of
from portal.features.rates.queries import reporting_currency
from portal.infra.db import db, now
from portal.infra.history import history_of
from portal.infra.tables import FORMATS, as_table
from portal.kernel.contract import decode
from portal.web.access import allows, current_actor, requires
from portal.web.downloads import attached
from portal.web.forms import CommandForm
from portal.web.labels import label
from portal.web.pagination import Key, paged


@bp.get("/pledges", endpoint="pledges")
@requires(Pledges.LIST)
def index() -> str:
    actor = current_actor()
    box = Box(request.args["box"]) if request.args.get("box") in {one.value for one in Box} else Box.ALL
    query = select(Pledge).join(Request, Request.id == Pledge.request_id).where(pledges_seen(actor))
    if box in STATES:
        query = query.where(Pledge.state.in_(sorted(STATES[box])))
    page = paged(query.options(*WITH_PARTIES).add_columns(Pledge.id), [Key(Pledge.id, descending=True)])
    for row in page.rows:
        with_seen(row[0].request, actor)
    return render_template("assistance/pledges/list.html", page=page, box=box, boxes=list(Box), actor=actor)


@bp.get("/pledges/export.<any(csv, xlsx):form>")
@requires(Pledges.LIST)
def export(form: str) -> Response:
    """What this reader sees in the list, newest first."""
    query = select(Pledge).join(Request, Request.id == Pledge.request_id).where(pledges_seen(current_actor()))
    rows = db.session.scalars(query.options(*WITH_PARTIES).order_by(Pledge.id.desc()).limit(exports.MOST_REQUESTS))
    found = [exports.pledge_cells(record) for record in rows]
    body = as_table(form, exports.OF_PLEDGE, found, sheet="pledges", figures=exports.FIGURES)
    return attached(f"pledges.{form}", body, FORMATS[form])


@bp.get(ONE)
@requires(Pledges.READ, load=find_pledge)
def pledge(record: Pledge) -> str:
    return _page(record)


def _page(record: Pledge) -> str:
    actor, part = current_actor(), part_of(record)
    return render_template(
        "assistance/pledges/pledge.html",
        pledge=record,
        actor=actor,
        shown=record.request.shows(actor, record.line.field),
        acts=[act for act in ACTS if act.open(record)],
        deliveries=deliveries_of(record.id),
        part=part,
        used=used_in([part]),
        currency=reporting_currency(),
    )


@dataclass(frozen=True, slots=True)
class Act:
    """A page with one short form: what it does, who may, when, and the service behind it."""

    name: str
    permission: Pledges
    form: Callable[..., CommandForm[Any]]
    service: Callable[..., Any]
    done: str
    when: Callable[[Pledge], bool] = lambda _pledge: True

    def open(self, record: Pledge) -> bool:
        """Whether this record offers it to this reader now."""
        transition = PLEDGE.transitions.get(self.name)
        possible = transition is None or record.state in transition.sources
        return possible and not record.frozen and self.when(record) and allows(self.permission, record)


def _delivers(record: Pledge) -> bool:
    """While something of a service is neither delivered nor waiting for the recipient's answer."""
    if record.state != PledgeState.COMMITTED or record.line.kind not in SERVICES:
        return False
    return services.undelivered(record) > 0


def _reducing(record: Pledge) -> bool:
    return record.reduce_to is not None


ACTS = (
    Act("accept", Pledges.ACCEPT, forms.AcceptForm, services.accept, "accept"),
    Act("decline", Pledges.DECLINE, forms.DeclineForm, services.decline_pledge, "decline"),
    Act("commit", Pledges.COMMIT, forms.CommitForm, services.commit, "commit"),
    Act("withdraw", Pledges.WITHDRAW, forms.WithdrawForm, services.withdraw_pledge, "withdraw"),
    Act("reduce", Pledges.REDUCE, forms.ReduceForm, services.ask_reduction, "ask_reduction"),
    Act("answer_reduction", Pledges.AGREE_REDUCTION, forms.AnswerReductionForm, services.answer_reduction,
        "reduce", _reducing),
    Act("dispute", Pledges.DISPUTE, forms.DisputeForm, services.dispute, "dispute"),
    Act("settle", Pledges.SETTLE, forms.SettleForm, services.settle, "settle"),
    Act("close_short", Pledges.CLOSE_SHORT, forms.CloseShortForm, services.close_short, "ask_close"),
    Act("record_service", Pledges.RECORD_SERVICE, forms.RecordForm, services.record_service, "record_service",
        _delivers),
    Act("confirm_service", Pledges.CONFIRM_SERVICE, forms.ConfirmForm, services.confirm_service, "confirm_service",
        lambda _pledge: False),
)  # fmt: skip


def _form(act: Act, record: Pledge) -> CommandForm[Any]:
    start = {"version": record.version, "number": request.args.get("number", "")}
    if act.form is forms.CommitForm:
        attached = [(one.key, one.title) for one in live_of(PLEDGE.name, record.ref)]
        return act.form(data=start, attached=attached)
    return act.form(data=start)


def _small(act: Act, record: Pledge, form: CommandForm[Any], **more: Any) -> str:
    recorded = _recorded(record, form) if act.form is forms.ConfirmForm else None
    return render_template(
        "assistance/pledges/small.html", act=act, pledge=record, form=form, recorded=recorded, **more
    )


def _recorded(record: Pledge, form: CommandForm[Any]) -> Any:
    """The delivery that the recipient answers for."""
    number = str(form["number"].data or "")
    return next((one for one in deliveries_of(record.id) if str(one.number) == number), None)


def _add(act: Act) -> None:
    def show(record: Pledge) -> str:
        return _small(act, record, _form(act, record))

    def take(record: Pledge) -> ResponseReturnValue:
        form = _form(act, record)
        if form.run(act.service, pledge=record, by=current_actor(), at=now()) is None:
            return _small(act, record, form), form.status
        flash(label(f"pledge.{act.done}.done"))
        return redirect(address(record), 303)

    guard, rule = requires(act.permission, load=find_pledge), f"{ONE}/{act.name.replace('_', '-')}"
    bp.add_url_rule(rule, endpoint=f"pledge_{act.name}_page", view_func=guard(show), methods=["GET"])
    bp.add_url_rule(rule, endpoint=f"pledge_{act.name}", view_func=guard(take), methods=["POST"])


for _act in ACTS:
    _add(_act)


@bp.errorhandler(PledgeMoved)
def moved(refusal: PledgeMoved) -> ResponseReturnValue:
    """What stands now, who did it and when; and the same form with what was typed, where it can still be sent."""
    db.session.rollback()
    record = find_pledge(current_actor(), refusal.ref)
    if record is None:
        raise LookupError(refusal.ref)
    db.session.refresh(record)
    last = history_of(PLEDGE.name, record.id)[0]
    agency = db.session.get(Agency, last.agency_id) if last.agency_id else None
    act = next((one for one in ACTS if request.endpoint == f"pledges.pledge_{one.name}"), None)
    form = _form(act, record) if act and act.open(record) else None
    if form is not None and "version" in form:
        form["version"].data = record.version
    page = render_template("assistance/pledges/moved.html", pledge=record, change=last, agency=agency, act=act,
                           form=form, typed=request.form.get("reason", ""))  # fmt: skip
    return page, 409


@bp.get(f"{ONE}/oda")
@requires(Pledges.ODA, load=find_pledge)
def oda(record: Pledge) -> str:
    return _oda(record)


def _oda(record: Pledge, form: forms.OdaForm | None = None) -> str:
    """First the five questions; once they are answered, what they suggest and the donor's own decision.

    What was answered before stands in the page until it is answered anew.
    """
    source = request.form if request.method == "POST" else request.args
    kept = {name: "yes" if yes else "no" for name, yes in (record.oda_answers or {}).items()} if not source else {}
    given = {name: source.get(name, kept.get(name, "")) for name in QUESTIONS}
    suggestion = None
    if all(answer in {"yes", "no"} for answer in given.values()):
        suggestion = decode(AskOda, given).suggestion
        decided = {"flow_type": record.oda_flow, "note": record.oda_note} if kept else {}
        form = form or forms.OdaForm(data=given | decided)
    return render_template("assistance/pledges/oda.html", pledge=record, questions=QUESTIONS, given=given,
                           suggestion=suggestion, form=form)  # fmt: skip


@bp.post(f"{ONE}/oda")
@requires(Pledges.ODA, load=find_pledge)
def oda_post(record: Pledge) -> ResponseReturnValue:
    form = forms.OdaForm()
    if form.run(services.answer_oda, pledge=record, by=current_actor(), at=now()) is None:
        return _oda(record, form), form.status
    flash(label("pledge.answer_oda.done"))
    return redirect(address(record), 303)
