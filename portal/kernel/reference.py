"""References such as `EX-2026-7K3QMC`: what people say on the phone and what stands in URLs.

No counters, because gaps would reveal hidden records: five random characters and one that checks them.
"""

import re
import secrets
from enum import StrEnum

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U to misread
_LOOKALIKES = str.maketrans("ILO", "110")
_SHAPE = re.compile(r"([A-Z]{2})-(\d{4})-([0-9A-Z]{5})([0-9A-Z])")


class Kind(StrEnum):
    """The prefix says what kind of record is meant."""

    OFFER = "EX"
    NEED = "ND"
    PROPOSAL = "PR"
    ROUND = "MR"
    REQUEST = "TA"
    PLEDGE = "PL"
    ITEM = "EQ"
    FINDING = "FN"
    SHIPMENT = "SH"
    CORRECTION = "LC"


def new_reference(kind: Kind, year: int) -> str:
    """A fresh reference. The caller's unique constraint decides in the one case in 33 million of a repeat."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(5))
    return f"{kind}-{year}-{body}{check_character(kind, year, body)}"


def parse_reference(text: str) -> str | None:
    """The reference as stored, however it was typed (case, spaces, O for 0), or None when it is not one."""
    kind, _, rest = text.strip().upper().replace(" ", "").partition("-")
    found = _SHAPE.fullmatch(f"{kind}-{rest.translate(_LOOKALIKES)}")
    if not found or found[1] not in set(Kind):
        return None
    kind_, year, body, check = found.groups()
    return found[0] if check == check_character(kind_, int(year), body) else None


def check_character(kind: str, year: int, body: str) -> str:
    """Weights 1, 3, 5, ... are odd, so every single wrong character changes the sum modulo 32."""
    digits = [ord(c) % 32 for c in kind] + [int(d) for d in str(year)] + [ALPHABET.index(c) for c in body]
    return ALPHABET[sum((2 * place + 1) * digit for place, digit in enumerate(digits)) % 32]
