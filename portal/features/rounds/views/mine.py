"""What a round means for the reader's own agency: the page with the first of everything, and a list of each kind."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import Select

from portal.features.exchanges.models import Post
from portal.features.rounds.domain.figures import for_everyone
from portal.features.rounds.domain.lifecycle import RoundState
from portal.features.rounds.models import Enrolment, Round, RunLeft, RunPair
from portal.features.rounds.policy import Rounds
from portal.features.rounds.queries import enrolled, own, runs
from portal.features.rounds.queries.rounds import find
from portal.features.rounds.services import Place
from portal.features.rounds.views import own_words
from portal.features.rounds.views.blueprint import bp
from portal.features.rounds.views.drawing import route, scores
from portal.kernel.policy import Actor
from portal.web.access import current_actor, requires
from portal.web.pagination import Key, paged

MOST, MOST_RESULTS, RESULTS_ON_A_PAGE = 10, 4, 10


def page(round_: Round) -> str:
    """The page of a round for an agency. One more of each kind is read than shown, to know whether there are more."""
    actor = current_actor()
    stages, at = route(round_, None)
    opened = _opened(round_)
    places = enrolled.own(actor, round_, MOST + 1)
    able = enrolled.could_come_in(actor, MOST + 1) if opened and not actor.suspended else []
    pairs, left = own.own_pairs(actor, round_, MOST_RESULTS + 1), own.own_left(actor, round_, MOST_RESULTS + 1)
    figures = for_everyone(round_.figures) if round_.figures else None
    return render_template(
        "rounds/own.html",
        round=round_,
        stages=stages,
        now_at=at,
        places=places[:MOST],
        more_places=len(places) > MOST,
        could=[Place(round_, post) for post in able[:MOST]],
        more_could=len(able) > MOST,
        opened=opened,
        pairs=own_words.results(actor, pairs[:MOST_RESULTS]),
        more_pairs=len(pairs) > MOST_RESULTS,
        left=own_words.left_over(actor, left[:MOST_RESULTS]),
        more_left=len(left) > MOST_RESULTS,
        figures=figures,
        scores=scores(figures or {}),
        applied=runs.last_good(round_) if round_.sent else None,
    )


@dataclass(frozen=True, slots=True)
class Mine:
    """A list of the reader's own in a round, as the address names it."""

    round: Round
    what: str

    def disclosed_to(self, actor: Actor) -> bool:
        return self.round.disclosed_to(actor)


def load_mine(actor: Actor | None, ref: str, what: str) -> Mine | None:
    """What could still come in is listed only while the round is open, for whoever is not paused."""
    round_ = find(actor, ref)
    if actor is None or round_ is None or what not in LISTS:
        return None
    able = _opened(round_) and not actor.suspended
    return Mine(round_, what) if able or what != "able" else None


@bp.get("/rounds/<string(maxlength=20):ref>/mine/<string(maxlength=10):what>")
@requires(Rounds.READ, load=load_mine)
def mine(subject: Mine) -> ResponseReturnValue:
    actor, round_ = current_actor(), subject.round
    keys, query_of, rows_of = LISTS[subject.what]
    size = RESULTS_ON_A_PAGE if subject.what == "proposals" else MOST * 2
    found = paged(query_of(actor, round_).add_columns(keys.column), [keys], size=size)
    return render_template(
        "rounds/mine.html",
        round=round_,
        what=subject.what,
        opened=_opened(round_),
        page=found,
        rows=rows_of(actor, round_, [row[0] for row in found.rows]),
    )


LISTS: Mapping[str, tuple[Key, Callable[[Actor, Round], Select[Any]], Callable[[Actor, Round, list[Any]], Any]]] = {
    "proposals": (
        Key(RunPair.id, descending=True),
        own.pairs_for,
        lambda actor, _round, rows: own_words.results(actor, rows),
    ),
    "left": (Key(RunLeft.id), own.left_for, lambda actor, _round, rows: own_words.left_over(actor, rows)),
    "posts": (Key(Enrolment.id), enrolled.places_for, lambda _actor, _round, rows: rows),
    "able": (
        Key(Post.id),
        lambda actor, _round: enrolled.able_for(actor),
        lambda _actor, round_, rows: [Place(round_, post) for post in rows],
    ),
}


def _opened(round_: Round) -> bool:
    return round_.state == RoundState.OPEN
