"""Two runs side by side: what the rules changed, who gains, who loses, what all together gain, how even it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.features.exchanges.models import Post
from portal.features.rounds.domain.lifecycle import RoundState
from portal.features.rounds.domain.rules import differing
from portal.features.rounds.domain.vocabulary import MarkKind
from portal.features.rounds.models import Round, Run
from portal.features.rounds.policy import Rounds
from portal.features.rounds.queries import runs as read
from portal.features.rounds.queries.compared import compared, kept
from portal.features.rounds.views.blueprint import bp, load
from portal.infra.db import db
from portal.web.access import requires

MOST = 50


@dataclass(frozen=True, slots=True)
class Change:
    """What one need, or one State, has in the first run and in the second."""

    post: Post | None
    state: str | None
    before: int
    after: int


@bp.get("/rounds/<string(maxlength=20):ref>/compare")
@requires(Rounds.REVIEW, load=load)
def compare(round_: Round) -> ResponseReturnValue:
    every = [run for run in read.runs_of(round_) if run.done]
    by_number = {str(run.number): run for run in every}
    second = by_number.get(request.args["other"]) if "other" in request.args else read.last_good(round_)
    first = by_number.get(request.args["one"]) if "one" in request.args else read.before(second) if second else None
    both = (first, second) if first and second and first.number != second.number else None
    return render_template(
        "rounds/compare.html",
        round=round_,
        every=every,
        first=first,
        second=second,
        may_choose=round_.state == RoundState.MATCHED,
        **(_differences(*both) if both else {"found": None}),
    )


def _differences(first: Run, second: Run) -> dict[str, Any]:
    found = compared(first, second)
    gain, lose = _largest(found.gainers), _largest(found.losers)
    posts = _posts([*gain, *lose])
    return {
        "found": found,
        "rules": differing(first.policy, second.policy),
        "marks": _marks(first, second),
        "gainers": [Change(posts.get(ref), None, *change) for ref, change in gain.items()],
        "losers": [Change(posts.get(ref), None, *change) for ref, change in lose.items()],
        "states": [
            Change(None, state, before, after)
            for state, (before, after) in sorted(found.states.items())
            if before != after
        ],
        "counts": (len(found.kept), len(found.gone), len(found.new)),
        "all_gainers": len(found.gainers),
        "all_losers": len(found.losers),
    }


def _largest(changes: Mapping[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    order = sorted(changes.items(), key=lambda item: (-abs(item[1][1] - item[1][0]), item[0]))
    return dict(order[:MOST])


def _marks(first: Run, second: Run) -> list[tuple[MarkKind, int, int]]:
    """How many pairs were locked, and ruled out, for each of the two; only where they were not the same ones."""
    one, other = kept(first)[0], kept(second)[0]
    both = ((MarkKind.LOCK, one.locked, other.locked), (MarkKind.VETO, one.vetoes, other.vetoes))
    return [(kind, len(before), len(after)) for kind, before, after in both if before != after]


def _posts(refs: Sequence[str]) -> dict[str, Post]:
    query = select(Post).where(Post.ref.in_(refs)).options(joinedload(Post.agency))
    return {post.ref: post for post in db.session.scalars(query)}
