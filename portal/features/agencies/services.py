"""What changes agencies and what is known of States. The request commits; nothing here does."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from portal.features.agencies.domain import AGENCY, AgencyStatus
from portal.features.agencies.domain.commands import (
    AgencyFacts,
    AgencyRecord,
    Contact,
    Endorsement,
    NewAgency,
    StateRecord,
)
from portal.features.agencies.models import Agency, ContactPoint, Standing, State
from portal.infra.db import db
from portal.infra.history import advance, note
from portal.kernel.errors import Frozen, Problem, Rejected
from portal.kernel.policy import Actor


def enter(command: NewAgency, *, by: Actor, at: datetime) -> Agency:
    """A new agency, which waits for its verification."""
    if db.session.scalars(select(Agency.id).where(Agency.key == command.key)).first():
        raise Rejected(Problem("already_used", "key"))
    _state_known(command.state)
    agency = Agency(key=command.key, status=AgencyStatus.PENDING, contacts=[])
    _write_record(agency, command, at=at)
    db.session.add(agency)
    db.session.flush()
    note(AGENCY, Standing(agency), "enter", by=by, at=at)
    return agency


def edit_record(command: AgencyRecord, *, agency: Agency, by: Actor, at: datetime) -> Agency:
    """By the secretariat: everything but the key and the status."""
    _still_as_seen(agency, command.seen_version)
    _state_known(command.state)
    _write_record(agency, command, at=at)
    note(AGENCY, Standing(agency), "edit", by=by, at=at)
    return agency


def edit_facts(command: AgencyFacts, *, agency: Agency, by: Actor, at: datetime) -> Agency:
    """By the agency's own approver: what the agency itself knows best."""
    if agency.suspended:
        raise Frozen
    _still_as_seen(agency, command.seen_version)
    _write_facts(agency, command, at=at)
    note(AGENCY, Standing(agency), "edit", by=by, at=at)
    return agency


def verify(standing: Standing, *, by: Actor, at: datetime, reason: str | None) -> None:
    advance(AGENCY, standing, "verify", by=by, at=at, reason=reason)
    standing.agency.verified_at = at


def suspend(standing: Standing, *, by: Actor, at: datetime, reason: str | None) -> None:
    """Freezes the agency's open work, which asks for this wherever it is done. Nothing is deleted."""
    advance(AGENCY, standing, "suspend", by=by, at=at, reason=reason)
    standing.agency.suspended_at = at


def resume(standing: Standing, *, by: Actor, at: datetime, reason: str | None) -> None:
    advance(AGENCY, standing, "resume", by=by, at=at, reason=reason)
    standing.agency.suspended_at = None


def edit_state(command: StateRecord, *, state: State, at: datetime) -> State:
    state.party_status, state.consent_on = command.party_status, command.consent_on
    state.party_as_of, state.party_source = command.party_as_of, command.party_source
    state.party_note, state.endorses = command.party_note, sorted(set(command.endorses))
    state.edited_at = at
    return state


def switch_endorsement(command: Endorsement, *, state: State, at: datetime) -> State:
    state.endorses = sorted(set(command.endorses))
    state.edited_at = at
    return state


def _write_record(agency: Agency, command: AgencyRecord, *, at: datetime) -> None:
    agency.state_iso2, agency.kind = command.state, command.kind
    agency.iati_org_id = command.iati_org_id
    agency.protocol_roles = [role.value for role in dict.fromkeys(command.protocol_roles)]
    _write_facts(agency, command, at=at)


def _write_facts(agency: Agency, command: AgencyFacts, *, at: datetime) -> None:
    agency.names = {n.language: n.name for n in command.names}
    agency.name_language = command.names[0].language
    agency.acronym = command.acronym
    agency.languages = [{"language": s.language, "level": s.level.value} for s in command.languages]
    agency.time_zone = command.time_zone
    agency.working_days = sorted(set(command.working_days))
    _write_contacts(agency, command.contacts, at=at)


def _write_contacts(agency: Agency, contacts: tuple[Contact, ...], *, at: datetime) -> None:
    """Saving the form confirms every contact in it, today by the agency's own calendar."""
    today = at.astimezone(ZoneInfo(agency.time_zone)).date()
    agency.contacts = [
        ContactPoint(function=c.function, email=c.email, phone=c.phone, languages=[], confirmed_on=today)
        for c in contacts
    ]


def _still_as_seen(agency: Agency, seen_version: int) -> None:
    if agency.version != seen_version:
        raise Rejected(Problem("changed_meanwhile"))


def _state_known(iso2: str | None) -> None:
    if iso2 and not db.session.scalars(select(State.id).where(State.iso2 == iso2)).first():
        raise Rejected(Problem("no_such_state", "state"))
