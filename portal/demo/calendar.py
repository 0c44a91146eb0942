"""Moves the programme's days into the future, so that the demonstration is as useful in later years as in its first.

The programme was written with windows in 2027. Loaded in 2026, it stays as it is. Loaded later, every day moves by a
year's worth of weeks (364 or 371 days) for each year that has gone by, so that Mondays stay Mondays, the seasons stay
where they were, and the first window lies in the year after the load.
"""

import re
from datetime import date, timedelta

DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_DAYS_OF_YEAR = 365.2425


def days_to_move(first_day: date, *, loaded_on: date) -> timedelta:
    """How far to move a calendar that begins on `first_day`: whole weeks, none when it already lies far enough."""
    years = loaded_on.year + 1 - first_day.year
    if years <= 0:
        return timedelta(0)
    moved = timedelta(weeks=round(years * _DAYS_OF_YEAR / 7))
    return moved if (first_day + moved).year > loaded_on.year else moved + timedelta(weeks=1)


def first_day_in(text: str) -> date:
    return min(date.fromisoformat(day) for day in DAY.findall(text))


def moved(text: str, by: timedelta) -> str:
    """The text with every ISO date in it moved."""
    return DAY.sub(lambda found: (date.fromisoformat(found[0]) + by).isoformat(), text)
