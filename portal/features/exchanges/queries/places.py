"""Places in a list, and what one page of it holds."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a list: the key and the id of a row. `before` asks for what stands before it."""

    key: datetime | date | int
    id: int
    before: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """The ids of one page, with the places where its neighbours go on."""

    ids: tuple[int, ...]
    next: Place | None
    previous: Place | None


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are; `more` when counting stopped before the end."""

    number: int
    more: bool = False
