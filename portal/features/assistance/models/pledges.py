"""The tables of pledges, and of donors who look for something to pledge to."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.features.agencies.models import Agency
from portal.features.assistance.domain.disclosure import NAMED_ONLY, OVERSEERS
from portal.features.assistance.domain.lifecycles import PLEDGE, PledgeState
from portal.features.assistance.domain.pledging import ends_at
from portal.features.assistance.domain.vocabulary import ExportLicence, FlowType, Procurer, Tied, Valuation
from portal.features.assistance.models.requests import Request, RequestLine
from portal.infra.db import Record, Table
from portal.kernel.labels import Tlp
from portal.kernel.money import Money
from portal.kernel.policy import Actor


class Pledge(Record):
    """A donor's promise on a line. `agency_id` is the donor's. Its quantity stands in the line's `pledged`."""

    __tablename__ = "pledge"
    __table_args__ = (
        CheckConstraint("quantity >= 1", name="something_promised"),
        CheckConstraint("received >= 0 AND received <= quantity", name="received_within_quantity"),
        CheckConstraint("unit_minor >= 0", name="value_not_negative"),
        CheckConstraint("shipped >= 0 AND short >= 0 AND shipped - short <= quantity", name="shipped_within_quantity"),
        Index("ix_pledge_line", "line_id", "state", "id"),
        Index("ix_pledge_agency", "agency_id", "state", "id"),
        Index("ix_pledge_lapsing", "state", "valid_until"),
    )

    ref: Mapped[str] = mapped_column(String(16), unique=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"), index=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("request_line.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    implementer_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    state: Mapped[PledgeState]
    quantity: Mapped[int]
    received: Mapped[int] = mapped_column(default=0)
    shipped: Mapped[int] = mapped_column(default=0)
    """Units of equipment that were dispatched, replacements included; claimed by guarded UPDATEs."""
    short: Mapped[int] = mapped_column(default=0)
    """Of these, the ones that did not arrive in good order: they may be sent again."""
    unit_minor: Mapped[int] = mapped_column(BigInteger)
    """Value of one unit, in the smallest unit of the currency."""
    currency: Mapped[str] = mapped_column(String(3))
    valuation: Mapped[Valuation | None]
    """How the value was found; None for funds, which are what they are."""
    in_kind: Mapped[bool] = mapped_column(default=True)
    procurer: Mapped[Procurer | None]
    """Who buys the units that funds pay for."""
    available_from: Mapped[date]
    valid_until: Mapped[date]
    conditions: Mapped[str] = mapped_column(default="")
    conditions_language: Mapped[str] = mapped_column(String(8), default="en")
    tied: Mapped[Tied] = mapped_column(default=Tied.UNTIED)
    export_licence: Mapped[ExportLicence | None]
    """What the donor found out, where the export of the line's category is controlled."""
    request_version: Mapped[int] = mapped_column(default=1)
    """Of the terms that the donor read."""
    agreement: Mapped[str] = mapped_column(default="")
    """Names the agreement in force; its file is a document of the pledge."""
    agreement_on: Mapped[date | None]
    oda_answers: Mapped[dict[str, bool] | None] = mapped_column(JSON)
    oda_suggested: Mapped[FlowType | None]
    oda_flow: Mapped[FlowType | None]
    """What the donor decided."""
    oda_note: Mapped[str] = mapped_column(default="")
    anonymous_reason: Mapped[int | None]
    """Why the donor is not named to others and in public: a code of `Redaction`."""
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    close_asked_by: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    """The side that asked to close it short; the other one confirms."""
    reduce_to: Mapped[int | None]
    """A reduction that the donor asked for and the secretariat has not agreed to yet."""
    pledged_at: Mapped[datetime]

    request: Mapped[Request] = relationship(lazy="raise")
    line: Mapped[RequestLine] = relationship(lazy="raise")
    agency: Mapped[Agency] = relationship(lazy="raise", foreign_keys=[agency_id])
    implementer: Mapped[Agency | None] = relationship(lazy="raise", foreign_keys=[implementer_id])

    lifecycle = PLEDGE

    @property
    def frozen(self) -> bool:
        """Derived: the donor or the requester is suspended."""
        return self.agency.suspended or self.request.agency.suspended

    @property
    def label(self) -> Tlp:
        """A pledge says what its request asks for: it carries the same label."""
        return self.request.label

    def disclosed_to(self, actor: Actor | None) -> bool:
        """Both sides, a named implementer, and whoever oversees and reads the request: the twin of `pledges_seen`.

        A RED request is for the people that it names, also within the donor's agency.
        """
        if actor is None or actor.agency_id is None:
            return False
        label, seen = self.request.label, self.request.seen
        if actor.agency_id == self.request.agency_id:
            return True
        if actor.agency_id == self.agency_id and (label != Tlp.RED or seen.released_to_person):
            return True
        if actor.agency_id == self.implementer_id and (label not in NAMED_ONLY or self.request.read_by(actor)):
            return True
        return actor.role in OVERSEERS and self.request.read_by(actor)

    def named_to(self, actor: Actor | None) -> bool:
        """Whether the reader is told who the donor is."""
        return self.anonymous_reason is None or self.disclosed_to(actor)

    @property
    def to_ship(self) -> int:
        """Units that may still be dispatched."""
        return self.quantity - self.shipped + self.short

    @property
    def under_way(self) -> int:
        """Units that were dispatched and that nobody has accounted for yet."""
        return max(self.shipped - self.short - self.received, 0)

    @property
    def unit_value(self) -> Money:
        return Money(self.unit_minor, self.currency)

    @property
    def value(self) -> Money:
        return self.unit_value * self.quantity

    @property
    def lapses_at(self) -> datetime:
        return ends_at(self.valid_until, self.agency.time_zone)


class PledgeWaiting(Table):
    """Someone who came too late for a line and wants to be told when something of it is free again."""

    __tablename__ = "pledge_waiting"
    __table_args__ = (
        UniqueConstraint("line_id", "person_id"),
        CheckConstraint("quantity >= 1", name="something_wanted"),
    )

    line_id: Mapped[int] = mapped_column(ForeignKey("request_line.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    quantity: Mapped[int]
    at: Mapped[datetime]
    told_at: Mapped[datetime | None]


class Interest(Table):
    """A donor agency's quiet interest: others see only how many there are."""

    __tablename__ = "interest"
    __table_args__ = (UniqueConstraint("request_id", "agency_id"),)

    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class SavedSearch(Record):
    """Filters of a donor, kept under a name: it is told of new requests that pass them."""

    __tablename__ = "saved_search"

    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    filters: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    told_until: Mapped[datetime]
    """Requests opened up to here were told of."""


class ServiceDelivery(Record):
    """Training held, experts sent or licences given: recorded by the donor's side, confirmed by the recipient."""

    __tablename__ = "service_delivery"
    __table_args__ = (
        CheckConstraint("quantity >= 1", name="something_delivered"),
        CheckConstraint("starts_on <= ends_on", name="days_in_order"),
        CheckConstraint(
            "accepted IS NULL OR (accepted >= 0 AND accepted <= quantity)", name="accepted_within_quantity"
        ),
        UniqueConstraint("pledge_id", "number"),
    )

    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledge.id"))
    number: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    quantity: Mapped[int]
    """In the unit of the line: persons trained, days, licences."""
    attended: Mapped[int | None]
    note: Mapped[str] = mapped_column(default="")
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    accepted: Mapped[int | None]
    """How much of it the recipient confirmed; None until they answered."""
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
    """Why not all of it was confirmed."""

    pledge: Mapped[Pledge] = relationship(lazy="raise")
