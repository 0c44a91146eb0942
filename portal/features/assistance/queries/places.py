"""A line as something to pledge to, for every door that offers it."""

from dataclasses import dataclass

from portal.features.assistance.models import Request, RequestLine
from portal.features.assistance.queries.records import find
from portal.kernel.policy import Actor


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
