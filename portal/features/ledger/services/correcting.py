"""Corrects entries by new ones: at once by one person, or with a second one where quantity or value are concerned."""

import json
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.features.agencies.domain import AgencyStatus
from portal.features.agencies.models import Agency
from portal.features.ledger.domain import CORRECTION, Correction, Ledgered, changed_names, takes_two
from portal.features.ledger.models import LedgerCorrection, LedgerEntry
from portal.features.ledger.queries import correction_event, open_correction
from portal.features.ledger.services.recording import record_correction
from portal.infra.db import db
from portal.infra.history import advance, begin
from portal.kernel.errors import Frozen, Problem, Rejected, Stale
from portal.kernel.policy import Actor
from portal.kernel.reference import Kind, new_reference
from portal.ledger.canonical import canonical
from portal.ledger.entries import Subject


def correct(
    command: Correction, *, entry: LedgerEntry, ledgered: Ledgered, by: Actor, at: datetime
) -> LedgerCorrection | LedgerEntry:
    """The new entry when one person may decide; else the proposal, which waits for a second one."""
    _may_still(entry)
    old = json.loads(entry.content)
    new = json.loads(canonical(old | command.facts()))
    changed = changed_names(old, new)
    if not changed:
        raise Rejected(Problem("nothing_corrected"))
    if not takes_two(ledgered, changed):
        ledgered.correct(entry.subject, new)
        return record_correction(entry, new, by=by, at=at)
    if open_correction(entry.event):
        raise Stale(Problem("correction_waits"))
    if by.person_id is None:
        raise ValueError("two people agree to a correction that weighs: the clock is none")
    correction = LedgerCorrection(
        ref=new_reference(Kind.CORRECTION, at.year),
        agency_id=entry.agency_id,
        other_id=entry.other_id,
        event=entry.event,
        subject_type=entry.subject_type,
        subject_ref=entry.subject_ref,
        content=new,
        reason=command.reason,
        proposed_by=by.person_id,
        proposed_at=at,
    )
    try:
        with db.session.begin_nested():
            begin(CORRECTION, correction, by=by, at=at, details={"names": changed})
    except IntegrityError:  # somebody proposed at the same instant: one proposal may be open for an event
        raise Stale(Problem("correction_waits")) from None
    return correction


def confirm(
    correction: LedgerCorrection, *, ledgered: Ledgered, by: Actor, at: datetime, reason: str | None = None
) -> LedgerEntry:
    """The second person agrees: the slice brings its columns in line, and the new entry is appended."""
    advance(CORRECTION, correction, "confirm", by=by, at=at, reason=reason)
    entry = corrected_entry(correction)
    ledgered.correct(Subject(correction.subject_type, correction.subject_ref), correction.content)
    return record_correction(entry, correction.content, by=by, at=at, proposed_by=correction.proposed_by)


def corrected_entry(correction: LedgerCorrection) -> LedgerEntry:
    """The entry that is to be corrected, in the chain of the agency that proposed it."""
    mine = (LedgerEntry.event == correction.event, LedgerEntry.agency_id == correction.agency_id)
    return db.session.scalars(select(LedgerEntry).where(*mine)).one()


def _may_still(entry: LedgerEntry) -> None:
    if correction_event(entry):
        raise Stale(Problem("corrected_already"))
    parties = [entry.agency_id, *([entry.other_id] if entry.other_id else [])]
    suspended = select(Agency.id).where(Agency.id.in_(parties), Agency.status == AgencyStatus.SUSPENDED)
    if db.session.scalars(suspended.limit(1)).first():
        raise Frozen
