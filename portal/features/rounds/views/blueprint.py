"""Where the pages of rounds stand, and how a page finds its round."""

from flask import Blueprint, abort, url_for

from portal.features.rounds.models import Round, Run
from portal.features.rounds.queries import find
from portal.features.rounds.queries.runs import last_good, run_of
from portal.kernel.policy import Actor

bp = Blueprint("rounds", __name__, url_prefix="/<language:lang>/exchanges", template_folder="../templates")
REF = "/rounds/<string(maxlength=20):ref>"
MOST_DIGITS = 5


def load(actor: Actor | None, ref: str) -> Round | None:
    return find(actor, ref)


def address(round_: Round) -> str:
    return url_for("rounds.show", ref=round_.ref)


def run_asked_for(round_: Round, wanted: str) -> Run | None:
    """The run that the address names, else the one that is on the table; a run without a result is not found."""
    if not wanted:
        return last_good(round_)
    run = run_of(round_, int(wanted)) if wanted.isdecimal() and len(wanted) <= MOST_DIGITS else None
    if run is None or not run.done:
        abort(404)
    return run
