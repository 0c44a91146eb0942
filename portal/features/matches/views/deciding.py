"""Answers to a proposal: accept at a press; decline, withdraw, ask and answer on a small page of their own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.features.matches import services
from portal.features.matches.domain.commands import Accept
from portal.features.matches.domain.lifecycle import ProposalState
from portal.features.matches.forms import AnswerForm, AskForm, DeclineForm, WithdrawForm
from portal.features.matches.models import Proposal, Question
from portal.features.matches.policy import Matches
from portal.features.matches.queries import proposals as read
from portal.features.matches.views import showing
from portal.features.matches.views.blueprint import bp
from portal.infra.db import now
from portal.kernel.contract import decode
from portal.web.access import current_actor, requires
from portal.web.forms import CommandForm
from portal.web.i18n import later as _
from portal.web.labels import label


@bp.post("/proposals/<string(maxlength=20):ref>/accept")
@requires(Matches.ACCEPT, load=showing.load)
def accept(proposal: Proposal) -> ResponseReturnValue:
    """Consent to the version that was on the screen."""
    command = decode(Accept, {name: request.form.get(name) for name in Accept.model_fields})
    accepted = services.accept(command, proposal, by=current_actor(), at=now())
    outcome = {ProposalState.CONFIRMED: "confirm", ProposalState.WAITING: "wait"}.get(accepted.state, "accept")
    flash(label(f"proposal.{outcome}.done"), "warn" if outcome == "wait" else "ok")
    return redirect(showing.address(accepted), 303)


@dataclass(frozen=True, slots=True)
class SmallPage:
    """A page with one short form: what it is called, what it does, and the service behind it."""

    name: str
    permission: Matches
    form: Callable[..., CommandForm[Any]]
    service: Callable[..., Any]
    title: str
    button: str


PAGES = (
    SmallPage(
        "decline", Matches.DECLINE, DeclineForm, services.decline, _("Decline this proposal"), _("Decline the proposal")
    ),
    SmallPage(
        "withdraw", Matches.WITHDRAW, WithdrawForm, services.withdraw, _("Withdraw this proposal"),
        _("Withdraw the proposal"),
    ),
    SmallPage("ask", Matches.ASK, AskForm, services.ask, _("Ask the other agency"), _("Send the question")),
    SmallPage("answer", Matches.ANSWER, AnswerForm, services.answer, _("Answer the question"), _("Send the answer")),
)  # fmt: skip


def _show(page: SmallPage, proposal: Proposal, form: CommandForm[Any]) -> str:
    return render_template(
        "matches/small.html",
        proposal=proposal,
        form=form,
        title=page.title,
        button=page.button,
        question=_question(proposal, form),
        back_url=showing.address(proposal),
    )


def _question(proposal: Proposal, form: CommandForm[Any]) -> Question | None:
    if "question" not in form:
        return None
    return next((q for q in read.questions(proposal) if str(q.number) == str(form["question"].data)), None)


def _form(page: SmallPage) -> CommandForm[Any]:
    if page.form in (AskForm, AnswerForm):
        data = {"question": request.args.get("question", "")}
        return page.form(written=showing.written_languages(), data=data)
    return page.form()


def _add_pages(page: SmallPage) -> None:
    def show(proposal: Proposal) -> str:
        return _show(page, proposal, _form(page))

    def take(proposal: Proposal) -> ResponseReturnValue:
        form = _form(page)
        if form.run(page.service, proposal=proposal, by=current_actor(), at=now()) is None:
            return _show(page, proposal, form), form.status
        flash(label(f"proposal.{page.name}.done"))
        return redirect(showing.address(proposal), 303)

    rule = f"/proposals/<string(maxlength=20):ref>/{page.name}"
    guard = requires(page.permission, load=showing.load)
    bp.add_url_rule(rule, endpoint=f"{page.name}_page", view_func=guard(show), methods=["GET"])
    bp.add_url_rule(rule, endpoint=page.name, view_func=guard(take), methods=["POST"])


for _page in PAGES:
    _add_pages(_page)
