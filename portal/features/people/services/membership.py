"""Who belongs to an agency: ending memberships, and deputies with their days."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from portal.features.agencies.domain import AGENCY
from portal.features.agencies.models import Agency, Standing
from portal.features.people.domain import EndMembership, NameDeputy
from portal.features.people.models import Deputy, Membership, UserSession
from portal.features.people.queries.acting import holds, seats
from portal.features.people.queries.belonging import approvers, is_last_approver, member
from portal.infra.db import db
from portal.infra.history import note
from portal.infra.outbox import post_mail
from portal.kernel.errors import Frozen, Problem, Rejected, Stale
from portal.kernel.policy import Actor, Role


def end_membership(command: EndMembership, *, membership: Membership, by: Actor, at: datetime) -> Membership:
    """Ends access everywhere at once. Drafts and tasks are the agency's and stay; its approvers are told."""
    if is_last_approver(membership, at=at) and not command.understood:
        raise Rejected(Problem("last_approver", "understood"))
    mine = update(Membership).where(Membership.id == membership.id, holds(at))
    ended = db.session.execute(mine.values(ends_at=at, version=Membership.version + 1))
    if ended.rowcount != 1:  # type: ignore[attr-defined]
        raise Stale(Problem("changed_meanwhile"))
    db.session.refresh(membership, ["ends_at", "version"])
    _end_deputies(membership, at=at)
    _leave_sessions(membership, at=at)
    note(AGENCY, Standing(membership.agency), "member_ended", by=by, at=at, details={"role": membership.role.value})
    for one in approvers(membership.agency_id, at=at):
        if one.person_id != by.person_id:
            _tell(one, "membership_ended", at=at)
    return membership


def _leave_sessions(membership: Membership, *, at: datetime) -> None:
    """Sessions that acted from it have to choose another seat; where there is none, they end."""
    theirs = update(UserSession).where(UserSession.person_id == membership.person_id, UserSession.ended_at.is_(None))
    if seats(membership.person_id, at=at):
        acting = theirs.where(UserSession.membership_id == membership.id)
        db.session.execute(acting.values(membership_id=None, deputy_id=None))
    else:
        db.session.execute(theirs.values(ended_at=at))


def _end_deputies(membership: Membership, *, at: datetime) -> None:
    concerned = (Deputy.membership_id == membership.id) | (Deputy.for_membership_id == membership.id)
    db.session.execute(update(Deputy).where(concerned, Deputy.ended_at.is_(None)).values(ended_at=at))


def name_deputy(command: NameDeputy, *, agency: Agency, by: Actor, at: datetime) -> Deputy:
    """Someone else of the same agency holds the approver's role on these days."""
    if agency.suspended and by.role != Role.SECRETARIAT:
        raise Frozen
    approver, deputy = member(agency.id, command.stands_in_for, at=at), member(agency.id, command.deputy, at=at)
    if approver is None or approver.role != Role.APPROVER:
        raise Rejected(Problem("deputy_not_here", "stands_in_for"))
    is_one = {m.person_id for m in approvers(agency.id, at=at)}
    if deputy is None or deputy.person_id in is_one:
        raise Rejected(Problem("deputy_not_here", "deputy"))
    if command.ends_on < at.astimezone(ZoneInfo(agency.time_zone)).date():
        raise Rejected(Problem("days_over", "ends_on"))
    overlapping = select(Deputy.id).where(
        Deputy.membership_id == deputy.id,
        Deputy.ended_at.is_(None),
        Deputy.starts_on <= command.ends_on,
        Deputy.ends_on >= command.starts_on,
    )
    if db.session.scalars(overlapping).first():
        raise Rejected(Problem("deputy_twice", "deputy"))
    row = Deputy(
        for_membership_id=approver.id, membership_id=deputy.id, starts_on=command.starts_on, ends_on=command.ends_on
    )
    db.session.add(row)
    db.session.flush()
    note(AGENCY, Standing(agency), "deputy_named", by=by, at=at)
    _tell(deputy, "deputy_named", at=at)
    return row


def end_deputy(deputy: Deputy, *, agency: Agency, by: Actor, at: datetime) -> None:
    deputy.ended_at = deputy.ended_at or at
    acting = update(UserSession).where(UserSession.deputy_id == deputy.id, UserSession.ended_at.is_(None))
    db.session.execute(acting.values(membership_id=None, deputy_id=None))
    note(AGENCY, Standing(agency), "deputy_ended", by=by, at=at)


def _tell(whom: Membership, kind: str, *, at: datetime) -> None:
    """A mail without a name in it: it says that something happened, and the portal says what."""
    person = whom.person
    post_mail(kind, to=person.email, language=person.language, at=at, person_id=person.id)
