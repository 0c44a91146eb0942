"""The list of rounds; the page of one, for whoever reviews it and for agencies; and what a proposal says of its round."""

from collections.abc import Mapping
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.matches.domain.lifecycle import Side
from portal.features.matches.models import Proposal
from portal.features.rounds import services
from portal.features.rounds.domain.figures import for_everyone
from portal.features.rounds.domain.lifecycle import ROUND, RoundState
from portal.features.rounds.models import Round, Run, RunLeft, RunPair
from portal.features.rounds.policy import Rounds
from portal.features.rounds.queries import enrolled, own, runs
from portal.features.rounds.queries.counting import brought
from portal.features.rounds.queries.rounds import visible
from portal.features.rounds.services import Place
from portal.features.rounds.views import own_words, words
from portal.features.rounds.views.blueprint import address, bp, load
from portal.features.rounds.views.drawing import REFRESH, asks_again, route
from portal.features.rounds.views.sending import progress
from portal.infra.db import db, now
from portal.web.access import allows, current_actor, optional_actor, requires
from portal.web.pagination import Key, paged
from portal.web.transitions import add_transition_routes

MOST_TO_LOOK_AT = 8
MOST_LEFT = 8
MAIN = {RoundState.PLANNED: "open", RoundState.OPEN: "close", RoundState.CONSENT: "publish"}


@bp.get("/rounds")
@requires(Rounds.LIST)
def index() -> ResponseReturnValue:
    query = visible(current_actor()).add_columns(Round.number, Round.id)
    page = paged(query, [Key(Round.number, descending=True), Key(Round.id, descending=True)])
    return render_template("rounds/index.html", page=page)


@bp.get("/rounds/<string(maxlength=20):ref>")
@requires(Rounds.READ, load=load)
def show(round_: Round) -> ResponseReturnValue:
    return _review(round_) if allows(Rounds.REVIEW, round_) else _own(round_)


def _review(round_: Round) -> ResponseReturnValue:
    run = runs.last_good(round_)
    stages, at = route(round_, run)
    sending = progress(round_)
    page = render_template(
        "rounds/review.html",
        round=round_,
        run=run,
        stages=stages,
        now_at=at,
        lifecycle=ROUND,
        main=MAIN.get(round_.state, ""),
        notice=_notice(round_),
        sending=sending,
        seconds=REFRESH,
        brought=brought(round_),
        **(_of_run(round_, run) if run else {}),
    )
    return asks_again(page) if sending else page


def _of_run(round_: Round, run: Run) -> dict[str, Any]:
    """What the page says of the run that is on the table."""
    look = runs.pairs_of(run, runs.Narrow(look=True)).order_by(RunPair.score, RunPair.id).limit(MOST_TO_LOOK_AT)
    left = runs.left_of(run, PostKind.NEED).order_by(RunLeft.times.desc(), RunLeft.id).limit(MOST_LEFT)
    before = runs.before(run)
    figures: Mapping[str, Any] = run.figures or {}
    return {
        "figures": figures,
        "scores": scores(figures),
        "more_pairs": figures["pairs"] - before.figures["pairs"] if before and before.figures else None,
        "before": before,
        "to_look": db.session.scalars(look).all(),
        "look_count": runs.count_to_look(run),
        "left": db.session.scalars(left).all(),
        "left_count": runs.count_left(run, PostKind.NEED),
        "again": runs.empty_again(run),
        "marks": runs.marks_of(round_),
        "sent_pairs": round_.sent,
    }


def _notice(round_: Round) -> tuple[str, Run] | None:
    """A run that is on its way, or the last one when it failed."""
    at = now()
    newest = next(iter(runs.runs_of(round_)[:1]), None)
    if newest is None or newest.done:
        return None
    return newest.standing(at).value, newest


def _own(round_: Round) -> str:
    actor = current_actor()
    stages, at = route(round_, None)
    places = enrolled.own(actor, round_)
    opened = round_.state == RoundState.OPEN
    figures = for_everyone(round_.figures) if round_.figures else None
    return render_template(
        "rounds/own.html",
        round=round_,
        stages=stages,
        now_at=at,
        places=places,
        could=[Place(round_, post) for post in enrolled.could_come_in(actor)] if opened and not actor.suspended else [],
        opened=opened,
        pairs=own_words.results(actor, own.own_pairs(actor, round_)),
        left=own_words.left_over(actor, own.own_left(actor, round_)),
        figures=figures,
        scores=scores(figures or {}),
        applied=runs.last_good(round_) if round_.sent else None,
    )


def scores(figures: Mapping[str, Any]) -> dict[int, int]:
    return {int(score): n for score, n in figures.get("scores", {}).items()}


def part_of_proposal(proposal: Proposal) -> Markup | str:
    """For the slot "proposal": which round put it forward, and why these two."""
    actor = optional_actor()
    if actor is None or proposal.answer_by is None:
        return ""
    found = own.round_of(proposal)
    if found is None:
        return ""
    round_, pair = found
    url = address(round_) if round_.disclosed_to(actor) else ""
    for_need, for_offer = words.ranks(pair.ranks)
    side = proposal.side_of(actor)
    ranks = [for_need, for_offer] if side is None else [for_offer if side is Side.HOST else for_need]
    return Markup(  # noqa: S704 - a rendered template
        render_template("rounds/_of_proposal.html", round=round_, pair=pair, url=url, ranks=ranks)
    )


add_transition_routes(
    bp,
    ROUND,
    load=load,
    address=address,
    prefix="/rounds",
    services={
        "open": services.open_enrolment,
        "close": services.close,
        "publish": services.publish,
        "cancel": services.cancel,
    },
)
