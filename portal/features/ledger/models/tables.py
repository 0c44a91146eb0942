"""The tables of the ledger. Nothing has a foreign key to an entry: the rights that such a key needs are withdrawn."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column

from portal.infra.db import Table
from portal.ledger.entries import Entry, Subject


class LedgerChain(Table):
    """How long the chain of an agency is. Writers take its row first, so that one follows the other."""

    __tablename__ = "ledger_chain"
    __table_args__ = (CheckConstraint("length >= 0", name="length"),)

    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), unique=True)
    length: Mapped[int]


class LedgerEntry(Table):
    """One entry of the chain of an agency. Never changed and never deleted: a correction is a new entry."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        UniqueConstraint("agency_id", "sequence", name="uq_ledger_entry_place"),
        UniqueConstraint("corrects_id", name="uq_ledger_entry_corrects"),
        CheckConstraint("sequence > 0", name="sequence"),
        CheckConstraint("other_id <> agency_id", name="other"),
        Index("ix_ledger_entry_subject", "subject_type", "subject_ref", "agency_id", "sequence"),
        Index("ix_ledger_entry_event", "event"),
    )

    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    sequence: Mapped[int]
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    event: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(80))
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_ref: Mapped[str] = mapped_column(String(40))
    content: Mapped[str] = mapped_column(Text)
    """Canonical text, byte for byte what was hashed: a JSON column would write it anew."""
    other_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    actor_id: Mapped[int | None]
    """Of a person. No foreign key: a name that is erased must break nothing here."""
    proposer_id: Mapped[int | None]
    """Who proposed it, where the actor was the second person who had to agree."""
    at: Mapped[datetime]
    corrects: Mapped[int | None]
    """The sequence, in this chain, of the entry that this one corrects."""
    corrects_id: Mapped[int | None]
    """The row of that entry: unique, so that an entry is corrected once and a correction of it after that."""

    @property
    def subject(self) -> Subject:
        return Subject(self.subject_type, self.subject_ref)

    @property
    def entry(self) -> Entry:
        """As the chain is followed and verified."""
        return Entry(
            agency=self.agency_id,
            sequence=self.sequence,
            previous=self.previous,
            event=self.event,
            kind=self.kind,
            subject_type=self.subject_type,
            subject_ref=self.subject_ref,
            content=self.content,
            other=self.other_id,
            actor=self.actor_id,
            at=self.at,
            corrects=self.corrects,
            proposer=self.proposer_id,
            hash=self.hash,
        )


@event.listens_for(LedgerEntry, "before_update")
@event.listens_for(LedgerEntry, "before_delete")
def _never(*_: object) -> None:
    raise RuntimeError("an entry of the ledger is never changed or deleted: record a correction")
