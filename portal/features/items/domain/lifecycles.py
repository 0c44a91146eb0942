"""The lifecycles of an item (L8) and of a finding."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from portal.features.items.policy import Findings, Items
from portal.kernel.errors import Problem
from portal.kernel.lifecycle import Lifecycle, Transition
from portal.kernel.policy import Permission


class ItemState(StrEnum):
    REGISTERED = "registered"
    DELIVERED = "delivered"
    IN_STORAGE = "in_storage"
    IN_USE = "in_use"
    UNDER_REPAIR = "under_repair"
    TRANSFER_PENDING = "transfer_pending"
    MISSING = "missing"
    STOLEN = "stolen"
    DESTROYED = "destroyed"
    RETIRED = "retired"
    RETURNED_TO_DONOR = "returned_to_donor"


S = ItemState
LIVE = frozenset({S.REGISTERED, S.DELIVERED, S.IN_STORAGE, S.IN_USE, S.UNDER_REPAIR, S.TRANSFER_PENDING})
"""Somebody has it."""
GONE = frozenset({S.DESTROYED, S.RETIRED, S.RETURNED_TO_DONOR})
CHECKED = frozenset({S.DELIVERED, S.IN_STORAGE, S.IN_USE, S.UNDER_REPAIR, S.TRANSFER_PENDING})
"""States in which a check falls due."""
KEPT = frozenset({S.IN_USE, S.IN_STORAGE})


def _receipt_there(item: Any) -> Iterator[Problem]:
    if item.received_on is None:
        yield Problem("receipt_first")


def _undertaken(item: Any) -> Iterator[Problem]:
    if item.undertaken_at is None:
        yield Problem("undertaking_first")


def _nothing_pending(item: Any) -> Iterator[Problem]:
    if item.handover is not None:
        yield Problem("handover_first")
    if item.move is not None:
        yield Problem("move_first")


def _may_be_placed(item: Any) -> Iterator[Problem]:
    yield from _undertaken(item)
    if item.move is not None:
        yield Problem("move_first")


def _no_open_finding(item: Any) -> Iterator[Problem]:
    if item.open_findings:
        yield Problem("findings_first", None, {"number": item.open_findings})


def _may_be_moved(item: Any) -> Iterator[Problem]:
    yield from _nothing_pending(item)
    yield from _no_open_finding(item)


def _consented(item: Any) -> Iterator[Problem]:
    if item.move is None or item.move.consented_at is None:
        yield Problem("consent_first")
    yield from _no_open_finding(item)


def _arrow(
    name: str,
    sources: set[ItemState] | frozenset[ItemState],
    target: ItemState | None,
    permission: Permission,
    **more: Any,
) -> Transition[ItemState]:
    return Transition(name=name, sources=frozenset(sources), target=target, permission=permission, **more)


# What needs more than a reason has a page of its own, and its service takes the step.
ITEM: Lifecycle[ItemState] = Lifecycle(
    "item",
    initial=S.REGISTERED,
    transitions=(
        _arrow("deliver", {S.REGISTERED}, S.DELIVERED, Items.DELIVER, guard=_receipt_there),
        _arrow("store", {S.DELIVERED, S.IN_USE}, S.IN_STORAGE, Items.PLACE, guard=_may_be_placed),
        _arrow("put_to_use", {S.DELIVERED, S.IN_STORAGE}, S.IN_USE, Items.PLACE, guard=_may_be_placed),
        _arrow("repair", {S.IN_USE}, S.UNDER_REPAIR, Items.REPAIR, guard=_nothing_pending, asks_reason=True),
        _arrow("repaired", {S.UNDER_REPAIR}, S.IN_USE, Items.REPAIR, asks_reason=True),
        _arrow("ask_transfer", KEPT, S.TRANSFER_PENDING, Items.ASK, guard=_may_be_moved, manual=False),
        _arrow("transfer", {S.TRANSFER_PENDING}, S.IN_USE, Items.TAKE_OVER, guard=_consented, manual=False),
        _arrow("refuse_to_use", {S.TRANSFER_PENDING}, S.IN_USE, Items.REFUSE, asks_reason=True, manual=False),
        _arrow("refuse_to_storage", {S.TRANSFER_PENDING}, S.IN_STORAGE, Items.REFUSE, asks_reason=True, manual=False),
        _arrow("report_missing", LIVE, S.MISSING, Items.MISS, asks_reason=True, final_step=True),
        _arrow("find_to_use", {S.MISSING, S.STOLEN}, S.IN_USE, Items.FIND, asks_reason=True, manual=False),
        _arrow("find_to_storage", {S.MISSING, S.STOLEN}, S.IN_STORAGE, Items.FIND, asks_reason=True, manual=False),
        _arrow("report_stolen", {S.MISSING, *KEPT}, S.STOLEN, Items.LOSE, asks_reason=True, manual=False),
        _arrow("report_destroyed", {S.MISSING, *KEPT}, S.DESTROYED, Items.LOSE, asks_reason=True, manual=False),
        # Of the holder's wish and the donor's consent, the later one takes the step.
        _arrow("retire", {*KEPT, S.UNDER_REPAIR}, S.RETIRED, Items.CONSENT, guard=_no_open_finding, manual=False),
        _arrow(
            "give_back",
            {*KEPT, S.UNDER_REPAIR},
            S.RETURNED_TO_DONOR,
            Items.CONSENT,
            guard=_no_open_finding,
            manual=False,
        ),
    ),
)


class FindingState(StrEnum):
    OPEN = "open"
    EXPLAINED = "explained"
    REMEDIED = "remedied"
    CLOSED = "closed"


F = FindingState

FINDING: Lifecycle[FindingState] = Lifecycle(
    "finding",
    initial=F.OPEN,
    transitions=(
        Transition(
            name="explain",
            sources=frozenset({F.OPEN}),
            target=F.EXPLAINED,
            permission=Findings.ACT,
            asks_reason=True,
        ),
        Transition(
            name="remedy",
            sources=frozenset({F.OPEN, F.EXPLAINED}),
            target=F.REMEDIED,
            permission=Findings.ACT,
            asks_reason=True,
        ),
        Transition(
            name="send_back",
            sources=frozenset({F.EXPLAINED, F.REMEDIED}),
            target=F.OPEN,
            permission=Findings.CLOSE,
            asks_reason=True,
        ),
        Transition(
            name="close",
            sources=frozenset({F.EXPLAINED, F.REMEDIED}),
            target=F.CLOSED,
            permission=Findings.CLOSE,
            asks_reason=True,
            final_step=True,
        ),
    ),
)
