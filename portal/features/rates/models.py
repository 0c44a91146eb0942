"""The table of rates. Rows are only ever added: a correction is a new row that was recorded later."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column

from portal.infra.db import Exact, Table


class Rate(Table):
    """On `valid_on`, one unit of `base` cost `rate` units of `currency`."""

    __tablename__ = "rate"
    __table_args__ = (
        UniqueConstraint("base", "currency", "valid_on", "recorded_at", name="uq_rate_recorded"),
        Index("ix_rate_list", "valid_on", "currency", "id"),
        Index("ix_rate_of_currency", "currency", "valid_on", "id"),
    )

    base: Mapped[str] = mapped_column(String(3))
    currency: Mapped[str] = mapped_column(String(3))
    valid_on: Mapped[date]
    rate: Mapped[Decimal] = mapped_column(Exact)
    source: Mapped[str] = mapped_column(String(200))
    recorded_at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    """Who imported it; none when it came by the command line."""


@event.listens_for(Rate, "before_update")
@event.listens_for(Rate, "before_delete")
def _never(*_: object) -> None:
    raise RuntimeError("a rate is never changed or deleted: record a correction")
