"""Where the pages of pledges stand, and how their records are found."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, url_for

from portal.features.assistance.models import Pledge, Request, RequestLine
from portal.features.assistance.policy import Pledges
from portal.features.assistance.queries import find
from portal.kernel.policy import Actor

bp = Blueprint("pledges", __name__, url_prefix="/<language:lang>/assistance", template_folder="../templates")
ONE = "/pledges/<string(maxlength=20):ref>"
LINE = "/requests/<string(maxlength=20):ref>/lines/<string(maxlength=4):number>"


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a request, as something that may be pledged to."""

    request: Request
    line: RequestLine

    @property
    def agency_id(self) -> int:
        return self.request.agency_id

    def read_by(self, actor: Actor | None) -> bool:
        return self.request.read_by(actor)


def load_place(actor: Actor | None, ref: str, number: str) -> Place | None:
    """The live line of a request, unless its owner withholds it from this reader."""
    request = find(actor, ref)
    lines = request.live_lines if request else []
    line = next((one for one in lines if str(one.number) == number), None)
    if request is None or line is None or not request.shows(actor, line.field):
        return None
    return Place(request, line)


def address(pledge: Pledge) -> str:
    return url_for("pledges.pledge", ref=pledge.ref)


@bp.context_processor
def words_of_pledges() -> dict[str, Any]:
    return {"Pledges": Pledges}
