"""What makes a rewritten ledger show: keys, signed heads, and the heads that left the system."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.features.ledger.domain import Means
from portal.infra.db import Table


class LedgerKey(Table):
    """The public half of a key that signed, or signs, heads. Never removed: old heads are checked with it."""

    __tablename__ = "ledger_key"

    key_id: Mapped[str] = mapped_column(String(16), unique=True)
    public: Mapped[str] = mapped_column(String(64))
    since_at: Mapped[datetime]


class LedgerCheckpoint(Table):
    """A head with the portal's signature."""

    __tablename__ = "ledger_checkpoint"
    __table_args__ = (UniqueConstraint("agency_id", "sequence", "key_id", name="uq_ledger_checkpoint_place"),)

    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    sequence: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    key_id: Mapped[str] = mapped_column(String(16))
    signature: Mapped[str] = mapped_column(String(128))


class LedgerDelivery(Table):
    """A head that left the system: up to there nobody can rewrite the chain without being noticed."""

    __tablename__ = "ledger_delivery"
    __table_args__ = (Index("ix_ledger_delivery_chain", "agency_id", "sequence"),)

    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    sequence: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    means: Mapped[Means]
    ref: Mapped[str] = mapped_column(String(40), default="")
    """Of the receipt or certificate that carries it."""
    at: Mapped[datetime]


class LedgerCheck(Table):
    """What a look at the whole ledger found, by the portal's clock."""

    __tablename__ = "ledger_check"

    what: Mapped[str] = mapped_column(String(20))
    """`chains` or `figures`."""
    at: Mapped[datetime]
    entries: Mapped[int]
    faults: Mapped[int]
    details: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """The first of them, as codes and references."""
