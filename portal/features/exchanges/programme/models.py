"""The tables that keep an uploaded programme between the page that shows what would happen and the confirmation."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, deferred, mapped_column

from portal.infra.db import Record, Table


class ProgrammeUpload(Record):
    """What somebody sent, as it came. Its files go when it was applied or when it expires."""

    __tablename__ = "programme_upload"

    key: Mapped[str] = mapped_column(String(40), unique=True)
    """What stands in its address."""
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the files: what is applied is what was shown."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    applied_at: Mapped[datetime | None]
    applied_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    outcome: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """How many of what, once applied."""


class ProgrammeFile(Table):
    """One of the files of an upload, unchanged."""

    __tablename__ = "programme_file"

    upload_id: Mapped[int] = mapped_column(ForeignKey("programme_upload.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary))
