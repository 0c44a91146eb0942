"""Quiet interest in requests: for everybody only how many donor agencies there are."""

from collections.abc import Collection

from sqlalchemy import func, select

from portal.features.assistance.models import Interest
from portal.infra.db import db
from portal.kernel.policy import Actor


def interested(request_ids: Collection[int]) -> dict[int, int]:
    """How many agencies are interested in each of these requests, which the reader was found to see."""
    if not request_ids:
        return {}
    query = select(Interest.request_id, func.count()).where(Interest.request_id.in_(request_ids))
    return dict(db.session.execute(query.group_by(Interest.request_id)).all())


def own_interest(actor: Actor, request_id: int) -> Interest | None:
    """Of the actor's own agency."""
    query = select(Interest).where(Interest.request_id == request_id, Interest.agency_id == actor.agency_id)
    return db.session.scalars(query).first()
