"""What can be read of shipments and receipts. Lists start from what the reader may see."""

from portal.features.shipments.queries.records import (
    find,
    find_receipt_line,
    receipts_of,
    received_lines,
    seen_by,
)
from portal.features.shipments.queries.sight import visible

__all__ = ["find", "find_receipt_line", "receipts_of", "received_lines", "seen_by", "visible"]
