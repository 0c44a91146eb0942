"""The table of figures that everyone may read: counted once for a quarter, never changed after."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.infra.db import Table


class PublicDonation(Table):
    """One number as it was published for a quarter. Of what is withheld only the sum is."""

    __tablename__ = "public_donation"
    __table_args__ = (
        UniqueConstraint("quarter_on", "of", "heading"),
        CheckConstraint("pledges = 0 OR pledges >= 5", name="enough_behind_it"),
        CheckConstraint("pledged >= 0 AND (received IS NULL OR received >= 0)", name="amounts_from_zero"),
    )

    quarter_on: Mapped[date]
    of: Mapped[str] = mapped_column(String(8))
    """`what`, `state` or `year`; `quarter` for the row that says that the quarter was counted."""
    heading: Mapped[str] = mapped_column(String(40))
    """A heading, a State or a year; `WITHHELD` for what is withheld together."""
    pledges: Mapped[int]
    pledged: Mapped[int] = mapped_column(BigInteger)
    """In the smallest unit of `currency`, as far as there were rates."""
    received: Mapped[int | None] = mapped_column(BigInteger)
    """None where too few pledges had anything arrive."""
    currency: Mapped[str] = mapped_column(String(3))
    """The reporting currency of the day; empty in the row of the quarter."""
    counted_at: Mapped[datetime]
