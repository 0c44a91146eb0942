"""What people take away: tables of shipments, and the certificate of a handover."""

from portal.features.shipments.exports.certificate import HANDOVER_ITEMS, HandoverItem, certificate
from portal.features.shipments.exports.listing import COLUMNS, FIGURES, rows

__all__ = ["COLUMNS", "FIGURES", "HANDOVER_ITEMS", "HandoverItem", "certificate", "rows"]
