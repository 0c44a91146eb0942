"""The table of documents. The bytes are in the store, under their digest."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.infra.db import Record
from portal.kernel.files import FileKind
from portal.kernel.labels import Tlp


class Document(Record):
    """A file attached to a record of any slice. Never deleted: a removed one is only no longer handed out."""

    __tablename__ = "document"
    __table_args__ = (Index("ix_document_subject", "subject", "ref", "id"),)

    key: Mapped[str] = mapped_column(String(24), unique=True)
    """What stands in its address."""
    subject: Mapped[str] = mapped_column(String(40))
    """The name of the lifecycle of the record it belongs to."""
    ref: Mapped[str] = mapped_column(String(20))
    """The reference of that record."""
    title: Mapped[str] = mapped_column(String(200))
    label: Mapped[Tlp]
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[FileKind]
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64), index=True)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    """Of the person who attached it."""
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    attached_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
