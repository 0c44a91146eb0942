"""Inviting people to an agency, and what follows from accepting: an account, or one more membership."""

from datetime import datetime, timedelta
from secrets import token_urlsafe

from sqlalchemy import func, select, update
from sqlalchemy.orm import joinedload

from portal.features.agencies.domain import AGENCY, AgencyKind
from portal.features.agencies.models import Agency, Standing
from portal.features.people.domain import (
    INVITATION_LASTS,
    INVITATIONS_A_DAY,
    AcceptInvitation,
    Invite,
    is_public_mail,
    password_problems,
    roles_to_give,
)
from portal.features.people.models import Invitation, Membership, Person
from portal.features.people.queries.acting import holds, token_hash
from portal.features.people.services import hashing
from portal.infra.db import db, first
from portal.infra.history import note
from portal.infra.outbox import post_mail
from portal.kernel.errors import Frozen, Problem, Rejected
from portal.kernel.policy import Actor, Role
from portal.web.links import absolute_url


def roles_for(agency: Agency, by: Actor) -> tuple[Role, ...]:
    return roles_to_give(
        by.role,
        own_agency=by.agency_id == agency.id,
        of_secretariat=agency.kind == AgencyKind.SECRETARIAT,
        has_state=agency.state_iso2 is not None,
    )


def invite(command: Invite, *, agency: Agency, by: Actor, at: datetime) -> Invitation:
    """Mail a single-use link. An earlier open invitation of the same person to the same role dies."""
    if agency.suspended and by.role != Role.SECRETARIAT:
        raise Frozen
    if problems := _problems(command, agency, by, at):
        raise Rejected(*problems)
    same = update(Invitation).where(
        Invitation.email == command.email,
        Invitation.agency_id == agency.id,
        Invitation.role == command.role,
        Invitation.used_at.is_(None),
        Invitation.cancelled_at.is_(None),
    )
    db.session.execute(same.values(cancelled_at=at, version=Invitation.version + 1))
    token = token_urlsafe(32)
    invitation = Invitation(
        token_hash=token_hash(token),
        email=command.email,
        name=command.name,
        language=command.language,
        agency_id=agency.id,
        role=command.role,
        invited_by=by.person_id,
        created_at=at,
        expires_at=at + INVITATION_LASTS,
        used_at=None,
        cancelled_at=None,
    )
    db.session.add(invitation)
    url = absolute_url("people.invitation", lang=command.language, token=token)
    params = {"url": url, "days": INVITATION_LASTS.days}
    post_mail("invitation", to=command.email, language=command.language, at=at, params=params, person_id=None)
    return invitation


def _problems(command: Invite, agency: Agency, by: Actor, at: datetime) -> list[Problem]:
    problems = []
    if command.role not in roles_for(agency, by):
        problems.append(Problem("role_not_yours_to_give", "role"))
    if agency.state_iso2 is not None and is_public_mail(command.email):
        problems.append(Problem("public_mail", "email"))
    already = (
        select(Membership.id)
        .join(Membership.person)
        .where(
            Person.email == command.email, Membership.agency_id == agency.id, Membership.role == command.role, holds(at)
        )
    )
    if db.session.scalars(already).first():
        problems.append(Problem("already_member", "email"))
    sent = select(func.count(Invitation.id)).where(
        Invitation.agency_id == agency.id, Invitation.created_at > at - timedelta(days=1)
    )
    if (db.session.scalar(sent) or 0) >= INVITATIONS_A_DAY:
        problems.append(Problem("invitations_used_up"))
    return problems


def find(token: str, *, at: datetime) -> Invitation | None:
    """The invitation behind a link, while it can still be accepted."""
    query = select(Invitation).where(
        Invitation.token_hash == token_hash(token),
        Invitation.used_at.is_(None),
        Invitation.cancelled_at.is_(None),
        Invitation.expires_at > at,
    )
    return first(query.options(joinedload(Invitation.agency).joinedload(Agency.state), joinedload(Invitation.inviter)))


def account_of(invitation: Invitation) -> Person | None:
    """The invited person's account, if they have one that they can sign in to."""
    return first(select(Person).where(Person.email == invitation.email, Person.password_hash.is_not(None)))


def accept_as_new(command: AcceptInvitation, *, invitation: Invitation, at: datetime) -> Person:
    """Makes the account and the membership. Someone who has an account signs in and accepts from there."""
    if account_of(invitation) is not None:
        raise Rejected(Problem("link_used"))
    if problems := tuple(password_problems(command.password, email=invitation.email)):
        raise Rejected(*problems)
    _use(invitation, at=at)
    person = first(select(Person).where(Person.email == invitation.email))
    if person is None:
        person = Person(email=invitation.email, name=command.name, created_at=at)
        db.session.add(person)
    person.name, person.language = command.name, command.language
    person.password_hash = hashing.hash_password(command.password)
    db.session.flush()
    _join(person, invitation, at=at)
    return person


def accept_as(person: Person, *, invitation: Invitation, at: datetime) -> Membership:
    """One more membership for an account that exists; only for the person who was invited."""
    if person.email != invitation.email:
        raise Rejected(Problem("link_used"))
    _use(invitation, at=at)
    return _join(person, invitation, at=at)


def cancel(agency_id: int, handle: str, *, at: datetime) -> None:
    query = update(Invitation).where(Invitation.agency_id == agency_id, Invitation.handle == handle)
    open_ = query.where(Invitation.used_at.is_(None), Invitation.cancelled_at.is_(None))
    db.session.execute(open_.values(cancelled_at=at, version=Invitation.version + 1))


def _use(invitation: Invitation, *, at: datetime) -> None:
    """Once, whoever else presses at the same moment."""
    mine = update(Invitation).where(
        Invitation.id == invitation.id,
        Invitation.used_at.is_(None),
        Invitation.cancelled_at.is_(None),
        Invitation.expires_at > at,
    )
    if db.session.execute(mine.values(used_at=at, version=Invitation.version + 1)).rowcount != 1:  # type: ignore[attr-defined]
        raise Rejected(Problem("link_used"))


def _join(person: Person, invitation: Invitation, *, at: datetime) -> Membership:
    held = select(Membership).where(
        Membership.person_id == person.id,
        Membership.agency_id == invitation.agency_id,
        Membership.role == invitation.role,
        holds(at),
    )
    membership = first(held) or Membership(
        person_id=person.id, agency_id=invitation.agency_id, role=invitation.role, starts_at=at, ends_at=None
    )
    db.session.add(membership)
    db.session.flush()
    by = Actor(person_id=person.id, membership_id=membership.id, role=invitation.role, agency_id=invitation.agency_id)
    note(AGENCY, Standing(invitation.agency), "member_joined", by=by, at=at, details={"role": invitation.role.value})
    return membership
