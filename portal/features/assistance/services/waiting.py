"""Donors who came too late: they ask to be told, and are told in order when something of the line is open again."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.features.agencies.domain import AgencyStatus
from portal.features.agencies.models import Agency
from portal.features.assistance.domain.lifecycles import REQUEST, RequestState
from portal.features.assistance.domain.pledging import TellMe
from portal.features.assistance.models import PledgeWaiting, Request, RequestLine
from portal.infra.db import db
from portal.infra.history import note
from portal.kernel.errors import NotAllowed
from portal.kernel.policy import SYSTEM, Actor

AT_ONCE = 200


def tell_me(command: TellMe, *, line: RequestLine, by: Actor, at: datetime) -> PledgeWaiting:
    """Wait for some of a line. Asking again changes how many, and keeps the place unless they were told already."""
    if by.agency_id is None or by.person_id is None or by.suspended:
        raise NotAllowed("pledges:offer")
    row = db.session.scalars(select(PledgeWaiting).filter_by(line_id=line.id, person_id=by.person_id)).first()
    if row is None:
        row = PledgeWaiting(line_id=line.id, agency_id=by.agency_id, person_id=by.person_id, quantity=0, at=at)
        db.session.add(row)
    elif row.told_at is not None:
        row.told_at, row.at = None, at
    row.quantity = command.quantity
    return row


def tell_waiting(line: RequestLine, *, request: Request, at: datetime) -> int:
    """Tell those who wait for a line what is open, first come first told, as far as it goes. Returns how many.

    Nothing is kept for them: who pledges first has it. A suspended agency loses nothing, also not its turn.
    """
    left = line.open if request.state == RequestState.OPEN and line.live else 0
    if left <= 0:
        return 0
    query = (
        select(PledgeWaiting)
        .join(Agency, Agency.id == PledgeWaiting.agency_id)
        .where(
            PledgeWaiting.line_id == line.id,
            PledgeWaiting.told_at.is_(None),
            Agency.status == AgencyStatus.VERIFIED,
        )
        .order_by(PledgeWaiting.at, PledgeWaiting.id)
        .limit(AT_ONCE)
    )
    told = []
    for waiting in db.session.scalars(query).all():
        if left <= 0:
            break
        waiting.told_at = at
        left -= min(waiting.quantity, left)
        told.append(waiting.person_id)
    if told:
        note(REQUEST, request, "free_again", by=SYSTEM, at=at, details={"line": line.number, "people": told})
    return len(told)


def tell_due(*, at: datetime) -> int:
    """Whoever still waits for a line with something open, however that came about. Safe to run twice."""
    waited_for = (
        select(PledgeWaiting.line_id).where(PledgeWaiting.told_at.is_(None)).order_by(PledgeWaiting.id).limit(AT_ONCE)
    )
    query = (
        select(RequestLine)
        .join(RequestLine.request)
        .where(
            RequestLine.id.in_(waited_for),
            Request.state == RequestState.OPEN,
            RequestLine.live.is_(True),
            RequestLine.pledged < RequestLine.quantity,
        )
        .options(joinedload(RequestLine.request).joinedload(Request.agency))
        .order_by(RequestLine.id)
    )
    return sum(tell_waiting(line, request=line.request, at=at) for line in db.session.scalars(query).all())
