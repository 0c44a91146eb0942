"""What a slice says about the entries on its records, and how heads leave the system."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from portal.kernel.policy import Actor
from portal.ledger.entries import EntryKind, Subject


class Difference(NamedTuple):
    """A figure that a table keeps and the entries do not bear out."""

    subject: Subject
    name: str
    cached: str
    derived: str


def nothing_to_change(_subject: Subject, _content: Mapping[str, Any]) -> None:
    """For slices that keep no columns beside the entries."""


def nothing_to_compare() -> Iterable[Difference]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledgered:
    """What a slice says about the entries on one type of its records. `portal/app.py` holds one for each type."""

    kinds: type[EntryKind]
    find: Callable[[Actor | None, str], Any]
    """The record behind a reference, if this actor may know of it."""
    address: Callable[[Any], str]
    """Of the record's page."""
    weighty: frozenset[str] = frozenset()
    """Names in the content that are a quantity or a value: correcting one of them takes two people."""
    correctable: frozenset[str] = frozenset()
    """Names that may be corrected besides those."""
    agencies: frozenset[str] = frozenset()
    """Names that hold the number of an agency: pages say who that is."""
    people: frozenset[str] = frozenset()
    """Names that hold the number of a person: pages leave it a number."""
    words: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    """What a written value was: a member of a vocabulary, a day, or something with a name in each language."""
    correct: Callable[[Subject, Mapping[str, Any]], None] = nothing_to_change
    """Bring the slice's own columns in line with the corrected content, in the same transaction, by guarded UPDATEs; or
    raise `Rejected` when the correction cannot stand."""
    compare: Callable[[], Iterable[Difference]] = nothing_to_compare
    """Where cached columns differ from what the entries say; streamed, run by a job."""


Register = Mapping[str, Ledgered]
"""By the type of the subject: "shipment", "item"."""
EXTENSION = "ledgered"
"""Where the application keeps the register."""


class Means(StrEnum):
    """How a head left the system."""

    RECEIPT = "receipt"
    CERTIFICATE = "certificate"
    MAIL = "mail"
    EXPORT = "export"
