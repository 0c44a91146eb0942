"""What is done with a request that is written: due diligence, questions, changes, closing, disclosure."""

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.features.assistance import services
from portal.features.assistance.domain.diligence import clearance
from portal.features.assistance.domain.disclosure import NAMED_ONLY, OPEN_LABELS
from portal.features.assistance.forms import (
    AnswerForm,
    AskForm,
    CloseForm,
    DiligenceForm,
    DisclosureForm,
    ReleaseForm,
    TakeBackForm,
)
from portal.features.assistance.models import Request
from portal.features.assistance.policy import Requests
from portal.features.assistance.queries import find
from portal.features.assistance.queries.records import diligence, released_to
from portal.features.assistance.views.blueprint import ONE, address, bp
from portal.features.assistance.views.drawing import field_name
from portal.features.assistance.views.requests import page
from portal.features.assistance.views.steps import step_address
from portal.infra.db import now
from portal.web.access import current_actor, requires
from portal.web.labels import label


def _done(request: Request, step: str) -> ResponseReturnValue:
    flash(label(f"request.{step}.done"))
    return redirect(address(request), 303)


# ------------------------------------------------------------------------------------------------ due diligence


@bp.get(f"{ONE}/diligence", endpoint="request_diligence")
@requires(Requests.DILIGENCE, load=find)
def diligence_page(request: Request) -> ResponseReturnValue:
    return _diligence(request, DiligenceForm())


@bp.post(f"{ONE}/diligence", endpoint="request_record_diligence")
@requires(Requests.DILIGENCE, load=find)
def record_diligence(request: Request) -> ResponseReturnValue:
    form = DiligenceForm()
    if form.run(services.record_diligence, request=request, by=current_actor(), at=now()):
        return _done(request, "record_diligence")
    return _diligence(request, form)


def _diligence(request: Request, form: DiligenceForm) -> ResponseReturnValue:
    words = render_template(
        "assistance/diligence.html",
        request=request,
        form=form,
        records=diligence(request.id),
        clearance=clearance(request, now().date()),
    )
    return words, form.status


# ------------------------------------------------------------------------------------------ questions and answers


@bp.post(f"{ONE}/ask", endpoint="request_ask")
@requires(Requests.ASK, load=find)
def ask(request: Request) -> ResponseReturnValue:
    form = AskForm(written=_written())
    if form.run(services.ask, request=request, by=current_actor(), at=now()):
        return _done(request, "ask")
    return page(request, ask=form)


@bp.post(f"{ONE}/answer", endpoint="request_answer")
@requires(Requests.ANSWER, load=find)
def answer(request: Request) -> ResponseReturnValue:
    form = AnswerForm(written=_written())
    if form.run(services.answer, request=request, by=current_actor(), at=now()):
        return _done(request, "answer")
    return page(request, reply=form)


def _written() -> list[str]:
    return [one["language"] for one in g.membership.agency.languages]


# -------------------------------------------------------------------------------------------------------- changes


@bp.post(f"{ONE}/amend", endpoint="request_amend")
@requires(Requests.AMEND, load=find)
def amend(request: Request) -> ResponseReturnValue:
    services.begin_amendment(request, by=current_actor(), at=now())
    return redirect(step_address(request, "who"), 303)


@bp.post(f"{ONE}/discard", endpoint="request_discard")
@requires(Requests.AMEND, load=find)
def discard(request: Request) -> ResponseReturnValue:
    services.discard_amendment(request, by=current_actor(), at=now())
    return redirect(address(request), 303)


@bp.get(f"{ONE}/close", endpoint="request_close")
@requires(Requests.CLOSE, load=find)
def close_page(request: Request) -> ResponseReturnValue:
    request.lifecycle.step(request.state, "close_unmet")
    return _close(request, CloseForm())


@bp.post(f"{ONE}/close", endpoint="request_close_post")
@requires(Requests.CLOSE, load=find)
def close(request: Request) -> ResponseReturnValue:
    form = CloseForm()
    if form.run(services.close, request=request, by=current_actor(), at=now()):
        return _done(request, f"close_{'partly' if form.partly.data == 'yes' else 'unmet'}")
    return _close(request, form)


def _close(request: Request, form: CloseForm) -> ResponseReturnValue:
    return render_template("assistance/close.html", request=request, form=form), form.status


# ----------------------------------------------------------------------------------------------------- disclosure


@bp.get(f"{ONE}/disclosure", endpoint="request_disclosure")
@requires(Requests.RELEASE, load=find)
def disclosure_page(request: Request) -> ResponseReturnValue:
    return _disclosure(request)


@bp.post(f"{ONE}/disclosure", endpoint="request_set_disclosure")
@requires(Requests.LABEL, load=find)
def set_disclosure(request: Request) -> ResponseReturnValue:
    form = _disclosure_form(request)
    if form.run(lambda command, **context: (services.set_disclosure(command, **context), True), **_context(request)):
        flash(label("request.set_disclosure.done"))
        return redirect(url_for("assistance.request_disclosure", ref=request.ref), 303)
    return _disclosure(request, fields=form)


@bp.post(f"{ONE}/release", endpoint="request_release")
@requires(Requests.RELEASE, load=find)
def release(request: Request) -> ResponseReturnValue:
    form = ReleaseForm()
    if form.run(services.release, **_context(request)):
        flash(label("request.release.done"))
        return redirect(url_for("assistance.request_disclosure", ref=request.ref), 303)
    return _disclosure(request, names=form)


@bp.post(f"{ONE}/take-back", endpoint="request_take_back")
@requires(Requests.RELEASE, load=find)
def take_back(request: Request) -> ResponseReturnValue:
    form = TakeBackForm()
    if form.run(services.take_back, **_context(request)):
        flash(label("request.take_back.done"))
        return redirect(url_for("assistance.request_disclosure", ref=request.ref), 303)
    return _disclosure(request, taken=form)


def _context(request: Request) -> dict[str, object]:
    return {"request": request, "by": current_actor(), "at": now()}


def _disclosure_form(request: Request) -> DisclosureForm:
    return DisclosureForm(lines=[(line.field, field_name(line.field)) for line in request.live_lines])


def _disclosure(
    request: Request,
    *,
    fields: DisclosureForm | None = None,
    names: ReleaseForm | None = None,
    taken: TakeBackForm | None = None,
) -> ResponseReturnValue:
    fields, names = fields or _disclosure_form(request), names or ReleaseForm(data={})
    words = render_template(
        "assistance/disclosure.html",
        request=request,
        fields=fields,
        names=names,
        taken=taken,
        released=released_to(request.id),
        by_name=request.label in NAMED_ONLY,
        open_to_all=request.label in OPEN_LABELS,
        rules=request.rules,
    )
    return words, max(form.status for form in (fields, names, taken) if form is not None)
