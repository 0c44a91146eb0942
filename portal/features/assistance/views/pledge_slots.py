"""What the page of a request shows of its pledges: six rungs, the pledges, and the way to pledge on a line."""

from collections.abc import Sequence
from typing import Any

from flask import g, render_template
from markupsafe import Markup

from portal.features.assistance.domain.lifecycles import SHOWN, RequestState
from portal.features.assistance.domain.rungs import COMMITTED, Rung, summed
from portal.features.assistance.models import Pledge, Request, RequestLine
from portal.features.assistance.policy import Pledges
from portal.features.assistance.queries.pledges import pledges_of
from portal.features.assistance.queries.progress import rungs_by_line
from portal.features.assistance.queries.reporting import parts_of, used_in, worth_of
from portal.features.rates.queries import reporting_currency
from portal.infra.db import db, now
from portal.web.access import allows, optional_actor


def pledges_part(request: Request) -> Markup | str:
    """For the slot "request": nothing before others see the request."""
    if request.state not in SHOWN:
        return ""
    actor, pledges = optional_actor(), _pledges(request.id)
    for pledge in pledges:
        pledge.request = request
    shown = [
        (pledge, _line(request, pledge)) for pledge in pledges if request.shows(actor, _line(request, pledge).field)
    ]
    each = rungs_by_line(request, pledges)
    parts = parts_of(request.live_lines, pledges, asked_on=(request.opened_at or now()).date())
    words = render_template(
        "assistance/pledges/_request.html",
        request=request,
        actor=actor,
        shown=shown,
        rungs=summed(each.values()),
        worth=worth_of(parts),
        order=list(Rung),
        lines=[
            (line, each[line.id], worth_of(part for part in parts if part.line_id == line.id))
            for line in request.live_lines
            if request.shows(actor, line.field)
        ],
        without_cost=sum(line.unit_cost is None for line in request.live_lines),
        used=used_in(parts),
        currency=reporting_currency(),
    )
    return Markup(words)  # noqa: S704


def is_committed(request: Request) -> bool:
    return request.state in SHOWN and any(pledge.state in COMMITTED for pledge in _pledges(request.id))


def line_part(line: RequestLine) -> Markup | str:
    """For the slot "request_line": the button, while something is open and this reader may pledge."""
    request = db.session.get(Request, line.request_id)
    if request is None or request.state != RequestState.OPEN or not line.live or not allows(Pledges.OFFER, request):
        return ""
    return Markup(render_template("assistance/pledges/_line.html", request=request, line=line))  # noqa: S704


def _pledges(request_id: int) -> Sequence[Pledge]:
    kept: dict[int, Any] = g.setdefault("pledges_of", {})
    if request_id not in kept:
        kept[request_id] = pledges_of(request_id)
    found: Sequence[Pledge] = kept[request_id]
    return found


def _line(request: Request, pledge: Pledge) -> RequestLine:
    return next(line for line in request.lines if line.id == pledge.line_id)
