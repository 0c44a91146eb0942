"""The records behind every figure of a round: its pairs, the posts that take part, the posts that got none."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.rounds.domain.figures import states_of
from portal.features.rounds.models import Enrolment, Mark, Round, RunLeft, RunPair
from portal.features.rounds.policy import Rounds
from portal.features.rounds.queries import runs as read
from portal.features.rounds.queries.counting import brought
from portal.features.rounds.queries.enrolled import posts_of
from portal.features.rounds.views.blueprint import bp, load, run_asked_for
from portal.kernel.states import STATES
from portal.web.access import requires
from portal.web.pagination import Key, Page, paged

NOTHING = Page([], None, None)
MOST_SCORE, MOST_DIGITS = 100, 4
STATES_ON_A_PAGE = 40


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


@bp.get("/rounds/<string(maxlength=20):ref>/states")
@requires(Rounds.REVIEW, load=load)
def states(round_: Round) -> ResponseReturnValue:
    """What each State wanted and got. The figures of a run are kept together, so a page is a part of them."""
    run = run_asked_for(round_, request.args.get("run", ""))
    agreed = round_.figures if "run" not in request.args else None
    every = list((agreed or (run.figures if run else None) or {}).get("states", ()))
    first = int(start) if (start := request.args.get("start", "")).isdecimal() and len(start) < MOST_DIGITS else 0
    place = lambda start: url_for("rounds.states", ref=round_.ref, run=request.args.get("run"), start=start)  # noqa: E731
    page = Page(
        every[first : first + STATES_ON_A_PAGE],
        place(first + STATES_ON_A_PAGE) if first + STATES_ON_A_PAGE < len(every) else None,
        place(max(0, first - STATES_ON_A_PAGE)) if first else None,
    )
    return render_template("rounds/states.html", round=round_, run=run, page=page)


@bp.get("/rounds/<string(maxlength=20):ref>/marks")
@requires(Rounds.REVIEW, load=load)
def marks(round_: Round) -> ResponseReturnValue:
    """Everything that is locked or ruled out, the newest first."""
    page = paged(read.standing_marks(round_).add_columns(Mark.id), [Key(Mark.id, descending=True)])
    return render_template("rounds/marks.html", round=round_, page=page)


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
