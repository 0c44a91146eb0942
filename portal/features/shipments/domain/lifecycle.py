"""The lifecycle of a shipment (L7)."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from portal.features.shipments.domain.vocabulary import Box
from portal.features.shipments.policy import Shipments
from portal.kernel.errors import Problem
from portal.kernel.lifecycle import Lifecycle, Transition


class ShipmentState(StrEnum):
    PREPARING = "preparing"
    DISPATCHED = "dispatched"
    AT_BORDER = "at_border"
    ARRIVED = "arrived"
    RECEIVING = "receiving"
    CLOSED = "closed"
    LOST = "lost"
    CANCELLED = "cancelled"
    RETURNED = "returned"


S = ShipmentState
ON_THE_WAY = frozenset({S.DISPATCHED, S.AT_BORDER})
RECEIVABLE = frozenset({S.ARRIVED, S.RECEIVING})
ENDED = frozenset({S.CLOSED, S.LOST, S.CANCELLED, S.RETURNED})
SENT = frozenset(S) - {S.PREPARING, S.CANCELLED}
"""Its units count as shipped."""
STATES: dict[Box, frozenset[ShipmentState]] = {
    Box.PREPARING: frozenset({S.PREPARING}),
    Box.UNDER_WAY: ON_THE_WAY,
    Box.TO_RECEIVE: RECEIVABLE,
    Box.ENDED: ENDED,
}


def _ready(shipment: Any) -> Iterator[Problem]:
    """How many may be sent is decided by the guarded claims, not here."""
    if not shipment.lines:
        yield Problem("nothing_to_send")
    if not shipment.contact:
        yield Problem("destination_contact_first")


def _reconciled(shipment: Any) -> Iterator[Problem]:
    for line in shipment.lines:
        if line.open:
            yield Problem("line_not_reconciled", None, {"number": line.number, "left": line.open})


def _something_missing(shipment: Any) -> Iterator[Problem]:
    if not any(line.missing for line in shipment.lines):
        yield Problem("nothing_to_find")


def _something_left(shipment: Any) -> Iterator[Problem]:
    if not any(line.open for line in shipment.lines):
        yield Problem("nothing_left_to_return")


SHIPMENT: Lifecycle[ShipmentState] = Lifecycle(
    "shipment",
    initial=S.PREPARING,
    transitions=(
        # These ask for a day, or take both sides, so each has a page of its own.
        Transition(
            name="dispatch",
            sources=frozenset({S.PREPARING}),
            target=S.DISPATCHED,
            permission=Shipments.DISPATCH,
            guard=_ready,
            manual=False,
        ),
        Transition(
            name="cancel",
            sources=frozenset({S.PREPARING}),
            target=S.CANCELLED,
            permission=Shipments.CANCEL,
            asks_reason=True,
            final_step=True,
        ),
        Transition(
            name="reach_border",
            sources=frozenset({S.DISPATCHED}),
            target=S.AT_BORDER,
            permission=Shipments.MOVE,
            manual=False,
        ),
        Transition(name="arrive", sources=ON_THE_WAY, target=S.ARRIVED, permission=Shipments.MOVE, manual=False),
        Transition(name="receive", sources=RECEIVABLE, target=S.RECEIVING, permission=Shipments.RECEIVE, manual=False),
        Transition(
            name="close",
            sources=frozenset({S.RECEIVING}),
            target=S.CLOSED,
            permission=Shipments.CLOSE,
            guard=_reconciled,
        ),
        Transition(
            name="reopen",
            sources=frozenset({S.CLOSED, S.LOST}),
            target=S.RECEIVING,
            permission=Shipments.REOPEN,
            guard=_something_missing,
            asks_reason=True,
            manual=False,
        ),
        Transition(
            name="lose",
            sources=ON_THE_WAY,
            target=S.LOST,
            permission=Shipments.LOSE,
            asks_reason=True,
            manual=False,
        ),
        Transition(
            name="return",
            sources=RECEIVABLE,
            target=S.RETURNED,
            permission=Shipments.RETURN,
            guard=_something_left,
            asks_reason=True,
            manual=False,
        ),
    ),
)
