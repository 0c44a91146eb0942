"""The table of findings: problems of items that are followed to their end."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.features.agencies.models import Agency
from portal.features.items.domain.checking import ESCALATED_AFTER, Severity
from portal.features.items.domain.lifecycles import FINDING, FindingState
from portal.features.items.models.items import Item
from portal.infra.db import Record
from portal.kernel.labels import Tlp
from portal.kernel.policy import Actor


class Finding(Record):
    """`agency_id` is the agency that answers for it: the holder when it was opened. What was done is its history."""

    __tablename__ = "finding"
    __table_args__ = (
        Index("ix_finding_item", "item_id", "state", "id"),
        Index("ix_finding_agency", "agency_id", "state", "due_on", "id"),
        Index("ix_finding_due", "state", "due_on", "id"),
    )

    ref: Mapped[str] = mapped_column(String(16), unique=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    state: Mapped[FindingState]
    severity: Mapped[Severity]
    due_on: Mapped[date]
    what: Mapped[str]
    """In the words of who opened it; a code like `check.not_found` when the portal did."""
    language: Mapped[str] = mapped_column(String(8), default="")
    """Of `what`; empty for a code."""
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    item: Mapped[Item] = relationship(lazy="raise")
    agency: Mapped[Agency] = relationship(lazy="raise")

    lifecycle = FINDING

    @property
    def label(self) -> Tlp:
        return self.item.label

    @property
    def frozen(self) -> bool:
        return self.agency.suspended

    @property
    def open(self) -> bool:
        return self.state != FindingState.CLOSED

    def disclosed_to(self, actor: Actor | None) -> bool:
        """The parties of the item, and the agency that answers for it, also when the item went elsewhere since."""
        if actor is not None and actor.agency_id is not None and actor.agency_id == self.agency_id:
            return True
        return self.item.disclosed_to(actor)

    def overdue(self, today: date) -> bool:
        return self.open and self.due_on < today

    def escalated(self, today: date) -> bool:
        return self.open and today - self.due_on > ESCALATED_AFTER
