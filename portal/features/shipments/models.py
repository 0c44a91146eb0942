"""The tables of shipments and receipts."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.features.agencies.models import Agency
from portal.features.assistance.domain.disclosure import NAMED_ONLY, OVERSEERS
from portal.features.assistance.domain.vocabulary import Unit
from portal.features.assistance.models import Pledge
from portal.features.documents.domain import closer
from portal.features.shipments.domain.lifecycle import SHIPMENT, ShipmentState
from portal.features.shipments.domain.vocabulary import SHORTFALLS, Asked, Mode, Outcome, Reason, ReceiptKind
from portal.infra.db import Record, Table
from portal.kernel.labels import Tlp
from portal.kernel.money import Money
from portal.kernel.policy import Actor

ACCOUNTED = "received + damaged + missing + refused + returned"
"""Of a line: how many of its units somebody has said something about."""


class Shipment(Record):
    """What one donor sends to one recipient at one time. `agency_id` is the donor's."""

    __tablename__ = "shipment"
    __table_args__ = (
        CheckConstraint("agency_id <> recipient_id", name="two_sides"),
        CheckConstraint("receipts >= 0 AND acknowledged >= 0", name="receipts_counted"),
        CheckConstraint("(asked IS NULL) = (asked_by IS NULL)", name="asked_by_a_side"),
        Index("ix_shipment_agency", "agency_id", "state", "id"),
        Index("ix_shipment_recipient", "recipient_id", "state", "id"),
        Index("ix_shipment_state", "state", "id"),
    )

    ref: Mapped[str] = mapped_column(String(16), unique=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    recipient_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    implementer_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    state: Mapped[ShipmentState]
    own_label: Mapped[Tlp] = mapped_column(default=Tlp.AMBER)
    mode: Mapped[Mode]
    carrier: Mapped[str] = mapped_column(default="")
    driver: Mapped[str] = mapped_column(default="")
    """Name or plate, as the carrier gives it."""
    waybill: Mapped[str] = mapped_column(default="")
    customs_ref: Mapped[str] = mapped_column(default="")
    port_from: Mapped[str] = mapped_column(default="")
    port_to: Mapped[str] = mapped_column(default="")
    destination: Mapped[str] = mapped_column(default="")
    contact: Mapped[str] = mapped_column(default="")
    remarks: Mapped[str] = mapped_column(default="")
    ready_on: Mapped[date | None]
    dispatched_on: Mapped[date | None]
    border_on: Mapped[date | None]
    arrived_on: Mapped[date | None]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    receipts: Mapped[int] = mapped_column(default=0)
    """How many there are. The next one is claimed by raising it: two storekeepers cannot enter the same one."""
    differs: Mapped[int] = mapped_column(default=0)
    """The number of the latest receipt that found something short."""
    acknowledged: Mapped[int] = mapped_column(default=0)
    """Up to which receipt the sender has read the differences."""
    asked: Mapped[Asked | None]
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    """The side that asked for a step which takes both; the other one confirms."""

    agency: Mapped[Agency] = relationship(lazy="raise", foreign_keys=[agency_id])
    recipient: Mapped[Agency] = relationship(lazy="raise", foreign_keys=[recipient_id])
    implementer: Mapped[Agency | None] = relationship(lazy="raise", foreign_keys=[implementer_id])
    lines: Mapped[list["ShipmentLine"]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by="ShipmentLine.number", back_populates="shipment"
    )

    lifecycle = SHIPMENT

    @property
    def frozen(self) -> bool:
        """Derived: the donor or the recipient is suspended."""
        return self.agency.suspended or self.recipient.suspended

    @property
    def label(self) -> Tlp:
        """The strictest of its own and of those of the requests that it answers."""
        found = self.own_label
        for line in self.lines:
            if line.pledge is not None:
                found = closer(found, line.pledge.request.label)
        return found

    @property
    def sides(self) -> set[int]:
        """The agencies that read everything of it."""
        return {self.agency_id, self.recipient_id} | ({self.implementer_id} if self.implementer_id else set())

    def side_of(self, agency_id: int | None) -> int | None:
        """The side that an agency stands on: a named implementer stands on the donor's."""
        return self.agency_id if agency_id is not None and agency_id == self.implementer_id else agency_id

    def disclosed_to(self, actor: Actor | None) -> bool:
        """Its sides, and overseers; but nobody who may not see one of its commitments: the twin of `visible`."""
        if actor is None or actor.agency_id is None:
            return False
        overseen = actor.role in OVERSEERS and self.own_label not in NAMED_ONLY
        if actor.agency_id not in self.sides and not overseen:
            return False
        return all(line.pledge.disclosed_to(actor) for line in self.lines if line.pledge is not None)

    def exact_for(self, actor: Actor | None) -> bool:
        """Destination, contact and driver are for the people who send it and receive it."""
        return actor is not None and actor.agency_id in self.sides

    @property
    def sent(self) -> int:
        return sum(line.sent for line in self.lines)

    @property
    def received(self) -> int:
        return sum(line.received for line in self.lines)

    @property
    def short(self) -> int:
        return sum(line.short for line in self.lines)

    @property
    def open(self) -> int:
        """Units that nobody has accounted for yet."""
        return sum(line.open for line in self.lines)


class ShipmentLine(Record):
    """Units of one commitment, or of a donation without a request. What became of them is summed from receipts."""

    __tablename__ = "shipment_line"
    __table_args__ = (
        CheckConstraint("sent >= 1", name="something_sent"),
        CheckConstraint(
            "received >= 0 AND damaged >= 0 AND missing >= 0 AND refused >= 0 AND returned >= 0", name="from_zero"
        ),
        CheckConstraint(f"{ACCOUNTED} <= sent", name="no_more_than_sent"),
        CheckConstraint("settled >= 0", name="settled_from_zero"),
        CheckConstraint("(unit_minor IS NULL) = (currency IS NULL)", name="value_with_currency"),
        UniqueConstraint("shipment_id", "number"),
        UniqueConstraint("shipment_id", "pledge_id", name="uq_shipment_line_pledge"),
    )

    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipment.id"))
    number: Mapped[int]
    pledge_id: Mapped[int | None] = mapped_column(ForeignKey("pledge.id"), index=True)
    category: Mapped[str | None] = mapped_column(String(40))
    """A key of equipment.csv."""
    what: Mapped[str] = mapped_column(String(160))
    unit: Mapped[Unit]
    unit_minor: Mapped[int | None] = mapped_column(BigInteger)
    """Value of one unit, in the smallest unit of the currency."""
    currency: Mapped[str | None] = mapped_column(String(3))
    packages: Mapped[int | None]
    weight_kg: Mapped[int | None]
    sent: Mapped[int]
    received: Mapped[int] = mapped_column(default=0)
    damaged: Mapped[int] = mapped_column(default=0)
    missing: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    returned: Mapped[int] = mapped_column(default=0)
    settled: Mapped[int] = mapped_column(default=0)
    """Of what is short, how many its commitment took back so that they can be sent again."""

    shipment: Mapped[Shipment] = relationship(lazy="raise", back_populates="lines")
    pledge: Mapped[Pledge | None] = relationship(lazy="raise")

    @property
    def short(self) -> int:
        return sum(getattr(self, one.value) for one in SHORTFALLS)

    @property
    def open(self) -> int:
        return self.sent - self.received - self.short

    @property
    def unit_value(self) -> Money | None:
        return Money(self.unit_minor, self.currency) if self.unit_minor is not None and self.currency else None

    @property
    def language(self) -> str | None:
        """In which it is named: that of its request, unknown for a donation without one."""
        return self.pledge.request.title_language if self.pledge is not None else None

    def shown_to(self, actor: Actor | None) -> bool:
        """Whether the owner of its request lets this reader know what it is."""
        return self.pledge is None or self.pledge.request.shows(actor, self.pledge.line.field)


class Receipt(Table):
    """What storekeepers found at one time, or a correction: append-only."""

    __tablename__ = "receipt"
    __table_args__ = (UniqueConstraint("shipment_id", "number"),)

    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipment.id"))
    number: Mapped[int]
    kind: Mapped[ReceiptKind]
    received_on: Mapped[date]
    remarks: Mapped[str] = mapped_column(default="")
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    """Of whoever entered it."""
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]

    lines: Mapped[list["ReceiptLine"]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by="ReceiptLine.id", back_populates="receipt"
    )


class ReceiptLine(Table):
    """What one receipt says of one line. A correction takes back what it names: its figures are negative."""

    __tablename__ = "receipt_line"
    __table_args__ = (UniqueConstraint("receipt_id", "line_id"),)

    receipt_id: Mapped[int] = mapped_column(ForeignKey("receipt.id"))
    line_id: Mapped[int] = mapped_column(ForeignKey("shipment_line.id"), index=True)
    received: Mapped[int] = mapped_column(default=0)
    damaged: Mapped[int] = mapped_column(default=0)
    missing: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    returned: Mapped[int] = mapped_column(default=0)
    counted: Mapped[int] = mapped_column(default=0)
    """Of what was received, how many units the commitment still had room for."""
    reason: Mapped[Reason | None]
    words: Mapped[str] = mapped_column(default="")
    photo: Mapped[str | None] = mapped_column(String(24))
    """The key of a document of the shipment."""

    receipt: Mapped[Receipt] = relationship(lazy="raise", back_populates="lines")
    line: Mapped[ShipmentLine] = relationship(lazy="raise")

    def of(self, outcome: Outcome) -> int:
        return int(getattr(self, outcome.value))
