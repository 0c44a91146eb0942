"""The report of a round in the reader's language: in pages to read, and whole at an address of its own, to print."""

from collections.abc import Mapping
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.rounds.domain.figures import for_everyone
from portal.features.rounds.models import Round, RunLeft, RunPair
from portal.features.rounds.policy import Rounds
from portal.features.rounds.queries import own, runs
from portal.features.rounds.views import own_words
from portal.features.rounds.views.blueprint import bp, load
from portal.features.rounds.views.drawing import scores
from portal.infra.db import db, now
from portal.web.access import allows, current_actor, requires
from portal.web.pagination import Key, Page, paged

NO_PAGE = Page([], None, None)
MOST_LEFT, MOST_OWN = 10, 6


@bp.get("/rounds/<string(maxlength=20):ref>/report")
@requires(Rounds.READ, load=load)
def report(round_: Round) -> ResponseReturnValue:
    """Light on any line: the pairs in pages, and the first of everything else that grows."""
    if not allows(Rounds.REVIEW, round_):
        return _own(round_, whole=False)
    run = runs.last_good(round_)
    if run is None:
        return _reviewed(round_, run, page=NO_PAGE, pairs=[], left=[], whole=False)
    query = runs.pairs_of(run).add_columns(RunPair.score, RunPair.id)
    page = paged(query, [Key(RunPair.score, descending=True), Key(RunPair.id, descending=True)])
    left = db.session.scalars(runs.left_of(run, PostKind.NEED).order_by(RunLeft.id).limit(MOST_LEFT + 1)).all()
    return _reviewed(round_, run, page=page, pairs=[row[0] for row in page.rows], left=left, whole=False)


@bp.get("/rounds/<string(maxlength=20):ref>/report/whole")
@requires(Rounds.READ, load=load)
def whole_report(round_: Round) -> ResponseReturnValue:
    """Everything on one page, for paper; see docs/decisions/0008."""
    if not allows(Rounds.REVIEW, round_):
        return _own(round_, whole=True)
    run = runs.last_good(round_)
    pairs = list(runs.every_pair(run)) if run else []
    left = list(runs.every_left(run, PostKind.NEED)) if run else []
    return _reviewed(round_, run, page=NO_PAGE, pairs=pairs, left=left, whole=True)


def _reviewed(round_: Round, run: Any, *, left: Any, whole: bool, **lists: Any) -> str:
    figures: Mapping[str, Any] | None = round_.figures or (run.figures if run else None)
    return render_template(
        "rounds/report.html",
        round=round_,
        run=run,
        runs=[one for one in reversed(runs.runs_of(round_)) if one.done],
        figures=figures,
        scores=scores(figures or {}),
        left=left if whole else left[:MOST_LEFT],
        more_left=not whole and len(left) > MOST_LEFT,
        whole=whole,
        printed_at=now(),
        **lists,
    )


def _own(round_: Round, *, whole: bool) -> str:
    actor = current_actor()
    figures = for_everyone(round_.figures) if round_.figures else None
    pairs = list(own.every_own_pair(actor, round_)) if whole else own.own_pairs(actor, round_, MOST_OWN + 1)
    left = list(own.every_own_left(actor, round_)) if whole else own.own_left(actor, round_, MOST_OWN + 1)
    most = max(len(pairs), len(left)) if whole else MOST_OWN
    return render_template(
        "rounds/own_report.html",
        round=round_,
        applied=runs.last_good(round_) if round_.sent else None,
        figures=figures,
        scores=scores(figures or {}),
        pairs=own_words.results(actor, pairs[:most]),
        left=own_words.left_over(actor, left[:most]),
        more_pairs=len(pairs) > most,
        more_left=len(left) > most,
        whole=whole,
        printed_at=now(),
    )
