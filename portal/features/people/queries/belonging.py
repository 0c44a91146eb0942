"""Who belongs to an agency, and who was invited to it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.features.agencies.models import Agency
from portal.features.people.models import Deputy, Invitation, Membership
from portal.features.people.queries.acting import holds
from portal.infra.db import db, first
from portal.kernel.policy import Role


def members(agency_id: int, *, at: datetime) -> Sequence[Membership]:
    query = (
        select(Membership).where(Membership.agency_id == agency_id, holds(at)).options(joinedload(Membership.person))
    )
    return db.session.scalars(query.order_by(Membership.id)).all()


def member(agency_id: int, handle: str, *, at: datetime) -> Membership | None:
    """One of the agency's own people."""
    query = select(Membership).where(Membership.agency_id == agency_id, Membership.handle == handle, holds(at))
    return first(query.options(joinedload(Membership.person)))


def membership_by_handle(handle: str, *, at: datetime) -> Membership | None:
    query = select(Membership).where(Membership.handle == handle, holds(at))
    return first(query.options(joinedload(Membership.person), joinedload(Membership.agency).joinedload(Agency.state)))


def approvers(agency_id: int, *, at: datetime) -> Sequence[Membership]:
    """The agency's approvers, without their deputies."""
    query = select(Membership).where(Membership.agency_id == agency_id, Membership.role == Role.APPROVER, holds(at))
    return db.session.scalars(query.options(joinedload(Membership.person)).order_by(Membership.id)).all()


def is_last_approver(membership: Membership, *, at: datetime) -> bool:
    if membership.role != Role.APPROVER:
        return False
    return not any(m.id != membership.id for m in approvers(membership.agency_id, at=at))


def deputies(agency: Agency, *, at: datetime) -> Sequence[Deputy]:
    """Those whose days are not over, first day first."""
    today = at.astimezone(ZoneInfo(agency.time_zone)).date()
    query = (
        select(Deputy)
        .join(Deputy.membership)
        .where(Membership.agency_id == agency.id, Deputy.ended_at.is_(None), Deputy.ends_on >= today)
        .options(
            joinedload(Deputy.membership).joinedload(Membership.person),
            joinedload(Deputy.stands_in_for).joinedload(Membership.person),
        )
    )
    return db.session.scalars(query.order_by(Deputy.starts_on, Deputy.id)).all()


def deputy(agency_id: int, handle: str) -> Deputy | None:
    return first(
        select(Deputy).join(Deputy.membership).where(Membership.agency_id == agency_id, Deputy.handle == handle)
    )


def acting_people(agency_id: int, roles: Collection[Role], *, at: datetime) -> set[int]:
    """Everyone who may act in one of these roles today, deputies of approvers included."""
    found = {m.person_id for m in members(agency_id, at=at) if m.role in roles}
    if Role.APPROVER not in roles:
        return found
    agency = db.session.get_one(Agency, agency_id)
    today = at.astimezone(ZoneInfo(agency.time_zone)).date()
    return found | {d.membership.person_id for d in deputies(agency, at=at) if d.starts_on <= today}


def open_invitations(agency_id: int, *, at: datetime) -> Sequence[Invitation]:
    query = select(Invitation).where(Invitation.agency_id == agency_id, Invitation.used_at.is_(None))
    query = query.where(Invitation.cancelled_at.is_(None), Invitation.expires_at > at)
    return db.session.scalars(query.order_by(Invitation.id)).all()
