"""Plain JSON types as text, the same bytes for equal documents, and the digest of a document."""

import json
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Any


def dumps(document: object) -> str:
    """Return JSON with sorted keys, ending in a newline: equal documents give equal bytes."""
    return json.dumps(document, indent=1, sort_keys=True, allow_nan=False) + "\n"


def digest_of(document: object) -> str:
    """Return 64 hexadecimal digits that stand for a document."""
    return sha256(dumps(document).encode()).hexdigest()


def plain(value: object) -> Any:
    """Return what codes are told with in plain JSON types: days in ISO, sets in order, lists for tuples."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(plain(item) for item in value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
