"""Writes of the ledger."""

from portal.features.ledger.services.checking import (
    CHAINS,
    FIGURES,
    check_chains,
    check_figures,
    differences,
    verify_all,
)
from portal.features.ledger.services.correcting import confirm, correct, corrected_entry
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
    "CHAINS",
    "FIGURES",
    "ChainDamaged",
    "ChainsOutOfOrder",
    "New",
    "check_chains",
    "check_figures",
    "confirm",
    "correct",
    "corrected_entry",
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
