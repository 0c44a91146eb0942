"""Writes of the ledger."""

from portal.features.ledger.services.checking import check_chains, check_figures, differences, verify_all
from portal.features.ledger.services.recording import (
    ChainDamaged,
    ChainsOutOfOrder,
    New,
    hold,
    record,
    record_correction,
    record_many,
)
from portal.features.ledger.services.sealing import deliver, new_key, printing, seal, send_heads

__all__ = [
    "ChainDamaged",
    "ChainsOutOfOrder",
    "New",
    "check_chains",
    "check_figures",
    "deliver",
    "differences",
    "hold",
    "new_key",
    "printing",
    "record",
    "record_correction",
    "record_many",
    "seal",
    "send_heads",
    "verify_all",
]
