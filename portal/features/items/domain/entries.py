"""What the ledger records of items: every change of custody, value, condition and quantity."""

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
