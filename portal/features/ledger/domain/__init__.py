"""What slices say about their entries, and how an entry is corrected."""

from portal.features.ledger.domain.correcting import (
    CORRECTION,
    NEW,
    Correction,
    CorrectionState,
    changed_names,
    correction_of,
    is_money,
    takes_two,
)
from portal.features.ledger.domain.register import EXTENSION, Difference, Ledgered, Means, Register

__all__ = [
    "CORRECTION",
    "EXTENSION",
    "NEW",
    "Correction",
    "CorrectionState",
    "Difference",
    "Ledgered",
    "Means",
    "Register",
    "changed_names",
    "correction_of",
    "is_money",
    "takes_two",
]
