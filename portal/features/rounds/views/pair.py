"""An offer and a need of a round side by side: why they were brought together or why not; keep, lock, rule out."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.models import Post
from portal.features.exchanges.queries import find as find_post
from portal.features.matches.queries import fits
from portal.features.matches.views.comparing import rows
from portal.features.rounds import services
from portal.features.rounds.domain.commands import KeepPair, LiftMark
from portal.features.rounds.domain.lifecycle import HOLDING
from portal.features.rounds.forms import MarkForm
from portal.features.rounds.models import Round, Run
from portal.features.rounds.policy import Rounds
from portal.features.rounds.queries import runs as read
from portal.features.rounds.queries.compared import why_not
from portal.features.rounds.queries.enrolled import place_in
from portal.features.rounds.queries.rounds import find
from portal.features.rounds.views import words
from portal.features.rounds.views.blueprint import address, bp, load, run_asked_for
from portal.infra.db import db, now
from portal.kernel.contract import decode
from portal.kernel.errors import Stale
from portal.kernel.policy import Actor
from portal.web.access import current_actor, requires
from portal.web.labels import label


class Both:
    """A round with an offer and a need that take part in it."""

    def __init__(self, round_: Round, offer: Post, need: Post) -> None:
        self.round, self.offer, self.need = round_, offer, need


def load_both(actor: Actor | None, ref: str) -> Both | None:
    """The two posts that the address, or the form, names; None unless this actor sees both and both take part."""
    round_ = find(actor, ref)
    posts = [find_post(actor, request.values.get(kind.value, ""), kind) for kind in PostKind]
    if round_ is None or not all(post and place_in(round_, post.id) for post in posts):
        return None
    offer, need = posts
    return Both(round_, offer, need) if offer and need else None


@bp.get("/rounds/<string(maxlength=20):ref>/pair")
@requires(Rounds.REVIEW, load=load_both)
def pair(both: Both) -> str:
    return _page(both, MarkForm(data={"offer": both.offer.ref, "need": both.need.ref, "seen": _seen(both)}))


@bp.post("/rounds/<string(maxlength=20):ref>/pair")
@requires(Rounds.MARK, load=load_both)
def mark(both: Both) -> ResponseReturnValue:
    form = MarkForm()
    try:
        made = form.run(services.mark, round_=both.round, by=current_actor(), at=now())
    except Stale as refusal:
        db.session.rollback()
        form.show_all(refusal.problems)
        form.seen.data = _seen(both)
        return _page(both, form), HTTPStatus.CONFLICT
    if made is None:
        return _page(both, form), form.status
    flash(label(f"round.{made.kind.value}.done"))
    return redirect(_address(both), 303)


@bp.post("/rounds/<string(maxlength=20):ref>/lift")
@requires(Rounds.MARK, load=load_both)
def lift(both: Both) -> ResponseReturnValue:
    services.lift(_decoded(LiftMark), both.round, by=current_actor(), at=now())
    flash(label("round.lift.done"))
    return redirect(_address(both), 303)


@bp.post("/rounds/<string(maxlength=20):ref>/keep")
@requires(Rounds.MARK, load=load)
def keep(round_: Round) -> ResponseReturnValue:
    services.keep_pair(_decoded(KeepPair), round_, by=current_actor(), at=now())
    flash(label("round.keep.done"))
    return redirect(address(round_), 303)


def _page(both: Both, form: MarkForm) -> str:
    round_ = both.round
    run = run_asked_for(round_, request.args.get("run", ""))
    found = read.pair_of(run, both.offer.id, both.need.id) if run else None
    compared = fits.compared(both.offer, both.need)
    return render_template(
        "rounds/pair.html",
        round=round_,
        run=run,
        pair=found,
        offer=both.offer,
        need=both.need,
        comparison=rows(compared),
        why_not=_why_not(run, both) if found is None else [],
        mark=read.mark_on(round_, both.offer.id, both.need.id),
        form=form,
        may_mark=round_.state in HOLDING,
    )


def _seen(both: Both) -> int:
    mark = read.mark_on(both.round, both.offer.id, both.need.id)
    return mark.id if mark else 0


def _why_not(run: Run | None, both: Both) -> Sequence[str]:
    answer = why_not(run, both.need.ref, both.offer.ref) if run else None
    return words.why_not(answer) if answer else []


def _address(both: Both) -> str:
    return url_for("rounds.pair", ref=both.round.ref, offer=both.offer.ref, need=both.need.ref)


def _decoded(command: Any) -> Any:
    return decode(command, {name: request.form.get(name) for name in command.model_fields})
