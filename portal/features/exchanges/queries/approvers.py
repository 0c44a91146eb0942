"""Whether an agency has a second pair of eyes."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import or_, select

from portal.features.people.models import Membership
from portal.infra.db import db
from portal.kernel.policy import Role


def others_may_approve(agency_id: int, wrote: Collection[int | None], *, at: datetime) -> bool:
    """Whether an approver of the agency, other than those who wrote the post, can look at it. Deputies come and go."""
    query = select(Membership.person_id).where(
        Membership.agency_id == agency_id,
        Membership.role == Role.APPROVER,
        Membership.starts_at <= at,
        or_(Membership.ends_at.is_(None), Membership.ends_at > at),
    )
    return bool(set(db.session.scalars(query)) - set(wrote))
