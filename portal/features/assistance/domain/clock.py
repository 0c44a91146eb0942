"""How long the secretariat has to screen a request."""

from dataclasses import dataclass
from datetime import datetime, timedelta

SCREENING = timedelta(days=10)


@dataclass(frozen=True, slots=True)
class Clock:
    """Days used of those there are; negative `left` when overdue."""

    used: int
    all: int
    due_at: datetime

    @property
    def left(self) -> int:
        return self.all - self.used


def screening_clock(since: datetime, at: datetime) -> Clock:
    return Clock(used=max((at - since).days, 0), all=SCREENING.days, due_at=since + SCREENING)
