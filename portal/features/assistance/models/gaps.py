"""What is asked for and not met, counted while it changes, so that no page has to add up all requests."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.infra.db import Table


class UnmetNeed(Table):
    """Under one heading, what of one request is counted just now. The keys are those of the request when it was."""

    __tablename__ = "unmet_need"
    __table_args__ = (UniqueConstraint("request_id", "heading"),)

    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"))
    heading: Mapped[str] = mapped_column(String(40))
    """A group of equipment, a kind of help, or one of `domain.gaps.ALL` and `WITHHELD`."""
    stage: Mapped[int]
    reach: Mapped[int]
    state_iso2: Mapped[str] = mapped_column(String(2))
    """Empty for an organisation without a State."""
    cause: Mapped[str] = mapped_column(String(40))
    """Why it was closed, empty while it is open."""
    units: Mapped[int]


class UnmetCount(Table):
    """One change of the sums: rows are only added, and added up by the clock, so that nobody waits for another."""

    __tablename__ = "unmet_count"
    __table_args__ = (Index("ix_unmet_count_sums", "stage", "reach", "heading", "state_iso2", "cause"),)

    heading: Mapped[str] = mapped_column(String(40))
    stage: Mapped[int]
    reach: Mapped[int]
    state_iso2: Mapped[str] = mapped_column(String(2))
    cause: Mapped[str] = mapped_column(String(40))
    requests: Mapped[int]
    units: Mapped[int]


class PublicGap(Table):
    """One number that everyone may read, as it was published for a quarter. Of what is withheld only the sum is."""

    __tablename__ = "public_gap"
    __table_args__ = (
        UniqueConstraint("quarter_on", "of", "heading"),
        CheckConstraint("requests = 0 OR requests >= 5", name="enough_behind_it"),
    )

    quarter_on: Mapped[date]
    of: Mapped[str] = mapped_column(String(8))
    """`heading` or `state`; `quarter` for the row that says that the quarter was counted."""
    heading: Mapped[str] = mapped_column(String(40))
    """A heading or a State; `domain.gaps.WITHHELD` for the sum of what is withheld."""
    requests: Mapped[int]
    counted_at: Mapped[datetime]
