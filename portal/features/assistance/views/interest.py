"""Quiet interest on a request's page: a count for everybody, a button for donors."""

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal.features.assistance.domain.lifecycles import RequestState
from portal.features.assistance.models import Request
from portal.features.assistance.policy import Pledges
from portal.features.assistance.queries import find
from portal.features.assistance.queries.interest import interested, own_interest
from portal.features.assistance.services.interest import show_interest, take_back_interest
from portal.features.assistance.views.blueprint import ONE, address, bp
from portal.infra.db import now
from portal.web.access import allows, current_actor, optional_actor, requires
from portal.web.i18n import gettext as _


@bp.post(f"{ONE}/interest", endpoint="show_interest")
@requires(Pledges.INTEREST, load=find)
def show(request: Request) -> ResponseReturnValue:
    show_interest(request, by=current_actor(), at=now())
    flash(_("Your agency’s interest is counted. Nobody is told who you are."))
    return redirect(address(request), 303)


@bp.post(f"{ONE}/interest/take-back", endpoint="take_back_interest")
@requires(Pledges.INTEREST, load=find)
def take_back(request: Request) -> ResponseReturnValue:
    take_back_interest(request, by=current_actor())
    flash(_("Your agency’s interest is no longer counted."))
    return redirect(address(request), 303)


def interest_part(request: Request) -> Markup | str:
    """For the slot "request". Who is not signed in reads nothing of it."""
    actor = optional_actor()
    if actor is None or request.state != RequestState.OPEN or not request.read_by(actor):
        return ""
    number = interested([request.id]).get(request.id, 0)
    may = allows(Pledges.INTEREST, request)
    if not number and not may:
        return ""
    mine = may and own_interest(actor, request.id) is not None
    return Markup(  # noqa: S704 - a rendered template
        render_template("assistance/_interest.html", request=request, number=number, may=may, mine=mine)
    )
