"""The report of a round for the printer, in the reader's language: rules, figures, result, and how to prove it."""

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.rounds.domain.figures import for_everyone
from portal.features.rounds.models import Round, RunLeft, RunPair
from portal.features.rounds.policy import Rounds
from portal.features.rounds.queries import own, runs
from portal.features.rounds.views import own_words
from portal.features.rounds.views.blueprint import bp, load
from portal.features.rounds.views.rounds import scores
from portal.infra.db import db, now
from portal.web.access import allows, current_actor, requires

MOST = 500


@bp.get("/rounds/<string(maxlength=20):ref>/report")
@requires(Rounds.READ, load=load)
def report(round_: Round) -> ResponseReturnValue:
    return _whole(round_) if allows(Rounds.REVIEW, round_) else _own(round_)


def _whole(round_: Round) -> str:
    run = runs.last_good(round_)
    pairs = runs.pairs_of(run).order_by(RunPair.score.desc(), RunPair.id).limit(MOST) if run else None
    left = runs.left_of(run, PostKind.NEED).order_by(RunLeft.id).limit(MOST) if run else None
    return render_template(
        "rounds/report.html",
        round=round_,
        run=run,
        runs=[one for one in reversed(runs.runs_of(round_)) if one.done],
        figures=round_.figures or (run.figures if run else None),
        scores=scores(round_.figures or (run.figures if run else None) or {}),
        pairs=db.session.scalars(pairs).all() if pairs is not None else [],
        left=db.session.scalars(left).all() if left is not None else [],
        printed_at=now(),
        most=MOST,
    )


def _own(round_: Round) -> str:
    actor = current_actor()
    figures = for_everyone(round_.figures) if round_.figures else None
    return render_template(
        "rounds/own_report.html",
        round=round_,
        applied=runs.last_good(round_) if round_.sent else None,
        figures=figures,
        scores=scores(figures or {}),
        pairs=own_words.results(actor, own.own_pairs(actor, round_)),
        left=own_words.left_over(actor, own.own_left(actor, round_)),
        printed_at=now(),
    )
