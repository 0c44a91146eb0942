"""Sending a round: the page that names the effect, the step itself, and how far it is."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.features.rounds import services
from portal.features.rounds.domain.lifecycle import ROUND
from portal.features.rounds.models import Round, Sending
from portal.features.rounds.policy import Rounds
from portal.features.rounds.queries.runs import delivery, sending_of
from portal.features.rounds.views.blueprint import address, bp, load
from portal.infra.db import now
from portal.web.access import current_actor, requires
from portal.web.i18n import gettext as _
from portal.web.labels import label
from portal.web.transitions import WhyForm


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the proposals are on the table. `stopped`: the job was killed, and another has not gone on yet."""

    done: int
    whole: int
    stopped: bool

    @property
    def percent(self) -> int:
        return 100 * self.done // self.whole if self.whole else 0


def progress(round_: Round) -> Progress | None:
    """Of what is being sent just now."""
    sending = sending_of(round_) if round_.holding else None
    if sending is None:
        return None
    told = delivery(sending)
    return Progress(told.sent + told.lost, told.pairs, sending.silent(now()))


@bp.get("/rounds/<string(maxlength=20):ref>/send", endpoint="round_send_page")
@requires(Rounds.SEND, load=load)
def ask(round_: Round) -> ResponseReturnValue:
    ROUND.step(round_.state, "send")
    return _asks(round_, WhyForm(asks=False))


@bp.post("/rounds/<string(maxlength=20):ref>/send", endpoint="round_send")
@requires(Rounds.SEND, load=load)
def send(round_: Round) -> ResponseReturnValue:
    form = WhyForm(asks=False)
    if form.run(_send, round_=round_, by=current_actor(), at=now()) is None:
        return _asks(round_, form), form.status
    flash(_("The proposals are on their way. This page shows how far they are."))
    return redirect(address(round_), 303)


def _send(_why: Any, *, round_: Round, **context: Any) -> Sending:
    return services.send(round_, **context)


def _asks(round_: Round, form: WhyForm) -> str:
    return render_template(
        "confirm.html",
        title=label("round.send"),
        effect=label("round.send.effect"),
        subject=round_,
        form=form,
        url=url_for("rounds.round_send", ref=round_.ref),
        back_url=address(round_),
        asks_reason=False,
    )
