"""What items, checks and findings are made of."""

from enum import StrEnum

from portal.features.assistance.domain.vocabulary import Condition, SiteKind
from portal.kernel.equipment import EQUIPMENT, ExportFlag

__all__ = ["Condition", "Ending", "Method", "MoveKind", "RiskClass", "SiteKind", "risk_class_of"]


class RiskClass(StrEnum):
    """How often an item is checked: the more harm it could do in wrong hands, the more often."""

    A = "a"
    B = "b"
    C = "c"

    @property
    def months(self) -> int:
        return {RiskClass.A: 6, RiskClass.B: 12, RiskClass.C: 24}[self]


class MoveKind(StrEnum):
    """What the holder asks the donor for."""

    TRANSFER = "transfer"
    RETIREMENT = "retirement"
    RETURN = "return"


class Ending(StrEnum):
    """How what was asked for ended."""

    DONE = "done"
    REFUSED = "refused"
    OVERTAKEN = "overtaken"
    """Something else happened to the item first: it went missing, or was stolen."""


class Method(StrEnum):
    """How an item leaves use for good."""

    DESTROYED = "destroyed"
    DISMANTLED = "dismantled"
    RECYCLED = "recycled"
    SOLD = "sold"


_EXAMINES = frozenset({"document_readers"})
_SERVERS = frozenset({"computer-server", "computer-network"})


def risk_class_of(category: str) -> RiskClass:
    """Dual-use goods, vehicles and boats A; readers and servers B; the rest C."""
    kind = EQUIPMENT[category]
    if kind.group in {"vehicles", "interception"} or kind.export_flag is ExportFlag.YES:
        return RiskClass.A
    return RiskClass.B if kind.group in _EXAMINES or category in _SERVERS else RiskClass.C
