"""Corrections that were proposed: what is to count instead, until a second person agrees or refuses."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.features.agencies.models import Agency
from portal.features.ledger.domain import CORRECTION, CorrectionState
from portal.infra.db import Record
from portal.kernel.policy import Actor


class LedgerCorrection(Record):
    """The whole content that is to count instead of that of one entry."""

    __tablename__ = "ledger_correction"
    __table_args__ = (
        Index(
            "uq_ledger_correction_one_open",
            "event",
            unique=True,
            sqlite_where=text("state = 'proposed'"),
            postgresql_where=text("state = 'proposed'"),
        ),
        Index("ix_ledger_correction_open", "state", "agency_id"),
        Index("ix_ledger_correction_other", "state", "other_id"),
    )
    lifecycle = CORRECTION

    ref: Mapped[str] = mapped_column(String(16), unique=True)
    state: Mapped[CorrectionState]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    """Whose people proposed it."""
    other_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    """The other party of the event, whose people decide; without one a colleague does."""
    event: Mapped[str] = mapped_column(String(32))
    """Of the entry to be corrected."""
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_ref: Mapped[str] = mapped_column(String(40))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str]
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    proposed_at: Mapped[datetime]
    agency: Mapped[Agency] = relationship(foreign_keys=agency_id, lazy="raise")
    other: Mapped[Agency | None] = relationship(foreign_keys=other_id, lazy="raise")

    def disclosed_to(self, actor: Actor) -> bool:
        """Why a figure is corrected is between the two parties."""
        return actor.agency_id is not None and actor.agency_id in {self.agency_id, self.other_id}

    @property
    def frozen(self) -> bool:
        return self.agency.suspended or (self.other is not None and self.other.suspended)
