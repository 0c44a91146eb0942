"""Whatever someone with the database in their hands might do to a chain, each as a function of its entries."""

import json
import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from portal.ledger.canonical import canonical
from portal.ledger.entries import Entry, genesis, hash_of

AT = datetime(2026, 11, 25, 9, tzinfo=UTC)
Tamper = Callable[[list[Entry], int, random.Random], list[Entry]]
"""Takes a chain and the index of the entry to begin with, which lies at or before the last delivered head."""


def made(agency: int, number: int, *, seed: int = 0) -> list[Entry]:
    """A chain as the portal would write it."""
    chance = random.Random(seed * 1_000 + agency)
    plain = [
        Entry(
            agency=agency,
            sequence=0,
            previous="",
            event=f"{chance.getrandbits(128):032x}",
            kind=chance.choice(["item.seen", "item.handed_over"]),
            subject_type="item",
            subject_ref=f"EQ-2026-{chance.randrange(5):05}",
            content=canonical({"n": number_, "working": chance.random() < 0.5, "where": "Agadez – é"}),
            other=chance.choice([None, agency + 1]),
            actor=chance.choice([None, 7]),
            at=AT + timedelta(minutes=number_),
            corrects=None,
            proposer=None,
        )
        for number_ in range(number)
    ]
    return rechained(plain)


def rechained(entries: Sequence[Entry]) -> list[Entry]:
    """Numbered and hashed anew from the first: what someone would do who knows how the chain is made."""
    done: list[Entry] = []
    previous = genesis(entries[0].agency) if entries else ""
    for sequence, entry in enumerate(entries, start=1):
        linked = entry._replace(sequence=sequence, previous=previous)
        previous = hash_of(linked)
        done.append(linked._replace(hash=previous))
    return done


def other_content(entry: Entry) -> Entry:
    return entry._replace(content=canonical(json.loads(entry.content) | {"n": 1_000_000}))


def _one(change: Callable[[Entry], Entry]) -> Tamper:
    return lambda entries, at, _chance: [*entries[:at], change(entries[at]), *entries[at + 1 :]]


def _swapped(entries: list[Entry], at: int, chance: random.Random) -> list[Entry]:
    other = chance.choice([n for n in range(len(entries)) if n != at])
    new = list(entries)
    new[at], new[other] = (
        entries[other]._replace(sequence=entries[at].sequence),
        entries[at]._replace(sequence=entries[other].sequence),
    )
    return new


def _contents_swapped(entries: list[Entry], at: int, chance: random.Random) -> list[Entry]:
    other = chance.choice([n for n in range(len(entries)) if n != at])
    new = list(entries)
    new[at], new[other] = (
        entries[at]._replace(content=entries[other].content),
        entries[other]._replace(content=entries[at].content),
    )
    return new


def _renumbered(entries: Sequence[Entry]) -> list[Entry]:
    return [entry._replace(sequence=sequence) for sequence, entry in enumerate(entries, start=1)]


def _inserted(entries: list[Entry], at: int, _chance: random.Random) -> list[Entry]:
    return [*entries[:at], entries[at]._replace(event="f" * 32), *entries[at:]]


def _dropped(entries: list[Entry], at: int, _chance: random.Random) -> list[Entry]:
    return [*entries[:at], *entries[at + 1 :]]


OPERATORS: dict[str, Tamper] = {
    "content altered": _one(other_content),
    "one byte of the content altered": _one(lambda e: e._replace(content=e.content.replace("Agadez", "Agadex"))),
    "spaces put into the content": _one(lambda e: e._replace(content=e.content.replace(":", ": ", 1))),
    "actor altered": _one(lambda e: e._replace(actor=8)),
    "instant altered": _one(lambda e: e._replace(at=e.at + timedelta(microseconds=1))),
    "kind altered": _one(lambda e: e._replace(kind="item.lost")),
    "subject altered": _one(lambda e: e._replace(subject_ref="EQ-2026-99999")),
    "other party altered": _one(lambda e: e._replace(other=e.agency + 2)),
    "passed off as a correction": _one(lambda e: e._replace(corrects=1, proposer=3)),
    "altered and hashed anew": _one(lambda e: other_content(e)._replace(hash=hash_of(other_content(e)))),
    "dropped": _dropped,
    "dropped and renumbered": lambda *a: _renumbered(_dropped(*a)),
    "inserted": _inserted,
    "inserted and renumbered": lambda *a: _renumbered(_inserted(*a)),
    "two swapped": _swapped,
    "contents of two swapped": _contents_swapped,
    "cut off": lambda entries, at, _chance: entries[:at],
    "first entries taken away": lambda entries, at, _chance: entries[at + 1 :],
    "forged: altered and the whole chain hashed anew": lambda *a: rechained(_one(other_content)(*a)),
    "forged: dropped and the whole chain hashed anew": lambda *a: rechained(_dropped(*a)),
    "forged: inserted and the whole chain hashed anew": lambda *a: rechained(_inserted(*a)),
    "forged: reordered and the whole chain hashed anew": lambda *a: rechained(_swapped(*a)),
    "forged: contents of two swapped and the whole chain hashed anew": lambda *a: rechained(_contents_swapped(*a)),
    "forged: the whole chain of another agency in its place": lambda entries, at, _chance: made(
        entries[0].agency + 1, len(entries)
    ),
}
"""The forgeries are what someone with the key can do: the signatures are theirs to make, the heads outside are not."""
