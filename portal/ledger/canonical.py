"""One way to write what an entry says, so that its hash is the same on every machine and in every year.

JSON with sorted names, no spaces, UTF-8 as it is, whole numbers only. Amounts and fractions are strings.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from portal.kernel.money import Money, as_given

LARGEST = 2**53 - 1
"""Programs of other makers read numbers as floats: beyond this they would read another one."""
LONGEST = 500
"""Characters of one text. Prose belongs to the record and its history, not here."""
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


class NotCanonical(ValueError):
    """What was handed in cannot be written in one way only, or must not stand in a ledger."""


def canonical(content: Mapping[str, Any]) -> str:
    """`content` as the ledger keeps it. Takes whole numbers, texts, yes and no, None, days, instants, `Money`, and lists
    and mappings of these; refuses floats and decimals (write them as text) and whatever looks like a mail address,
    because people stand in the ledger as ids only.
    """
    return _encode(_plain(content))


@lru_cache(maxsize=100)
def instant(at: datetime) -> str:
    """`2026-11-25T20:13:14.000000Z`; refuses naive values."""
    if at.tzinfo is None:
        raise NotCanonical(f"a naive instant: {at}")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _plain(value: Any) -> Any:
    kind = type(value)
    if kind is str:
        return _text(value)
    if value is None or kind is bool:
        return value
    if kind is int:
        if not -LARGEST <= value <= LARGEST:
            raise NotCanonical(f"too large a number: {value}")
        return value
    return _composed(value)


def _composed(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {_name(name): _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, Money):
        return as_given(value)
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):  # members of a StrEnum, figures
        return _text(str.__str__(value))
    raise NotCanonical(f"{type(value).__name__} has no canonical form: {value!r}")


@lru_cache(maxsize=1_000)
def _name(name: Any) -> str:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise NotCanonical(f"not the name of a fact: {name!r}")
    return str.__str__(name)


def _text(value: str) -> str:
    if len(value) > LONGEST:
        raise NotCanonical(f"a text of {len(value)} characters")
    if "@" in value and _ADDRESS.search(value):
        raise NotCanonical("a mail address: people are named by their id only")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise NotCanonical("half a character") from None
    return value
