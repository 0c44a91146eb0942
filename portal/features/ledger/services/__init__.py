"""Writes of the ledger."""

from portal.features.ledger.services.recording import ChainsOutOfOrder, New, hold, record, record_many

__all__ = ["ChainsOutOfOrder", "New", "hold", "record", "record_many"]
