"""What counts now: the entries of a subject with their corrections applied."""

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from portal.ledger.entries import Entry


class Standing(NamedTuple):
    """An entry with the content that counts: its own, or that of the last correction of it."""

    entry: Entry
    content: dict[str, Any]
    corrected_by: int | None
    """The sequence of the correction that counts."""


def standing(entries: Iterable[Entry]) -> list[Standing]:
    """The entries of one chain that are no corrections, in order, each with the content that counts now."""
    found: dict[int, Standing] = {}
    origin: dict[int, int] = {}
    for entry in entries:
        if entry.corrects is None:
            found[entry.sequence] = Standing(entry, json.loads(entry.content), None)
            continue
        root = origin[entry.sequence] = origin.get(entry.corrects, entry.corrects)
        if root in found:  # a correction of a correction replaces it
            found[root] = found[root]._replace(content=json.loads(entry.content), corrected_by=entry.sequence)
    return list(found.values())
