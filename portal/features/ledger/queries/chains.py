"""Reads of the ledger: chains as they stand, and what counts of a subject."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, tuple_

from portal.features.agencies.models import Agency
from portal.features.ledger.models import LedgerChain, LedgerCheckpoint, LedgerEntry
from portal.features.ledger.policy import OVERSEERS
from portal.infra.db import db
from portal.kernel.policy import Actor
from portal.ledger.chain import Head
from portal.ledger.checkpoints import Checkpoint
from portal.ledger.entries import Entry, Subject
from portal.ledger.printed import PrintedHead
from portal.ledger.standing import Standing, standing

AT_ONCE = 5_000


def visible(actor: Actor | None) -> Select[LedgerEntry]:
    """An agency reads its own chain; the secretariat and the auditor follow all of them.

    That an entry is there says what kind of thing happened to which reference, never what it holds: its content is
    shown to the parties, and to whoever may see the record itself.
    """
    if actor is None:
        return select(LedgerEntry).where(LedgerEntry.id.is_(None))
    if actor.verified and actor.role in OVERSEERS:
        return select(LedgerEntry)
    return select(LedgerEntry).where(LedgerEntry.agency_id == actor.agency_id)


def entries_of(actor: Actor, subject: Subject) -> Select[LedgerEntry]:
    """What the reader's chain says about a record, oldest first."""
    query = visible(actor).where(LedgerEntry.subject_type == subject.type, LedgerEntry.subject_ref == subject.ref)
    return query.order_by(LedgerEntry.agency_id, LedgerEntry.sequence)


def standing_of(agency: int, subject: Subject) -> list[Standing]:
    """What counts of a subject in the chain of an agency, corrections applied; for figures that are derived."""
    query = select(LedgerEntry).where(
        LedgerEntry.subject_type == subject.type,
        LedgerEntry.subject_ref == subject.ref,
        LedgerEntry.agency_id == agency,
    )
    return standing(row.entry for row in db.session.scalars(query.order_by(LedgerEntry.sequence)))


def heads(*agencies: int) -> list[Head]:
    """The last entry of each chain, in the order of the agencies; of all chains when none is named."""
    at_the_end = (LedgerEntry.agency_id == LedgerChain.agency_id) & (LedgerEntry.sequence == LedgerChain.length)
    query = select(LedgerEntry.agency_id, LedgerEntry.sequence, LedgerEntry.hash).join(LedgerChain, at_the_end)
    if agencies:
        query = query.where(LedgerChain.agency_id.in_(agencies))
    return [Head(*row) for row in db.session.execute(query.order_by(LedgerEntry.agency_id))]


def heads_at(
    subject: Subject, agencies: Iterable[int], moments: Iterable[datetime]
) -> dict[datetime, list[PrintedHead]]:
    """By moment: the last entry on a record that each chain got then. It was the head when that transaction ended,
    since whoever records holds the chain until then.
    """
    last = (
        select(LedgerEntry.agency_id, LedgerEntry.at, func.max(LedgerEntry.sequence).label("sequence"))
        .where(LedgerEntry.subject_type == subject.type, LedgerEntry.subject_ref == subject.ref)
        .where(LedgerEntry.agency_id.in_(sorted(agencies)), LedgerEntry.at.in_(sorted(moments)))
        .group_by(LedgerEntry.agency_id, LedgerEntry.at)
    ).subquery()
    place = (LedgerEntry.agency_id == last.c.agency_id) & (LedgerEntry.sequence == last.c.sequence)
    query = select(LedgerEntry.at, Agency.key, LedgerEntry.sequence, LedgerEntry.hash).select_from(LedgerEntry)
    found: dict[datetime, list[PrintedHead]] = {}
    query = query.join(last, place).join(Agency, Agency.id == LedgerEntry.agency_id).order_by(Agency.key)
    for at, key, sequence, digest in db.session.execute(query):
        found.setdefault(at, []).append(PrintedHead(key, sequence, digest))
    return found


def chain(agency: int, *, after: int | None = None) -> Iterator[Entry]:
    """The entries of a chain in order, a few thousand in memory at a time; also those that should not be there."""
    table = LedgerEntry
    columns: tuple[Any, ...] = (
        *(table.agency_id, table.sequence, table.previous, table.event, table.kind, table.subject_type),
        *(
            table.subject_ref,
            table.content,
            table.other_id,
            table.actor_id,
            table.at,
            table.corrects,
            table.proposer_id,
            table.hash,
        ),
    )
    query = select(*columns, table.id).where(table.agency_id == agency).order_by(table.sequence, table.id)
    page = query if after is None else query.where(table.sequence > after)
    while True:
        rows = db.session.execute(page.limit(AT_ONCE)).all()
        yield from (Entry(*row[:-1]) for row in rows)
        if len(rows) < AT_ONCE:
            return
        page = query.where(tuple_(table.sequence, table.id) > (rows[-1].sequence, rows[-1].id))


def checkpoints(agency: int) -> Iterator[Checkpoint]:
    """The signed heads of a chain, in order."""
    query = select(LedgerCheckpoint).where(LedgerCheckpoint.agency_id == agency).order_by(LedgerCheckpoint.sequence)
    for row in db.session.scalars(query):
        yield Checkpoint(Head(row.agency_id, row.sequence, row.hash), row.at, row.key_id, row.signature)
