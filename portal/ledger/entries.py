"""Entries of a chain: what one says, how it is hashed, and how it hangs on the one before."""

import re
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

from portal.ledger.canonical import NotCanonical, instant

ENTRY = b"portal-ledger-entry-v1\n"
CHAIN = b"portal-ledger-chain-v1\n"
"""Said before what is hashed, so that a hash of one thing can never pass for the hash of another."""
_KIND = re.compile(r"[a-z][a-z_]{0,38}(\.[a-z][a-z_]{0,38})?")
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,39}")
_TYPE = re.compile(r"[a-z][a-z_]{0,39}")


class EntryKind(StrEnum):
    """Each feature subclasses this: `class ShipmentEntry(EntryKind): DISPATCHED = "shipment.dispatched"`."""


class Subject(NamedTuple):
    """What an entry is about: the type of a record and its reference, such as `("item", "EQ-2026-7K3QMC")`."""

    type: str
    ref: str


class Entry(NamedTuple):
    """One entry as it stands in the chain of `agency`. `content` is canonical text; people are ids."""

    agency: int
    sequence: int
    previous: str
    event: str
    """The same in both chains when the event had two parties."""
    kind: str
    subject_type: str
    subject_ref: str
    content: str
    other: int | None
    actor: int | None
    at: datetime
    corrects: int | None
    """The sequence, in this chain, of the entry whose content this one replaces."""
    proposer: int | None
    """Who proposed it, where `actor` was the second person who had to agree."""
    hash: str = ""


def genesis(agency: int) -> str:
    """What the first entry of a chain has as the hash before it: no chain can pass for another agency's."""
    return sha256(CHAIN + str(agency).encode()).hexdigest()


def body(entry: Entry) -> str:
    """The canonical text of an entry: what is hashed, exported, and read by verifiers that know nothing of us."""
    return (
        f'{{"actor":{_number(entry.actor)},"agency":{entry.agency},"at":"{instant(entry.at)}","content":{entry.content}'
        f',"corrects":{_number(entry.corrects)},"event":"{entry.event}","kind":"{entry.kind}"'
        f',"other":{_number(entry.other)},"previous":"{entry.previous}","proposer":{_number(entry.proposer)}'
        f',"sequence":{entry.sequence}'
        f',"subject_ref":"{entry.subject_ref}","subject_type":"{entry.subject_type}"}}'
    )


def hash_of(entry: Entry) -> str:
    return sha256(ENTRY + body(entry).encode()).hexdigest()


def check_words(kind: str, subject: Subject) -> None:
    """Refuse a kind or a reference that could be read as something else inside the body."""
    if not _KIND.fullmatch(kind):
        raise NotCanonical(f"not a kind of entry: {kind!r}")
    if not _TYPE.fullmatch(subject.type) or not _REFERENCE.fullmatch(subject.ref):
        raise NotCanonical(f"not a subject: {subject!r}")


def _number(value: int | None) -> str:
    return "null" if value is None else str(value)
