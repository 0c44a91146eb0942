"""Quiet interest: a donor agency says that it is interested, once, and may take it back."""

from datetime import datetime

from portal.features.assistance.domain.lifecycles import RequestState
from portal.features.assistance.models import Interest, Request
from portal.features.assistance.queries.interest import own_interest
from portal.infra.db import db
from portal.kernel.errors import Frozen, IllegalTransition
from portal.kernel.policy import Actor


def show_interest(request: Request, *, by: Actor, at: datetime) -> None:
    """Of the agency: a colleague who says it too changes nothing. No history and no mail: it would say who it was."""
    if request.frozen:
        raise Frozen
    if request.state != RequestState.OPEN:
        raise IllegalTransition(request.lifecycle.name, "interest", request.state)
    if own_interest(by, request.id) is None and by.agency_id is not None and by.person_id is not None:
        db.session.add(Interest(request_id=request.id, agency_id=by.agency_id, person_id=by.person_id, at=at))


def take_back_interest(request: Request, *, by: Actor) -> None:
    found = own_interest(by, request.id)
    if found is not None:
        db.session.delete(found)
