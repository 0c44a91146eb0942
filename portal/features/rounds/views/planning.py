"""The form of a plan: when a round opens and closes, how long answers take, and the rules that are published with it."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.features.rounds import services
from portal.features.rounds.forms import PlanForm
from portal.features.rounds.models import Round
from portal.features.rounds.policy import Rounds
from portal.features.rounds.views.blueprint import address, bp, load
from portal.infra.db import now
from portal.web.access import current_actor, requires
from portal.web.labels import label


@bp.get("/rounds/plan")
@requires(Rounds.PLAN)
def plan_page() -> str:
    return _form(PlanForm(data={"mode": "optimal", "look_below": 66, "answer_days": 14}), None)


@bp.post("/rounds/plan")
@requires(Rounds.PLAN)
def plan() -> ResponseReturnValue:
    form = PlanForm()
    round_ = form.run(services.plan, by=current_actor(), at=now())
    if round_ is None:
        return _form(form, None), form.status
    flash(label("round.begin.done"))
    return redirect(address(round_), 303)


@bp.get("/rounds/<string(maxlength=20):ref>/plan")
@requires(Rounds.CHANGE, load=load)
def change_page(round_: Round) -> str:
    return _form(PlanForm(data=_typed(round_)), round_)


@bp.post("/rounds/<string(maxlength=20):ref>/plan")
@requires(Rounds.CHANGE, load=load)
def change(round_: Round) -> ResponseReturnValue:
    form = PlanForm()
    if form.run(services.change, round_=round_, by=current_actor(), at=now()) is None:
        return _form(form, round_), form.status
    flash(label("round.change.done"))
    return redirect(address(round_), 303)


def _form(form: PlanForm, round_: Round | None) -> str:
    back = address(round_) if round_ else url_for("rounds.index")
    return render_template("rounds/plan.html", form=form, round=round_, back_url=back)


def _typed(round_: Round) -> dict[str, Any]:
    return {
        **round_.policy,
        "opens_on": round_.opens_at.date(),
        "closes_on": round_.closes_at.date(),
        "review_until": round_.review_until,
        "answer_days": round_.answer_days,
    }
