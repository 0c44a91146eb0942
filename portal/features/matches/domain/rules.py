"""The rules that terms must keep before anyone may put them to the other side or consent to them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portal.kernel.errors import Problem
from portal.kernel.labels import Tlp

LIFETIME = timedelta(days=21)
"""A proposal that nobody answers ends after this."""
REMINDERS = (timedelta(days=14), timedelta(days=19))
"""When those who are asked are reminded, counted from the last change; sooner, in proportion, when less time is given."""
LEAST_PAUSE = timedelta(days=1)
"""Between two reminders. Whoever has only a few days to answer gets one."""

Window = tuple[date, date]


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What a pair of posts leaves open: common days, lengths that suit both, and what both still have."""

    windows: tuple[Window, ...]
    least_days: int
    most_days: int
    officers: int


def common_windows(ours: Iterable[Window], theirs: Iterable[Window], *, least_days: int) -> tuple[Window, ...]:
    """Days on which both can, long enough for the shortest stay, earliest first."""
    mine = tuple(theirs)
    pairs = {(max(a[0], b[0]), min(a[1], b[1])) for a in ours for b in mine}
    return tuple(sorted(w for w in pairs if (w[1] - w[0]).days + 1 >= least_days))


def term_problems(
    starts_on: date, ends_on: date, officers: int | None, room: Room, *, today: date
) -> Iterator[Problem]:
    """What is wrong with these terms, each at its field. `officers` None leaves the remainders out."""
    if starts_on <= today:
        yield Problem("in_the_past", "starts_on")
    days = (ends_on - starts_on).days + 1
    if not room.least_days <= days <= room.most_days:
        yield Problem("wrong_length", "ends_on", {"min": room.least_days, "max": room.most_days})
    if not any(first <= starts_on and ends_on <= last for first, last in room.windows):
        yield Problem("outside_windows", "starts_on")
    if officers is not None and officers > room.officers:
        yield Problem("more_than_left", "officers", {"max": room.officers})


def suggested_days(room: Room, *, today: date) -> Window | None:
    """The first days that suit both, as long as both allow; None when no common day is ahead."""
    for first, last in room.windows:
        starts_on = max(first, today + timedelta(days=1))
        ends_on = min(last, starts_on + timedelta(days=room.most_days - 1))
        if (ends_on - starts_on).days + 1 >= room.least_days:
            return starts_on, ends_on
    return None


def reminder_times(moved_at: datetime, expires_at: datetime) -> tuple[datetime, ...]:
    """When nobody answers: the moments of the reminders, which share the time that is given as they share 21 days."""
    first, second = (moved_at + (expires_at - moved_at) * (after / LIFETIME) for after in REMINDERS)
    return (first, second) if second - first >= LEAST_PAUSE else (first,)


def stricter(one: Tlp, other: Tlp) -> Tlp:
    order = list(Tlp)
    return max(one, other, key=order.index)
