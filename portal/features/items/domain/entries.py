"""What the ledger records of items: every change of custody, value, condition and quantity."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from portal.features.items.domain.checking import Result
from portal.features.items.domain.lifecycles import ItemState
from portal.features.items.domain.vocabulary import Condition, Method, SiteKind
from portal.kernel.equipment import EQUIPMENT
from portal.ledger.entries import EntryKind


class ItemEntry(EntryKind):
    REGISTERED = "item.registered"
    DELIVERED = "item.delivered"
    STORED = "item.stored"
    IN_USE = "item.in_use"
    UNDER_REPAIR = "item.under_repair"
    REPAIRED = "item.repaired"
    HANDED_OVER = "item.handed_over"
    CONSENTED = "item.consented"
    TRANSFERRED = "item.transferred"
    RETIRED = "item.retired"
    RETURNED = "item.returned"
    MISSING = "item.missing"
    STOLEN = "item.stolen"
    DESTROYED = "item.destroyed"
    FOUND = "item.found"
    CHECKED = "item.checked"


AGENCIES = frozenset({"holder", "owner", "with_agency", "to", "former_holder"})
"""Names of facts that hold the number of an agency."""
PEOPLE = frozenset({"custodian", "giver"})
MEANT: Mapping[str, Callable[[Any], Any]] = {
    "state": ItemState,
    "site_kind": SiteKind,
    "condition": Condition,
    "result": Result,
    "method": Method,
    "category": EQUIPMENT.__getitem__,
    "on": date.fromisoformat,
}
"""What the written values of an entry were."""
