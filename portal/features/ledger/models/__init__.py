"""The tables of the ledger, and what keeps their rows as they were written."""

from portal.features.ledger.models.corrections import LedgerCorrection
from portal.features.ledger.models.guards import keep, let_grow
from portal.features.ledger.models.seals import LedgerCheck, LedgerCheckpoint, LedgerDelivery, LedgerKey
from portal.features.ledger.models.tables import LedgerChain, LedgerEntry

_PLACE = "agency_id = NEW.agency_id AND sequence = NEW.sequence"

keep(LedgerEntry.__table__, place=_PLACE)
keep(LedgerKey.__table__, place="key_id = NEW.key_id")
keep(LedgerCheckpoint.__table__, place=_PLACE + " AND key_id = NEW.key_id")
keep(LedgerDelivery.__table__)
let_grow(LedgerChain.__table__)

__all__ = [
    "LedgerChain",
    "LedgerCheck",
    "LedgerCheckpoint",
    "LedgerCorrection",
    "LedgerDelivery",
    "LedgerEntry",
    "LedgerKey",
]
