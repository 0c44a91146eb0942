"""Looks at the whole ledger: whether every chain holds, and whether what tables keep is what the entries say."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from portal.features.ledger.domain import Difference, Register
from portal.features.ledger.models import (
    LedgerChain,
    LedgerCheck,
    LedgerCheckpoint,
    LedgerDelivery,
    LedgerEntry,
    LedgerKey,
)
from portal.features.ledger.queries import chain
from portal.features.ledger.queries.vouching import CHAINS, FIGURES
from portal.infra.db import db
from portal.ledger.chain import Break, Fault, Head, Verdict, verify_chain
from portal.ledger.checkpoints import Checkpoint, is_signed

KEPT = 100
"""Faults whose details are kept: someone who has a hundred has enough to start with."""


def verify_all(outside: Sequence[Head] = (), *, agencies: Iterable[int] = ()) -> Iterator[Verdict]:
    """Follow every chain, or those of `agencies`, and hold them against the heads that left the system.

    `outside` are heads that others hold. Those that the portal noted as delivered are taken as well, but whoever
    can rewrite entries can rewrite notes: only what comes from outside proves anything against the operators.
    """
    wanted = sorted(agencies) or _all_agencies(outside)
    twins = _without_twin()
    for agency in wanted:
        verdict = verify_chain(agency, chain(agency), [*outside, *_delivered(agency)])
        further = [*_length_faults(verdict), *_seal_faults(agency)]
        if agency in twins:
            further.append(Break(agency, twins[agency], Fault.TWIN))
        yield replace(verdict, breaks=(*verdict.breaks, *further))


def check_chains(*, at: datetime) -> LedgerCheck:
    """Look by the portal's own clock, and keep what was found."""
    verdicts = list(verify_all())
    breaks = [one for verdict in verdicts for one in verdict.breaks]
    details: list[dict[str, Any]] = [
        {"agency": b.agency, "sequence": b.sequence, "fault": b.fault.value} for b in breaks[:KEPT]
    ]
    return _keep(CHAINS, sum(v.length for v in verdicts), len(breaks), details, at)


def check_figures(register: Register, *, at: datetime) -> LedgerCheck:
    """Compare what tables keep with what the entries say, slice by slice."""
    found = list(islice(differences(register), KEPT + 1))
    details: list[dict[str, Any]] = [
        {"type": d.subject.type, "ref": d.subject.ref, "name": d.name, "cached": d.cached, "derived": d.derived}
        for d in found[:KEPT]
    ]
    entries = db.session.scalar(select(func.coalesce(func.sum(LedgerChain.length), 0))) or 0
    return _keep(FIGURES, entries, len(found), details, at)


def differences(register: Register) -> Iterator[Difference]:
    for one in register.values():
        yield from one.compare()


def _keep(what: str, entries: int, faults: int, details: list[dict[str, Any]], at: datetime) -> LedgerCheck:
    check = LedgerCheck(what=what, at=at, entries=entries, faults=faults, details=details)
    db.session.add(check)
    db.session.flush()
    return check


def _all_agencies(outside: Iterable[Head]) -> list[int]:
    """Whoever has a chain, or had one: an agency whose chain was taken away whole still has its heads outside."""
    named = {head.agency for head in outside}
    for column in (LedgerChain.agency_id, LedgerEntry.agency_id, LedgerDelivery.agency_id, LedgerCheckpoint.agency_id):
        named.update(db.session.scalars(select(column).distinct()))
    return sorted(named)


def _delivered(agency: int) -> Iterator[Head]:
    query = select(LedgerDelivery.agency_id, LedgerDelivery.sequence, LedgerDelivery.hash)
    for row in db.session.execute(query.where(LedgerDelivery.agency_id == agency).distinct()):
        yield Head(*row)


def _length_faults(verdict: Verdict) -> Iterator[Break]:
    """The row that writers claim their place in must agree with the entries."""
    if verdict.breaks:
        return
    said = db.session.scalar(select(LedgerChain.length).where(LedgerChain.agency_id == verdict.agency)) or 0
    if said != verdict.length:
        yield Break(verdict.agency, min(said, verdict.length) + 1, Fault.LENGTH)


def _seal_faults(agency: int) -> Iterator[Break]:
    """Signed heads that are not rightly signed, or that the chain belies."""
    keys = dict(db.session.execute(select(LedgerKey.key_id, LedgerKey.public)).all())
    at_place = (LedgerEntry.agency_id == LedgerCheckpoint.agency_id) & (
        LedgerEntry.sequence == LedgerCheckpoint.sequence
    )
    query = select(LedgerCheckpoint, LedgerEntry.hash).outerjoin(LedgerEntry, at_place)
    query = query.where(LedgerCheckpoint.agency_id == agency).order_by(LedgerCheckpoint.sequence)
    for row, hash_ in db.session.execute(query):
        if not is_signed(
            Checkpoint(Head(row.agency_id, row.sequence, row.hash), row.at, row.key_id, row.signature),
            keys.get(row.key_id, ""),
        ):
            yield Break(agency, row.sequence, Fault.SIGNATURE)
        if hash_ != row.hash:
            yield Break(agency, row.sequence, Fault.CHECKPOINT)


def _without_twin() -> dict[int, int]:
    """By agency, the first entry of two parties that the other chain lacks or tells differently."""
    twin = aliased(LedgerEntry)
    told = exists().where(
        twin.event == LedgerEntry.event,
        twin.agency_id == LedgerEntry.other_id,
        twin.other_id == LedgerEntry.agency_id,
        twin.kind == LedgerEntry.kind,
        twin.subject_ref == LedgerEntry.subject_ref,
        twin.subject_type == LedgerEntry.subject_type,
        twin.content == LedgerEntry.content,
    )
    query = select(LedgerEntry.agency_id, func.min(LedgerEntry.sequence))
    query = query.where(LedgerEntry.other_id.is_not(None), ~told).group_by(LedgerEntry.agency_id)
    return dict(db.session.execute(query).all())
