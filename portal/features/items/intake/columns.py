"""The columns of a file of items, for reading and for writing alike, and how the attributes share one cell."""

import re

from portal.features.items.domain.commands import DESCRIBED

MOST_BYTES = 20 * 1024 * 1024
MOST_CSV_ROWS = 100_000
MOST_XLSX_ROWS = 20_000
LABELS = {"AMBER": "amber", "AMBER+STRICT": "amber_strict"}
"""As people write them, and as the portal keeps them."""

EDITABLE = (*DESCRIBED, "same_serial_reason")
"""What a file may change of an item that it names by its reference: what the form that mends it may change."""
FIXED = (
    *("category", "quantity", "value", "currency", "condition", "holder", "funder", "implementer", "unit", "site"),
    *("site_kind", "risk_class"),
)
"""What changes by steps of its own, which the ledger records."""
ORIGIN = ("request", "line", "shipment", "receipt", "shipment_line")
"""Where a new item comes from. Exports leave it out."""
ORDER = (
    *("ref", "category", "manufacturer", "model", "serial", "vin", "engine_no", "tag", "made_year", "quantity"),
    *("value", "currency", "condition", "holder", "funder", "implementer", *ORIGIN, "unit", "site", "site_kind"),
    *("received_on", "warranty_until", "licence_until", "stores_data", "operators_required", "risk_class", "label"),
    *("attributes", "same_serial_reason"),
)
OF_RECEIPT = (
    *("category", "manufacturer", "model", "serial", "vin", "engine_no", "tag", "quantity", "value", "currency"),
    *("condition", "shipment", "receipt", "shipment_line", "unit", "site", "site_kind", "received_on"),
    "operators_required",
)
"""What is filled in for each unit that a receipt counted."""
REQUIRED = ("category", "manufacturer", "model", "value", "currency", "condition", "unit", "site", "site_kind")
EXTRA = ("state",)
"""May stand in a file, as it does in exports, and is not read."""
KNOWN = frozenset((*ORDER, *EXTRA))
EXPORTED = (*(name for name in ORDER if name not in ORIGIN), *EXTRA)

_PART = re.compile(r"((?:[^;\\]|\\.)*)(?:;|$)", re.DOTALL)
_SPECIAL = re.compile(r"([;\\])")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def joined(attributes: dict[str, str]) -> str:
    """`cpu=8; ram_gb=16`; a semicolon or a backslash inside a value has a backslash before it."""
    return "; ".join(name + "=" + _SPECIAL.sub(r"\\\1", value) for name, value in sorted(attributes.items()))


def parted(text: str) -> dict[str, str] | None:
    """The inverse; None when it is not written like that."""
    found: dict[str, str] = {}
    for match in _PART.finditer(text):
        if not match[1].strip():
            continue
        name, sign, value = match[1].partition("=")
        if not sign or not name.strip() or name.strip() in found:
            return None
        found[name.strip()] = _ESCAPED.sub(r"\1", value).strip()
    return found
