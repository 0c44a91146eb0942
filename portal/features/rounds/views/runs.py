"""Runs of a round: all of them with the form for another; one of them, which shows how far it is while it works."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.features.rounds import services
from portal.features.rounds.domain.commands import ChooseRun, KeepAll
from portal.features.rounds.domain.lifecycle import RUNNABLE, RoundState
from portal.features.rounds.domain.vocabulary import RunStanding, Stage
from portal.features.rounds.forms import RunForm
from portal.features.rounds.models import Round, Run
from portal.features.rounds.policy import Rounds
from portal.features.rounds.queries import runs as read
from portal.features.rounds.queries.rounds import find
from portal.features.rounds.views.blueprint import address, bp, load
from portal.features.rounds.views.drawing import REFRESH, asks_again
from portal.infra.db import now
from portal.kernel.contract import decode
from portal.kernel.policy import Actor
from portal.web.access import current_actor, requires
from portal.web.i18n import gettext as _
from portal.web.labels import label


@dataclass(frozen=True, slots=True)
class OneRun:
    """A run with its round, as an address names them."""

    round: Round
    run: Run


def load_run(actor: Actor | None, ref: str, number: int) -> OneRun | None:
    round_ = find(actor, ref)
    run = read.run_of(round_, number) if round_ else None
    return OneRun(round_, run) if round_ and run else None


@bp.get("/rounds/<string(maxlength=20):ref>/runs")
@requires(Rounds.REVIEW, load=load)
def all_runs(round_: Round) -> str:
    last = read.last_good(round_)
    return _page(round_, RunForm(data=last.policy if last else round_.policy))


@bp.post("/rounds/<string(maxlength=20):ref>/runs")
@requires(Rounds.RUN, load=load)
def start(round_: Round) -> ResponseReturnValue:
    form, at = RunForm(), now()
    run = form.run(services.start, round_=round_, by=current_actor(), at=at)
    if run is None:
        return _page(round_, form), form.status
    if run.wanted_at != at:
        flash(_("A run was on its way already, so no second one was started. This is that run, with its own rules."))
    return redirect(url_for("rounds.one_run", ref=round_.ref, number=run.number), 303)


def _page(round_: Round, form: RunForm) -> str:
    at = now()
    return render_template(
        "rounds/runs.html",
        round=round_,
        form=form,
        runs=[(run, run.standing(at)) for run in read.runs_of(round_)],
        may_run=round_.state in RUNNABLE,
        may_choose=round_.state == RoundState.MATCHED,
        published_rules=round_.rules,
    )


@bp.get("/rounds/<string(maxlength=20):ref>/runs/<int(max=99999):number>")
@requires(Rounds.REVIEW, load=load_run)
def one_run(subject: OneRun) -> ResponseReturnValue:
    run, round_ = subject.run, subject.round
    standing = run.standing(now())
    on_its_way = standing in {RunStanding.WAITING, RunStanding.WORKING}
    page = render_template(
        "rounds/run.html",
        round=round_,
        run=run,
        standing=standing,
        on_its_way=on_its_way,
        steps=_steps(run),
        figures=run.figures,
        may_choose=round_.state == RoundState.MATCHED and run.done,
        others=[other for other in read.runs_of(round_) if other.done and other.number != run.number],
        seconds=REFRESH,
    )
    return asks_again(page) if on_its_way else page


def _steps(run: Run) -> list[tuple[str, str]]:
    """The steps of a run, each done, now or next."""
    order = list(Stage)
    at = order.index(run.stage) if run.stage else -1
    place = lambda index: "ok" if index < at else "now" if index == at else ""  # noqa: E731
    return [(label(stage), place(index)) for index, stage in enumerate(order)]


@bp.post("/rounds/<string(maxlength=20):ref>/choose")
@requires(Rounds.CHOOSE, load=load)
def choose(round_: Round) -> ResponseReturnValue:
    services.choose(_decoded(ChooseRun), round_, by=current_actor(), at=now())
    flash(label("round.review.done"))
    return redirect(address(round_), 303)


@bp.post("/rounds/<string(maxlength=20):ref>/keep-all")
@requires(Rounds.MARK, load=load)
def keep_all(round_: Round) -> ResponseReturnValue:
    services.keep_all(_decoded(KeepAll), round_, by=current_actor(), at=now())
    flash(label("round.keep.done"))
    return redirect(address(round_), 303)


def _decoded(command: Any) -> Any:
    return decode(command, {name: request.form.get(name) for name in command.model_fields})
