"""What the page of a request shows of its pledges: six rungs, the pledges, and the way to pledge on a line."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import current_app, g, render_template
from markupsafe import Markup

from portal.features.assistance.domain.lifecycles import SHOWN, RequestState
from portal.features.assistance.domain.rungs import COMMITTED, Rung, Rungs, held, rungs_of, summed
from portal.features.assistance.domain.vocabulary import SERVICES
from portal.features.assistance.models import Pledge, Request, RequestLine
from portal.features.assistance.policy import Pledges
from portal.features.assistance.queries.pledges import pledges_of
from portal.infra.db import db
from portal.kernel.money import Money, totals
from portal.web.access import allows, optional_actor

VERIFIED_IN_USE = "verified_in_use"
"""Where the application keeps what counts the items of lines that are verified in use."""


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
    verified = verified_units(request)
    rungs = summed(_rungs(line, pledges, verified.get(line.id)) for line in request.live_lines)
    agreed = [pledge for pledge in pledges if pledge.state in COMMITTED]
    money = {
        Rung.PLEDGED: _money(pledges, held),
        Rung.COMMITTED: _money(agreed, held),
        Rung.SHIPPED: _money(pledges, lambda pledge: min(pledge.shipped, pledge.quantity)),
        Rung.RECEIVED: _money(pledges, lambda pledge: pledge.received),
    }
    return Markup(render_template("assistance/pledges/_request.html", request=request, actor=actor, shown=shown,  # noqa: S704
                                  rungs=rungs, order=list(Rung), money_of=money))  # fmt: skip


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


def _money(pledges: Sequence[Pledge], units: Callable[[Pledge], int]) -> list[Money]:
    """In the currencies in which it was promised: they have no common sum."""
    found = totals(pledge.unit_value * units(pledge) for pledge in pledges)
    return [one for one in found.values() if one.minor]
