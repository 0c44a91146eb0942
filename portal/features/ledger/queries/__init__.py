"""Reads of the ledger."""

from portal.features.ledger.queries.chains import chain, checkpoints, entries_of, heads, standing_of, visible
from portal.features.ledger.queries.pages import (
    Standing,
    chain_about,
    chains_of,
    corrected_event,
    correction_event,
    entry_of,
    find_correction,
    keys_of,
    listed,
    newest,
    open_correction,
    standing_of_chain,
    tasks,
    twin_of,
)
from portal.features.ledger.queries.vouching import chains_listed, newest_check, public_keys, signed_heads

__all__ = [
    "Standing",
    "chain",
    "chain_about",
    "chains_listed",
    "chains_of",
    "checkpoints",
    "corrected_event",
    "correction_event",
    "entries_of",
    "entry_of",
    "find_correction",
    "heads",
    "keys_of",
    "listed",
    "newest",
    "newest_check",
    "open_correction",
    "public_keys",
    "signed_heads",
    "standing_of",
    "standing_of_chain",
    "tasks",
    "twin_of",
    "visible",
]
