"""Keeps in step which agencies see a request through their pledges, and lets pledges go when a request ends."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.features.assistance.domain.lifecycles import AGREED, PLEDGE, PLEDGE_LIVE, PledgeState
from portal.features.assistance.models import Pledge, Request, RequestCounterpart
from portal.features.assistance.services.claims import give_back
from portal.infra.db import db
from portal.infra.history import advance
from portal.kernel.policy import SYSTEM


def follow(request_id: int, agency_id: int) -> RequestCounterpart:
    """Count the pledges of an agency on a request anew; call it after every step of one of them."""
    db.session.flush()
    states = db.session.scalars(
        select(Pledge.state).where(Pledge.request_id == request_id, Pledge.agency_id == agency_id)
    ).all()
    row = db.session.scalars(select(RequestCounterpart).filter_by(request_id=request_id, agency_id=agency_id)).first()
    if row is None:
        row = RequestCounterpart(request_id=request_id, agency_id=agency_id)
        db.session.add(row)
    row.live = sum(state in PLEDGE_LIVE for state in states)
    row.agreed = sum(state in AGREED for state in states)
    db.session.flush()
    return row


def release_pledges(request: Request, *, states: Collection[PledgeState], at: datetime) -> int:
    """Let go of pledges in these states of which nothing was received or is on its way. Returns how many."""
    query = (
        select(Pledge)
        .where(
            Pledge.request_id == request.id,
            Pledge.state.in_(states),
            Pledge.received == 0,
            Pledge.shipped == Pledge.short,
        )
        .options(
            joinedload(Pledge.line),
            joinedload(Pledge.agency),
            joinedload(Pledge.request).joinedload(Request.agency),
        )
        .order_by(Pledge.id)
    )
    pledges = db.session.scalars(query).all()
    for pledge in pledges:
        advance(PLEDGE, pledge, "release", by=SYSTEM, at=at, details={"request": request.ref})
        give_back(pledge.line, pledge.quantity)
    for agency_id in {pledge.agency_id for pledge in pledges}:
        follow(request.id, agency_id)
    return len(pledges)
