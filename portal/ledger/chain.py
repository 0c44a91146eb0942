"""Follows chains from their first entry and says where they break."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from portal.ledger.entries import Entry, genesis, hash_of


class Head(NamedTuple):
    """The last entry of a chain at some moment: whoever keeps this can tell whether anything before was touched."""

    agency: int
    sequence: int
    hash: str


class Fault(StrEnum):
    """What is wrong at an entry."""

    FOREIGN = "foreign"
    """It belongs to the chain of another agency."""
    MISSING = "missing"
    """Entries before it are not there."""
    REPEATED = "repeated"
    """Its place is taken already."""
    UNLINKED = "unlinked"
    """It does not hang on the entry before it."""
    ALTERED = "altered"
    """It does not say what it said when it was written."""
    NOT_AS_DELIVERED = "not_as_delivered"
    """A head that left the system says otherwise: the chain was rewritten."""
    CUT = "cut"
    """A head that left the system names an entry that is not there: the end was cut off."""
    LENGTH = "length"
    """The chain counts another number of entries than it has."""
    TWIN = "twin"
    """The other party's chain lacks this event, or tells it differently."""
    SIGNATURE = "signature"
    """A checkpoint is not signed by the key it names, or the key is unknown."""
    CHECKPOINT = "checkpoint"
    """A signed checkpoint says otherwise."""


@dataclass(frozen=True, slots=True)
class Break:
    """One place where a chain does not hold."""

    agency: int
    sequence: int
    fault: Fault


@dataclass(frozen=True, slots=True)
class Verdict:
    """What following one chain found. `tail` counts the entries after the last head that left the system: whoever
    has the database and the key could still rewrite those without being noticed.
    """

    agency: int
    length: int
    head: Head | None
    breaks: tuple[Break, ...]
    anchored: int
    """The highest sequence among the heads that were handed in and hold."""

    @property
    def holds(self) -> bool:
        return not self.breaks

    @property
    def tail(self) -> int:
        return self.length - self.anchored


def verify_chain(agency: int, entries: Iterable[Entry], heads: Iterable[Head] = ()) -> Verdict:
    """Follow the chain of `agency`; `entries` come in the order of their sequence, `heads` from outside."""
    known: dict[int, set[str]] = {}
    for head in heads:
        if head.agency == agency:
            known.setdefault(head.sequence, set()).add(head.hash)
    walk = _Walk(agency, known)
    first = next(walk.breaks_of(entries), None)
    breaks = [first] if first else []
    if not first and (beyond := max((s for s in known if s > walk.length), default=0)):
        breaks.append(Break(agency, beyond, Fault.CUT))
    head_ = Head(agency, walk.length, walk.previous) if walk.length else None
    return Verdict(agency, walk.length, head_, tuple(breaks), walk.anchored)


class _Walk:
    """Where following a chain has got to."""

    def __init__(self, agency: int, known: dict[int, set[str]]) -> None:
        self.agency, self.known = agency, known
        self.length, self.anchored, self.previous = 0, 0, genesis(agency)

    def breaks_of(self, entries: Iterable[Entry]) -> Iterator[Break]:
        for entry in entries:
            if fault := self._fault(entry):
                place = self.length + 1 if fault in {Fault.MISSING, Fault.REPEATED} else entry.sequence
                yield Break(self.agency, place, fault)
            self.length, self.previous = entry.sequence, entry.hash
            if entry.sequence in self.known:
                self.anchored = entry.sequence

    def _fault(self, entry: Entry) -> Fault | None:
        if entry.agency != self.agency:
            return Fault.FOREIGN
        if entry.sequence != self.length + 1:
            return Fault.MISSING if entry.sequence > self.length else Fault.REPEATED
        if entry.previous != self.previous:
            return Fault.UNLINKED
        if entry.hash != hash_of(entry):
            return Fault.ALTERED
        if self.known.get(entry.sequence, {entry.hash}) != {entry.hash}:
            return Fault.NOT_AS_DELIVERED
        return None
