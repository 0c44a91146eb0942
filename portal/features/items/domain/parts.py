"""The parts of the lists of items and of findings that may be asked for."""

from dataclasses import dataclass
from enum import StrEnum

from portal.features.items.domain.lifecycles import ItemState
from portal.kernel.equipment import GROUPS


class Box(StrEnum):
    """What of the items is shown, beside those in one state and those of one group."""

    ALL = "all"
    DUE = "due"
    OVERDUE = "overdue"


class Standing(StrEnum):
    """Which findings are shown."""

    OPEN = "open"
    OVERDUE = "overdue"
    ESCALATED = "escalated"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the list: a box, or all in one state, or all of one group of equipment."""

    box: Box = Box.ALL
    state: ItemState | None = None
    group: str | None = None

    @classmethod
    def read(cls, text: str) -> "Part":
        """From an address; what is not known means all."""
        kind, _, rest = text.partition("-")
        if kind == "state" and rest in {one.value for one in ItemState}:
            return cls(state=ItemState(rest))
        if kind == "group" and rest in GROUPS:
            return cls(group=rest)
        return cls(box=Box(text)) if text in {one.value for one in Box} else cls()

    @property
    def key(self) -> str:
        if self.state:
            return f"state-{self.state}"
        return f"group-{self.group}" if self.group else self.box.value

    @property
    def by_check(self) -> bool:
        return self.box is not Box.ALL
