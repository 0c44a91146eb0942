"""Appends entries in the transaction of what they tell of. Nothing else writes to the ledger.

Whoever changes records first and records last, and names every agency in one call (`hold`, `record_many`) where a
transaction writes into several pairs of chains, never waits in a circle: chains are taken in the order of their ids.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple, cast
from uuid import uuid4

from sqlalchemy import Table, select, text

from portal.features.ledger.models import LedgerEntry
from portal.infra.bulk import insert_rows
from portal.infra.db import db
from portal.kernel.errors import Problem, Stale
from portal.kernel.policy import Actor
from portal.ledger.canonical import canonical
from portal.ledger.entries import Entry, EntryKind, Subject, check_words, genesis, hash_of

_HELD = "ledger_chains_held"
_TABLE = cast("Table", LedgerEntry.__table__)
_COLUMNS = (
    *("agency_id", "sequence", "previous", "hash", "event", "kind", "subject_type", "subject_ref", "content"),
    *("other_id", "actor_id", "proposer_id", "at", "corrects", "corrects_id"),
)
"""In the order of `_row`."""
_CLAIM = text(
    "INSERT INTO ledger_chain (agency_id, length) VALUES (:agency, :count)"
    " ON CONFLICT (agency_id) DO UPDATE SET length = ledger_chain.length + :count RETURNING length"
)


class ChainsOutOfOrder(RuntimeError):
    """A transaction that holds a chain asks for one with a lower id: two of these could wait for each other for ever.

    Call `hold` with every agency before the first entry.
    """


class ChainDamaged(RuntimeError):
    """The last entry of the chain is not there: nothing can be appended until the ledger was looked into."""


class New(NamedTuple):
    """What is to be recorded: in the chain of `agency`, and in that of `other` when the event had two parties."""

    kind: str
    subject: Subject
    content: Mapping[str, Any]
    agency: int
    other: int | None = None


def record(
    *,
    kind: EntryKind,
    subject: Subject,
    agency: int,
    other: int | None = None,
    content: Mapping[str, Any],
    by: Actor,
    at: datetime,
) -> LedgerEntry:
    """Append one event and return its entry in the chain of `agency`; flushed, so that it has an id.

    With `other` the same event stands in the chain of both, each naming the other.
    """
    return _append(New(kind, subject, content, agency, other), {}, None, by, at)


def record_correction(
    old: LedgerEntry, content: Mapping[str, Any], *, by: Actor, at: datetime, proposed_by: int | None = None
) -> LedgerEntry:
    """Append the whole content that counts from now on instead of that of `old`, in every chain that has the event.

    What was corrected before is corrected by correcting its correction: otherwise `Stale`.
    """
    twins = db.session.scalars(select(LedgerEntry).where(LedgerEntry.event == old.event)).all()
    hold(*(twin.agency_id for twin in twins))
    ids = [twin.id for twin in twins]
    if db.session.scalars(select(LedgerEntry.id).where(LedgerEntry.corrects_id.in_(ids)).limit(1)).first():
        raise Stale(Problem("corrected_already"))
    new = New(old.kind, old.subject, content, old.agency_id, old.other_id)
    return _append(new, {twin.agency_id: twin for twin in twins}, proposed_by, by, at)


def record_many(news: Sequence[New], *, by: Actor, at: datetime) -> int:
    """Append many events at once, for imports, and return how many entries were written."""
    counts = Counter(agency for new in news for agency in _parties(new))
    if not counts:
        return 0
    for kind, subject in {(new.kind, new.subject) for new in news}:
        check_words(kind, subject)
    last = _claim(counts)
    db.session.flush()
    insert_rows(_TABLE, _COLUMNS, _rows(news, last, by, at))
    return counts.total()


def hold(*agencies: int) -> None:
    """Take the chains of these agencies now, in the one order everyone keeps, until the transaction ends."""
    _take_in_order(agencies)
    for agency in sorted(set(agencies)):
        db.session.execute(_CLAIM, {"agency": agency, "count": 0})


class _Last(NamedTuple):
    sequence: int
    hash: str


def _parties(new: New) -> tuple[int, ...]:
    return (new.agency,) if new.other is None else (new.agency, new.other)


def _sides(new: New) -> Iterator[tuple[int, int | None]]:
    """Each chain that the event stands in, with the party that it names there."""
    yield new.agency, new.other
    if new.other is not None:
        yield new.other, new.agency


def _claim(counts: Counter[int]) -> dict[int, _Last]:
    """Claim that many places in each chain, and say after which entry they come."""
    _take_in_order(counts)
    last = {}
    for agency in sorted(counts):
        length = db.session.execute(_CLAIM, {"agency": agency, "count": counts[agency]}).scalar_one()
        last[agency] = _Last(length - counts[agency], _hash_at(agency, length - counts[agency]))
    return last


def _hash_at(agency: int, sequence: int) -> str:
    if not sequence:
        return genesis(agency)
    place = (LedgerEntry.agency_id == agency, LedgerEntry.sequence == sequence)
    found = db.session.execute(select(LedgerEntry.hash).where(*place)).scalar_one_or_none()
    if found is None:
        raise ChainDamaged(f"the chain of agency {agency} lacks its entry {sequence}")
    return found


def _take_in_order(agencies: Iterable[int]) -> None:
    session = db.session()
    transaction = session.get_transaction() or session.begin()
    root, held = session.info.get(_HELD, (None, set()))
    if root is not transaction:
        held = set()
        session.info[_HELD] = (transaction, held)
    fresh = set(agencies) - held
    if held and fresh and min(fresh) < max(held):
        raise ChainsOutOfOrder(f"holding {sorted(held)}, asking for {sorted(fresh)}")
    held |= fresh


def _append(
    new: New, corrected: Mapping[int, LedgerEntry], proposed_by: int | None, by: Actor, at: datetime
) -> LedgerEntry:
    check_words(new.kind, new.subject)
    last = _claim(Counter(_parties(new)))
    written, event = canonical(new.content), uuid4().hex
    entries = []
    for ours, theirs in _sides(new):
        old = corrected.get(ours)
        entry = _entry(new, written, event, last[ours], by, at, ours, theirs)._replace(
            corrects=old.sequence if old else None, proposer=proposed_by
        )
        entries.append(LedgerEntry(**_row(entry, old.id if old else None)))
    db.session.add_all(entries)
    db.session.flush()
    return entries[0]


def _rows(news: Sequence[New], last: dict[int, _Last], by: Actor, at: datetime) -> Iterator[tuple[Any, ...]]:
    for new in news:
        written, event = _written(new.content), uuid4().hex
        for ours, theirs in _sides(new):
            entry = _entry(new, written, event, last[ours], by, at, ours, theirs)
            row = _row(entry, None)
            last[ours] = _Last(entry.sequence, row["hash"])
            yield tuple(row.values())


def _written(content: Mapping[str, Any]) -> str:
    """Many units of one delivery say the same: each content is written out once."""
    try:
        return _said(tuple((name, type(value), value) for name, value in content.items()))
    except TypeError:  # a list in it
        return canonical(content)


@lru_cache(maxsize=2_000)
def _said(facts: tuple[tuple[str, type, Any], ...]) -> str:
    """The types are part of what is remembered: yes and 1 are equal, and are not written the same."""
    return canonical({name: value for name, _type, value in facts})


def _entry(  # noqa: PLR0917
    new: New, written: str, event: str, last: _Last, by: Actor, at: datetime, ours: int, theirs: int | None
) -> Entry:
    return Entry(
        agency=ours,
        sequence=last.sequence + 1,
        previous=last.hash,
        event=event,
        kind=new.kind,
        subject_type=new.subject.type,
        subject_ref=new.subject.ref,
        content=written,
        other=theirs,
        actor=by.person_id,
        at=at,
        corrects=None,
        proposer=None,
    )


def _row(entry: Entry, corrects_id: int | None) -> dict[str, Any]:
    return {
        "agency_id": entry.agency,
        "sequence": entry.sequence,
        "previous": entry.previous,
        "hash": hash_of(entry),
        "event": entry.event,
        "kind": str(entry.kind),
        "subject_type": entry.subject_type,
        "subject_ref": entry.subject_ref,
        "content": entry.content,
        "other_id": entry.other,
        "actor_id": entry.actor,
        "proposer_id": entry.proposer,
        "at": entry.at,
        "corrects": entry.corrects,
        "corrects_id": corrects_id,
    }
