"""The records behind every figure of a round: its pairs, the posts that take part, the posts that got none."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.rounds.domain.figures import states_of
from portal.features.rounds.models import Enrolment, Round, RunLeft, RunPair
from portal.features.rounds.policy import Rounds
from portal.features.rounds.queries import runs as read
from portal.features.rounds.queries.counting import brought
from portal.features.rounds.queries.enrolled import posts_of
from portal.features.rounds.views.blueprint import bp, load, run_asked_for
from portal.kernel.states import STATES
from portal.web.access import requires
from portal.web.pagination import Key, Page, paged

NOTHING = Page([], None, None)
MOST_SCORE = 100


@bp.get("/rounds/<string(maxlength=20):ref>/pairs")
@requires(Rounds.REVIEW, load=load)
def pairs(round_: Round) -> ResponseReturnValue:
    run = run_asked_for(round_, request.args.get("run", ""))
    narrow = read.Narrow(look=request.args.get("look") == "1", state=_state(), score=_score())
    page = NOTHING
    if run is not None:
        query = read.pairs_of(run, narrow).add_columns(RunPair.score, RunPair.id)
        page = paged(query, [Key(RunPair.score), Key(RunPair.id)])
    return render_template("rounds/pairs.html", round=round_, run=run, page=page, narrow=narrow)


@bp.get("/rounds/<string(maxlength=20):ref>/posts")
@requires(Rounds.REVIEW, load=load)
def posts(round_: Round) -> ResponseReturnValue:
    kind, state, region = _kind(), _state(), _region()
    query = posts_of(round_, kind)
    query = query.where(
        Enrolment.left_out.is_not(None) if request.args.get("out") == "1" else Enrolment.left_out.is_(None)
    )
    if state:
        query = query.where(Enrolment.state_iso2 == state)
    if region:
        query = query.where(Enrolment.state_iso2.in_(states_of(region)))
    page = paged(query.add_columns(Enrolment.id), [Key(Enrolment.id)])
    return render_template(
        "rounds/posts.html",
        round=round_,
        kind=kind,
        page=page,
        brought=brought(round_),
        state=state,
        region=region,
    )


@bp.get("/rounds/<string(maxlength=20):ref>/left")
@requires(Rounds.REVIEW, load=load)
def left(round_: Round) -> ResponseReturnValue:
    kind, state = _kind(), _state()
    run = run_asked_for(round_, request.args.get("run", ""))
    page = NOTHING
    if run is not None:
        query = read.left_of(run, kind, wholly=request.args.get("all") != "1", state=state).add_columns(RunLeft.id)
        page = paged(query, [Key(RunLeft.id)])
    return render_template("rounds/left.html", round=round_, run=run, kind=kind, page=page, state=state)


def _kind() -> PostKind:
    return PostKind.OFFER if request.args.get("kind") == PostKind.OFFER.value else PostKind.NEED


def _state() -> str:
    state = request.args.get("state", "")
    return state if state in STATES else ""


def _region() -> str:
    region = request.args.get("region", "")
    return region if region and states_of(region) else ""


def _score() -> int | None:
    score = request.args.get("score", "")
    return int(score) if score.isdecimal() and len(score) <= len(str(MOST_SCORE)) else None
