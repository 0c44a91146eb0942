"""What the pages of the ledger show: a chain, one entry, what vouches for it, and corrections that wait."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, or_, select
from sqlalchemy.orm import joinedload

from portal.features.agencies.models import Agency
from portal.features.agencies.queries import visible as known
from portal.features.ledger.domain import CorrectionState
from portal.features.ledger.models import (
    LedgerChain,
    LedgerCheckpoint,
    LedgerCorrection,
    LedgerDelivery,
    LedgerEntry,
)
from portal.features.ledger.policy import APPROVERS, KEEPERS, OVERSEERS
from portal.features.ledger.queries.chains import heads, visible
from portal.features.ledger.queries.vouching import faults_to_look_into
from portal.infra.db import db, first
from portal.kernel.policy import Actor
from portal.kernel.tasks import Task
from portal.ledger.entries import Subject
from portal.ledger.printed import PrintedHead

MOST_CHAINS, MOST_TASKS = 300, 50


@dataclass(frozen=True, slots=True)
class Standing:
    """What vouches for a chain: its head, and up to where heads were signed and left the system."""

    head: PrintedHead | None
    length: int
    signed: int
    delivered: int

    @property
    def tail(self) -> int:
        return self.length - self.delivered


def chains_of(actor: Actor) -> Sequence[Row[str, int]]:
    """(key, id) of the agencies whose chains the reader follows: their own, or every one that has entries."""
    query = select(Agency.key, Agency.id)
    if actor.verified and actor.role in OVERSEERS:
        query = query.join(LedgerChain, LedgerChain.agency_id == Agency.id).where(LedgerChain.length > 0)
    else:
        query = query.where(Agency.id == actor.agency_id)
    return db.session.execute(query.order_by(Agency.key).limit(MOST_CHAINS)).all()


def listed(actor: Actor, agency_id: int, subject: Subject | None = None) -> Select[Any]:
    """A chain for `paged`, or what it says of one record: each entry with the key of the other party."""
    columns = (Agency.key, LedgerEntry.sequence, LedgerEntry.id)
    query: Select[Any] = visible(actor).where(LedgerEntry.agency_id == agency_id)
    if subject:
        query = query.where(LedgerEntry.subject_type == subject.type, LedgerEntry.subject_ref == subject.ref)
    return query.outerjoin(Agency, Agency.id == LedgerEntry.other_id).add_columns(*columns)


def entry_of(actor: Actor | None, event: str) -> LedgerEntry | None:
    """The entry of an event in the reader's chain; for those who follow all chains, the first that was written."""
    mine = LedgerEntry.agency_id != (actor.agency_id if actor else None)
    return first(visible(actor).where(LedgerEntry.event == event).order_by(mine, LedgerEntry.id))


def twin_of(entry: LedgerEntry) -> LedgerEntry | None:
    """The same event in the chain of the other party."""
    query = select(LedgerEntry).where(LedgerEntry.event == entry.event, LedgerEntry.agency_id == entry.other_id)
    return first(query)


def correction_event(entry: LedgerEntry) -> str | None:
    """The event of the entry that corrects this one."""
    return db.session.scalar(select(LedgerEntry.event).where(LedgerEntry.corrects_id == entry.id))


def corrected_event(entry: LedgerEntry) -> str | None:
    """The event of the entry that this one corrects."""
    return db.session.scalar(select(LedgerEntry.event).where(LedgerEntry.id == entry.corrects_id))


def keys_of(agencies: Iterable[int | None]) -> dict[int, str]:
    """The key of each agency, which people know it by."""
    ids = [agency for agency in agencies if agency is not None]
    return dict(db.session.execute(select(Agency.id, Agency.key).where(Agency.id.in_(ids))).all())


def names_of(actor: Actor, agencies: Iterable[int], language: str) -> dict[int, str]:
    """The names of these agencies that the reader may know of."""
    ids = sorted(agencies)
    if not ids:
        return {}
    return {one.id: one.name(language) for one in db.session.scalars(known(actor).where(Agency.id.in_(ids)))}


def open_correction(event: str) -> LedgerCorrection | None:
    proposed = LedgerCorrection.state == CorrectionState.PROPOSED
    return first(select(LedgerCorrection).where(LedgerCorrection.event == event, proposed))


def find_correction(actor: Actor | None, ref: str) -> LedgerCorrection | None:
    """For the two parties, and for those who follow all chains."""
    query = select(LedgerCorrection).where(LedgerCorrection.ref == ref)
    if actor is None:
        return None
    if not (actor.verified and actor.role in OVERSEERS):
        mine = or_(LedgerCorrection.agency_id == actor.agency_id, LedgerCorrection.other_id == actor.agency_id)
        query = query.where(mine)
    return first(query.options(joinedload(LedgerCorrection.agency), joinedload(LedgerCorrection.other)))


def standing_of_chain(agency_id: int, key: str) -> Standing:
    head = next(iter(heads(agency_id)), None)
    signed = select(func.max(LedgerCheckpoint.sequence)).where(LedgerCheckpoint.agency_id == agency_id)
    delivered = select(func.max(LedgerDelivery.sequence)).where(LedgerDelivery.agency_id == agency_id)
    return Standing(
        PrintedHead(key, head.sequence, head.hash) if head else None,
        head.sequence if head else 0,
        db.session.scalar(signed) or 0,
        db.session.scalar(delivered) or 0,
    )


def tasks(actor: Actor, *, at: datetime) -> list[Task]:  # noqa: ARG001 - every source of tasks is asked alike
    """For approvers: corrections that need their word. For keepers: what the newest looks found."""
    return [*faults_to_look_into(actor, KEEPERS), *_corrections(actor)]


def _corrections(actor: Actor) -> list[Task]:
    if actor.role not in APPROVERS or actor.agency_id is None:
        return []
    decides = func.coalesce(LedgerCorrection.other_id, LedgerCorrection.agency_id) == actor.agency_id
    query = select(LedgerCorrection.ref, LedgerCorrection.subject_ref, LedgerCorrection.proposed_at).where(
        LedgerCorrection.state == CorrectionState.PROPOSED,
        or_(LedgerCorrection.agency_id == actor.agency_id, LedgerCorrection.other_id == actor.agency_id),
        decides,
        LedgerCorrection.proposed_by != actor.person_id,
    )
    return [
        Task(
            code="confirm_correction",
            ref=ref,
            endpoint="ledger.correction",
            args={"ref": ref},
            params={"record": subject_ref},
            since=since,
            icon="scale",
        )
        for ref, subject_ref, since in db.session.execute(query.order_by(LedgerCorrection.id).limit(MOST_TASKS))
    ]


def chain_about(actor: Actor, subject: Subject) -> tuple[int, str] | None:
    """(id, key) of the agency whose chain the reader is shown about a record: their own before any other."""
    about = visible(actor).where(LedgerEntry.subject_type == subject.type, LedgerEntry.subject_ref == subject.ref)
    query = about.with_only_columns(Agency.id, Agency.key).select_from(LedgerEntry)
    query = query.join(Agency, Agency.id == LedgerEntry.agency_id)
    mine = LedgerEntry.agency_id != actor.agency_id
    found = db.session.execute(query.order_by(mine, LedgerEntry.id).limit(1)).first()
    return (found[0], found[1]) if found else None


def newest(actor: Actor, agency_id: int, subject: Subject, *, most: int) -> Sequence[Row[Any]]:
    """The newest entries of a chain on a record, as `listed` has them."""
    query = listed(actor, agency_id, subject).order_by(LedgerEntry.sequence.desc())
    return db.session.execute(query.limit(most)).all()
