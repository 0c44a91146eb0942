"""How far the lines of a request have come, on all six rungs: for its page and for programs alike."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import current_app, g

from portal.features.assistance.domain.rungs import Rungs, rungs_of
from portal.features.assistance.domain.vocabulary import SERVICES
from portal.features.assistance.models import Pledge, Request, RequestLine

VERIFIED_IN_USE = "verified_in_use"
"""Where the application keeps what counts the items of lines that are verified in use."""


def rungs_by_line(request: Request, pledges: Sequence[Pledge]) -> dict[int, Rungs]:
    verified = verified_units(request)
    return {line.id: _rungs(line, pledges, verified.get(line.id)) for line in request.live_lines}


def verified_units(request: Request) -> Mapping[int, int]:
    """By line, where items of it are recorded. What records items stands above: it fills this place (decision 5)."""
    count: Callable[[Sequence[int]], Mapping[int, int]] | None = current_app.extensions.get(VERIFIED_IN_USE)
    kept: dict[int, Any] = g.setdefault("verified_units", {})
    if request.id not in kept:
        kept[request.id] = count([line.id for line in request.live_lines]) if count else {}
    found: Mapping[int, int] = kept[request.id]
    return found


def _rungs(line: RequestLine, pledges: Sequence[Pledge], verified: int | None) -> Rungs:
    ours = [pledge for pledge in pledges if pledge.line_id == line.id]
    return rungs_of(
        line.quantity, ours, received=line.received, by_shipment=line.kind not in SERVICES, verified=verified
    )
