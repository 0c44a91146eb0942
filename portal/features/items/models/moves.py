"""Who held an item from when to when, handovers, what holders asked their donors for, and checks."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, column
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.features.agencies.models import Agency
from portal.features.items.domain.checking import CheckType, Result
from portal.features.items.domain.lifecycles import ItemState
from portal.features.items.domain.vocabulary import Condition, Ending, Method, MoveKind, SiteKind
from portal.features.people.models import Person
from portal.infra.db import Record, Table

_NOT_ENDED = column("ended_at").is_(None)


class ItemCustody(Table):
    """One link of the chain: who had the item, where, from one instant to another. The last link is open."""

    __tablename__ = "item_custody"
    __table_args__ = (
        UniqueConstraint("item_id", "number"),
        CheckConstraint("ended_at IS NULL OR ended_at >= began_at", name="instants_in_order"),
        Index("uq_item_custody_open", "item_id", unique=True, sqlite_where=_NOT_ENDED, postgresql_where=_NOT_ENDED),
    )

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    number: Mapped[int]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    unit: Mapped[str] = mapped_column(String(120))
    site: Mapped[str] = mapped_column(String(120))
    site_kind: Mapped[SiteKind]
    condition: Mapped[Condition]
    """In which it came into these hands."""
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    agency: Mapped[Agency] = relationship(lazy="raise")
    person: Mapped[Person | None] = relationship(lazy="raise")


class ItemHandover(Record):
    """From hand to hand within the holder's agency: offered by one person, confirmed by the other."""

    __tablename__ = "item_handover"
    __table_args__ = (
        UniqueConstraint("item_id", "number"),
        CheckConstraint("offered_by <> to_person_id", name="two_people"),
        CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", name="ended_or_not"),
        Index("uq_item_handover_open", "item_id", unique=True, sqlite_where=_NOT_ENDED, postgresql_where=_NOT_ENDED),
        Index("ix_item_handover_receiver", "to_person_id", "ended_at"),
    )

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    number: Mapped[int]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    offered_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    """The signature of the side that gives."""
    to_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    unit: Mapped[str] = mapped_column(String(120))
    site: Mapped[str] = mapped_column(String(120))
    site_kind: Mapped[SiteKind]
    condition: Mapped[Condition]
    note: Mapped[str] = mapped_column(default="")
    offered_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """When the receiver signed, or refused."""
    ending: Mapped[Ending | None]
    reason: Mapped[str] = mapped_column(default="")

    giver: Mapped[Person] = relationship(foreign_keys=[offered_by], lazy="raise")
    receiver: Mapped[Person] = relationship(foreign_keys=[to_person_id], lazy="raise")


class ItemMove(Record):
    """What the holder asks the donor for: to pass the item on, to retire it, or to give it back."""

    __tablename__ = "item_move"
    __table_args__ = (
        UniqueConstraint("item_id", "number"),
        CheckConstraint("(kind = 'transfer') = (to_agency_id IS NOT NULL)", name="transfer_to_somebody"),
        CheckConstraint("(kind = 'retirement') = (method IS NOT NULL)", name="retirement_by_a_method"),
        CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", name="ended_or_not"),
        Index("uq_item_move_open", "item_id", unique=True, sqlite_where=_NOT_ENDED, postgresql_where=_NOT_ENDED),
        Index("ix_item_move_to", "to_agency_id", "ended_at"),
        Index("ix_item_move_open", "ended_at", "item_id"),
    )

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    number: Mapped[int]
    kind: Mapped[MoveKind]
    came_from: Mapped[ItemState]
    """To which the item goes back when it is refused."""
    from_agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    to_agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    unit: Mapped[str] = mapped_column(String(120), default="")
    site: Mapped[str] = mapped_column(String(120), default="")
    site_kind: Mapped[SiteKind | None]
    ownership: Mapped[bool] = mapped_column(default=False)
    method: Mapped[Method | None]
    data_wiped: Mapped[bool | None]
    reason: Mapped[str]
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    consented_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    consented_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ending: Mapped[Ending | None]

    to_agency: Mapped[Agency | None] = relationship(foreign_keys=[to_agency_id], lazy="raise")


class ItemCheck(Table):
    """What somebody found at an item: append-only."""

    __tablename__ = "item_check"
    __table_args__ = (UniqueConstraint("item_id", "number"), Index("ix_item_check_on", "item_id", "on", "number"))

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    number: Mapped[int]
    kind: Mapped[CheckType]
    on: Mapped[date]
    result: Mapped[Result]
    independent: Mapped[bool]
    """Made by an agency that neither holds nor owns it."""
    condition: Mapped[Condition | None]
    odometer: Mapped[int | None]
    note: Mapped[str] = mapped_column(default="")
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]

    agency: Mapped[Agency] = relationship(lazy="raise")
