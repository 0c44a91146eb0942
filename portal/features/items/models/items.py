"""The table of items, and which agencies have to do with each."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.features.agencies.models import Agency
from portal.features.assistance.models import RequestLine
from portal.features.items.domain.checking import verified_in_use
from portal.features.items.domain.disclosure import disclosed
from portal.features.items.domain.lifecycles import ITEM, LIVE, ItemState
from portal.features.items.domain.vocabulary import Condition, RiskClass, SiteKind
from portal.features.people.models import Person
from portal.features.shipments.models import ReceiptLine as _ReceiptLine  # noqa: F401 - the table that items refer to
from portal.infra.db import Record, Table
from portal.kernel.equipment import EQUIPMENT, Equipment
from portal.kernel.labels import Tlp
from portal.kernel.money import Money
from portal.kernel.policy import Actor

if TYPE_CHECKING:
    from portal.features.items.models.moves import ItemHandover, ItemMove


class Item(Record):
    """One donated unit, or a number of consumables. `agency_id` is its holder's."""

    __tablename__ = "item"
    __table_args__ = (
        # Retired and destroyed items too; a copy that somebody confirmed with a reason has a number of its own.
        UniqueConstraint("maker_norm", "serial_norm", "serial_copy", name="uq_item_serial"),
        CheckConstraint("quantity >= 1", name="some_units"),
        CheckConstraint("quantity = 1 OR (serial_norm IS NULL AND vin IS NULL)", name="serial_of_one"),
        CheckConstraint("serial_copy >= 0 AND (serial_copy = 0 OR serial_reason <> '')", name="copy_with_reason"),
        CheckConstraint("value_minor >= 0", name="value_not_negative"),
        CheckConstraint("operators_required >= 0 AND operators_trained >= 0", name="operators_not_negative"),
        CheckConstraint("open_findings >= 0", name="findings_counted_from_zero"),
        Index("ix_item_check", "next_check_on", "id"),
        Index("ix_item_state", "state", "id"),
        Index("ix_item_group", "category_group", "id"),
        Index("ix_item_line", "line_id", "verified_until"),
    )

    ref: Mapped[str] = mapped_column(String(16), unique=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    funder_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    implementer_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    checker_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    """The agency that makes the next check, where one was named."""
    line_id: Mapped[int | None] = mapped_column(ForeignKey("request_line.id"))
    """The line of a request that it answers."""
    receipt_line_id: Mapped[int | None] = mapped_column(ForeignKey("receipt_line.id"), index=True)
    """What was received and is now registered; None for donations from before the portal."""
    state: Mapped[ItemState]
    label: Mapped[Tlp]
    category: Mapped[str] = mapped_column(String(40))
    """A key of equipment.csv."""
    category_group: Mapped[str] = mapped_column(String(40))
    manufacturer: Mapped[str] = mapped_column(String(80))
    maker_norm: Mapped[str] = mapped_column(String(80))
    model: Mapped[str] = mapped_column(String(80))
    serial: Mapped[str | None] = mapped_column(String(60))
    """As it stands on the item."""
    serial_norm: Mapped[str | None] = mapped_column(String(60))
    serial_copy: Mapped[int] = mapped_column(default=0)
    serial_reason: Mapped[str] = mapped_column(default="")
    """Why it may carry a serial number that another one has, or none."""
    vin: Mapped[str | None] = mapped_column(String(17), unique=True)
    engine_no: Mapped[str] = mapped_column(String(60), default="")
    tag: Mapped[str] = mapped_column(String(40), default="")
    made_year: Mapped[int | None]
    quantity: Mapped[int]
    value_minor: Mapped[int] = mapped_column(BigInteger)
    """Of all of it, in the smallest unit of the currency."""
    currency: Mapped[str] = mapped_column(String(3))
    condition: Mapped[Condition]
    odometer: Mapped[int | None]
    unit: Mapped[str] = mapped_column(String(120))
    """The end-user unit."""
    site: Mapped[str] = mapped_column(String(120))
    site_kind: Mapped[SiteKind]
    custodian_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    received_on: Mapped[date | None]
    warranty_until: Mapped[date | None]
    licence_until: Mapped[date | None]
    stores_data: Mapped[bool] = mapped_column(default=False)
    risk_class: Mapped[RiskClass]
    operators_required: Mapped[int] = mapped_column(default=0)
    operators_trained: Mapped[int] = mapped_column(default=0)
    undertaken_at: Mapped[datetime | None]
    """When the present holder signed the end-use undertaking."""
    undertaken_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    verified_until: Mapped[date | None]
    next_check_on: Mapped[date | None]
    """With the former what follows from the checks (`domain.checking.standing`), kept by `services.following`."""
    counted_from: Mapped[date | None]
    """When the interval of the first check of its present holder began."""
    checks_before: Mapped[int] = mapped_column(default=0)
    """Checks up to this number were made before that, and no longer count."""
    open_findings: Mapped[int] = mapped_column(default=0)
    """Counted while the item is held (`services.holding`)."""
    attributes: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    report_number: Mapped[str] = mapped_column(default="")
    """Of the report of its theft, or of the record of its end."""
    registered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    registered_at: Mapped[datetime]

    agency: Mapped[Agency] = relationship(foreign_keys=[agency_id], lazy="raise")
    owner: Mapped[Agency] = relationship(foreign_keys=[owner_id], lazy="raise")
    funder: Mapped[Agency] = relationship(foreign_keys=[funder_id], lazy="raise")
    implementer: Mapped[Agency | None] = relationship(foreign_keys=[implementer_id], lazy="raise")
    checker: Mapped[Agency | None] = relationship(foreign_keys=[checker_id], lazy="raise")
    custodian: Mapped[Person | None] = relationship(foreign_keys=[custodian_id], lazy="raise")
    line: Mapped[RequestLine | None] = relationship(lazy="raise")
    parties: Mapped[list["ItemParty"]] = relationship(lazy="raise", cascade="all, delete-orphan")
    handovers: Mapped[list["ItemHandover"]] = relationship(lazy="raise", order_by="ItemHandover.number")
    moves: Mapped[list["ItemMove"]] = relationship(lazy="raise", order_by="ItemMove.number")

    lifecycle = ITEM

    @property
    def kind(self) -> Equipment:
        return EQUIPMENT[self.category]

    @property
    def value(self) -> Money:
        return Money(self.value_minor, self.currency)

    @property
    def handover(self) -> "ItemHandover | None":
        """The one that waits for its receiver."""
        return next((one for one in self.handovers if one.ended_at is None), None)

    @property
    def move(self) -> "ItemMove | None":
        """What the holder asked for and nobody has ended yet."""
        return next((one for one in self.moves if one.ended_at is None), None)

    @property
    def live(self) -> bool:
        return self.state in LIVE

    @property
    def frozen(self) -> bool:
        """Derived: its holder or its donor is suspended."""
        return self.agency.suspended or self.funder.suspended

    @property
    def party_ids(self) -> frozenset[int]:
        """Agencies that have to do with it: what `ItemParty` is kept in step with."""
        ids = {self.agency_id, self.owner_id, self.funder_id, self.implementer_id, self.checker_id}
        if self.move is not None:
            ids.add(self.move.to_agency_id)
        return frozenset(one for one in ids if one is not None)

    def disclosed_to(self, actor: Actor | None) -> bool:
        return disclosed(actor, self)

    def verified(self, today: date) -> bool:
        return verified_in_use(self, today=today)

    def overdue(self, today: date) -> bool:
        return self.next_check_on is not None and self.next_check_on < today


class ItemAllotment(Table):
    """How much of what a receipt counted is registered by now: claimed by one guarded UPDATE."""

    __tablename__ = "item_allotment"
    __table_args__ = (CheckConstraint("registered >= 0 AND registered <= units", name="registered_within_units"),)

    receipt_line_id: Mapped[int] = mapped_column(ForeignKey("receipt_line.id"), unique=True)
    units: Mapped[int]
    """Received, in whatever condition."""
    registered: Mapped[int] = mapped_column(default=0)


class ItemParty(Table):
    """An agency that has to do with an item. Keeps the keys of the lists, so that each walks one index."""

    __tablename__ = "item_party"
    __table_args__ = (
        UniqueConstraint("item_id", "agency_id"),
        Index("ix_item_party_list", "agency_id", "item_id"),
        Index("ix_item_party_check", "agency_id", "next_check_on", "item_id"),
        Index("ix_item_party_state", "agency_id", "state", "item_id"),
        Index("ix_item_party_group", "agency_id", "category_group", "item_id"),
    )

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    state: Mapped[ItemState]
    category_group: Mapped[str] = mapped_column(String(40))
    next_check_on: Mapped[date | None]


def keys_of_list(item: Item) -> dict[str, Any]:
    """What `ItemParty` repeats of an item."""
    return {"state": item.state, "category_group": item.category_group, "next_check_on": item.next_check_on}


def missing_parties(item: Item, known: Iterable[int]) -> set[int]:
    return set(item.party_ids) - set(known)
