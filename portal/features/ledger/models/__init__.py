"""The tables of the ledger, and what keeps their rows as they were written."""

from portal.features.ledger.models.guards import guard
from portal.features.ledger.models.tables import LedgerChain, LedgerEntry

guard(LedgerEntry.__table__, LedgerChain.__table__)

__all__ = ["LedgerChain", "LedgerEntry"]
