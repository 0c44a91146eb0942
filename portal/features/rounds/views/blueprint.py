"""Where the pages of rounds stand, and how a page finds its round."""

from flask import Blueprint, url_for

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
    """The run that the address names, if it has a result; else the one that is on the table."""
    if wanted.isdecimal() and len(wanted) <= MOST_DIGITS:
        run = run_of(round_, int(wanted))
        if run is not None and run.done:
            return run
    return last_good(round_)
