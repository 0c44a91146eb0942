"""The tables that keep a file of items while it is checked, until somebody confirms it, and what was found in it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, deferred, mapped_column

from portal.infra.db import Record, Table


class Stage(StrEnum):
    """How far a file is."""

    WAITING = "waiting"
    CHECKING = "checking"
    CHECKED = "checked"
    CONFIRMED = "confirmed"
    WRITING = "writing"
    DONE = "done"


ON_ITS_WAY = frozenset({Stage.WAITING, Stage.CHECKING, Stage.CONFIRMED, Stage.WRITING})
"""A job works on it, or will."""
WORKING = frozenset({Stage.CHECKING, Stage.WRITING})


class ItemFile(Record):
    """What somebody sent, and what became of it. Its bytes go once it was written, or when it expires."""

    __tablename__ = "item_file"
    __table_args__ = (Index("ix_item_file_stage", "stage", "id"),)

    key: Mapped[str] = mapped_column(String(40), unique=True)
    """What stands in its address."""
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    wanted_as: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))
    """The membership of who sent it, or of who confirmed it."""
    name: Mapped[str] = mapped_column(String(200))
    stage: Mapped[Stage]
    content: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    size: Mapped[int]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    beat_at: Mapped[datetime | None]
    """When its job last gave a sign of life."""
    ended_at: Mapped[datetime | None]
    done: Mapped[int] = mapped_column(default=0)
    """Rows that the job has looked at, of so many bytes."""
    problem: Mapped[str | None]
    """Why the last job ended without its work: a code."""
    figures: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """How many of what were found, then how many were written."""
    plan: Mapped[str] = mapped_column(String(64), default="")
    """A digest of what would happen: what is written is what was shown."""

    @property
    def sound(self) -> bool:
        """Whether it may be confirmed."""
        figures = self.figures
        return self.stage is Stage.CHECKED and not figures["errors"] and bool(figures["new"] or figures["changed"])


class ItemFileFindings(Table):
    """What was found in a stretch of rows of a file, packed."""

    __tablename__ = "item_file_findings"
    __table_args__ = (UniqueConstraint("file_id", "number"),)

    file_id: Mapped[int] = mapped_column(ForeignKey("item_file.id"))
    number: Mapped[int]
    packed: Mapped[bytes] = mapped_column(LargeBinary)
