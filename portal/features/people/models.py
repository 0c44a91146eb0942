"""The tables of people, memberships, sessions and invitations. Secrets are stored hashed, never as they are."""

from datetime import date, datetime
from secrets import token_hex
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.features.agencies.models import Agency
from portal.infra.db import Record, Table
from portal.kernel.policy import Role


def _new_handle() -> str:
    """What stands in addresses: says nothing about how many there are or which came first."""
    return token_hex(8)


class Person(Record):
    """Someone with an account. What they may do depends on the membership they act in."""

    __tablename__ = "person"

    email: Mapped[str] = mapped_column(String(254), unique=True)
    """Normalised, as `people.domain.normal_email` makes it."""
    name: Mapped[str] = mapped_column(String(120))
    language: Mapped[str] = mapped_column(String(2), default="en")
    password_hash: Mapped[str | None]
    """argon2id. None until the invitation is accepted."""
    created_at: Mapped[datetime]
    memberships: Mapped[list["Membership"]] = relationship(
        back_populates="person", lazy="raise", foreign_keys="Membership.person_id"
    )


class Membership(Record):
    """A role in an agency for a time. Ending it ends access everywhere at once."""

    __tablename__ = "membership"
    __table_args__ = (Index("ix_membership_person_agency", "person_id", "agency_id"),)

    handle: Mapped[str] = mapped_column(String(16), unique=True, default=_new_handle)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    role: Mapped[Role]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship(back_populates="memberships", lazy="raise")
    agency: Mapped[Agency] = relationship(lazy="raise")


class Deputy(Record):
    """Someone of the same agency who holds the approver's role from one day to another, in the agency's own zone."""

    __tablename__ = "deputy"
    __table_args__ = (CheckConstraint("starts_on <= ends_on", name="days_in_order"),)

    handle: Mapped[str] = mapped_column(String(16), unique=True, default=_new_handle)
    for_membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"), index=True)
    """The approver who is stood in for."""
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"), index=True)
    """The deputy's own membership: when either of the two ends, so does this."""
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    ended_at: Mapped[datetime | None]
    stands_in_for: Mapped[Membership] = relationship(lazy="raise", foreign_keys=for_membership_id)
    membership: Mapped[Membership] = relationship(lazy="raise", foreign_keys=membership_id)


class UserSession(Table):
    """One sign-in on one device. The cookie holds a random token; the table holds its SHA-256."""

    __tablename__ = "user_session"

    handle: Mapped[str] = mapped_column(String(16), unique=True, default=_new_handle)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))
    """The membership the person acts in; None until they chose."""
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("deputy.id"))
    """Set while the person acts as a deputy, with the approver's role."""
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    device: Mapped[str] = mapped_column(String(200), default="")


class Invitation(Record):
    """A single-use link to an account or to another membership."""

    __tablename__ = "invitation"

    handle: Mapped[str] = mapped_column(String(16), unique=True, default=_new_handle)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    email: Mapped[str] = mapped_column(String(254), index=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    language: Mapped[str] = mapped_column(String(2), default="en")
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    role: Mapped[Role]
    invited_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    agency: Mapped[Agency] = relationship(lazy="raise")
    inviter: Mapped[Person] = relationship(lazy="raise")


class PasswordReset(Table):
    """A single-use link to a new password. `person_id` is None for an address without an account: a link to nothing."""

    __tablename__ = "password_reset"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignInThrottle(Table):
    """Recent attempts of one account or one network address."""

    __tablename__ = "sign_in_throttle"

    subject: Mapped[str] = mapped_column(String(80), unique=True)
    """`account:<hash>` or `address:<hash>`: neither is stored as it is."""
    attempts: Mapped[int]
    blocked_until: Mapped[datetime | None]
    window_ends_at: Mapped[datetime]


class KeptForm(Table):
    """What someone sent after their sign-in had ended. Shown back to the same person, never run unasked."""

    __tablename__ = "kept_form"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    path: Mapped[str] = mapped_column(String(1000))
    fields: Mapped[list[Any]] = mapped_column(JSON)
    """Pairs of name and value, in order, without passwords and tokens."""
    kept_at: Mapped[datetime]
