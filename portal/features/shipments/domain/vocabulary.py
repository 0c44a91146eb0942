"""What shipments and receipts are made of."""

from enum import StrEnum


class Mode(StrEnum):
    """How it travels."""

    ROAD = "road"
    SEA = "sea"
    AIR = "air"
    RAIL = "rail"
    COURIER = "courier"
    BY_HAND = "by_hand"


class Outcome(StrEnum):
    """What became of the units of a line. Each unit that was sent ends in exactly one."""

    RECEIVED = "received"
    """In good order: only this counts as received."""
    DAMAGED = "damaged"
    MISSING = "missing"
    REFUSED = "refused"
    RETURNED = "returned"


SHORTFALLS = (Outcome.DAMAGED, Outcome.MISSING, Outcome.REFUSED, Outcome.RETURNED)
"""What did not arrive as it was sent: each needs a reason."""


class Reason(StrEnum):
    """Why a unit was not received in good order."""

    DAMAGED = "damaged"
    MISSING = "missing"
    WRONG_ITEM = "wrong_item"
    REFUSED = "refused"
    EXCESS = "excess"
    CUSTOMS_HELD = "customs_held"
    FOUND_LATER = "found_later"
    OTHER = "other"


class ReceiptKind(StrEnum):
    """What a receipt records: a count, or a correction that names what it corrects."""

    COUNT = "count"
    LOST = "lost"
    FOUND = "found"
    """Takes back what was missing, so that it can be counted again."""
    RETURNED = "returned"


class Asked(StrEnum):
    """A step that takes both sides: one asks, the other confirms."""

    LOSE = "lose"
    REOPEN = "reopen"
    RETURN = "return"


class Box(StrEnum):
    """Kinds of shipments that a list shows."""

    ALL = "all"
    PREPARING = "preparing"
    UNDER_WAY = "under_way"
    TO_RECEIVE = "to_receive"
    DIFFERENCES = "differences"
    ENDED = "ended"
