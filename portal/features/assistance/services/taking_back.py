"""Takes back what was released by name: whoever it was sees no more than their label and their pledges give them."""

from datetime import datetime

from sqlalchemy import and_, delete, or_, select

from portal.features.assistance.domain.acts import TakeBackRelease
from portal.features.assistance.domain.disclosure import NAMED_ONLY
from portal.features.assistance.models import (
    Interest,
    PledgeWaiting,
    Request,
    RequestCounterpart,
    RequestLine,
    RequestRelease,
)
from portal.infra.db import db
from portal.infra.history import note
from portal.kernel.errors import Frozen, Problem, Rejected
from portal.kernel.policy import Actor


def take_back(command: TakeBackRelease, *, request: Request, by: Actor, at: datetime) -> RequestRelease:
    """Pledges stand as they do: both sides keep seeing them."""
    if request.frozen:
        raise Frozen
    row = db.session.scalars(select(RequestRelease).filter_by(request_id=request.id, id=command.number)).first()
    if row is None:
        raise Rejected(Problem("request_release_gone"))
    db.session.delete(row)
    db.session.flush()
    note(request.lifecycle, request, "take_back", by=by, at=at)
    if not _sees_it_as_a_donor(request, row):
        _forget(request, row)
    return row


def _sees_it_as_a_donor(request: Request, row: RequestRelease) -> bool:
    counted = select(RequestCounterpart.id).where(
        RequestCounterpart.request_id == request.id,
        RequestCounterpart.agency_id == row.agency_id,
        or_(RequestCounterpart.live > 0, RequestCounterpart.agreed > 0),
    )
    return request.label not in NAMED_ONLY and db.session.scalar(counted) is not None


def _forget(request: Request, row: RequestRelease) -> None:
    """Whoever no longer sees it is neither counted among its donors nor told of its lines."""
    lines = select(RequestLine.id).where(RequestLine.request_id == request.id)
    for table, place in (
        (Interest, Interest.request_id == request.id),
        (PledgeWaiting, PledgeWaiting.line_id.in_(lines)),
    ):
        whose = table.agency_id == row.agency_id if row.agency_id else table.person_id == row.person_id
        db.session.execute(delete(table).where(and_(place, whose)))
