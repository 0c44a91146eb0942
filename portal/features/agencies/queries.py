"""Agencies and States as their readers may see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from portal.features.agencies.domain import AgencyKind, AgencyStatus, PartyStatus
from portal.features.agencies.models import Agency, Standing, State, folded
from portal.infra.db import db, first
from portal.infra.history import StateChange
from portal.kernel.policy import Actor, Role
from portal.kernel.states import REGIONS, STATES, StateInfo
from portal.kernel.tasks import Task

MOST_TASKS = 50


@dataclass(frozen=True, slots=True)
class Filters:
    """What an address asks the list for; values that do not exist are left out."""

    search: str = ""
    state: str = ""
    region: str = ""
    kind: str = ""

    @classmethod
    def of(cls, args: Mapping[str, str]) -> "Filters":
        return cls(
            search=args.get("q", "").strip()[:100],
            state=args["state"] if args.get("state") in STATES else "",
            region=args["region"] if args.get("region") in REGIONS else "",
            kind=args["kind"] if args.get("kind") in set(AgencyKind) else "",
        )


def visible(actor: Actor | None) -> Select[Agency]:
    """Verified members see each other; an agency always sees itself, and the secretariat sees all."""
    if actor is None:
        return select(Agency).where(Agency.id.is_(None))
    if actor.verified and actor.role in {Role.SECRETARIAT, Role.AUDITOR, Role.ADMINISTRATOR}:
        return select(Agency)
    mine = Agency.id == actor.agency_id
    return select(Agency).where(or_(mine, Agency.status != AgencyStatus.PENDING) if actor.verified else mine)


def listed(actor: Actor, filters: Filters) -> Select[Agency]:
    query = visible(actor)
    if filters.state:
        query = query.where(Agency.state_iso2 == filters.state)
    if filters.region:
        query = query.where(Agency.state_iso2.in_([s.iso2 for s in STATES.values() if s.region == filters.region]))
    if filters.kind:
        query = query.where(Agency.kind == AgencyKind(filters.kind))
    for word in folded(filters.search).split()[:6]:
        query = query.where(Agency.search_text.contains(word, autoescape=True))
    return query


def load(actor: Actor | None, key: str) -> Agency | None:
    query = visible(actor).where(Agency.key == key)
    return first(query.options(joinedload(Agency.state), selectinload(Agency.contacts)))


def load_standing(actor: Actor | None, ref: str) -> Standing | None:
    agency = load(actor, ref)
    return Standing(agency) if agency else None


def load_own(actor: Actor | None) -> Agency | None:
    if actor is None or actor.agency_id is None:
        return None
    query = select(Agency).where(Agency.id == actor.agency_id)
    return first(query.options(joinedload(Agency.state), selectinload(Agency.contacts)))


def by_key(key: str) -> Agency | None:
    return first(select(Agency).where(Agency.key == key))


def load_state(_actor: Actor | None, iso2: str) -> State | None:
    return first(select(State).where(State.iso2 == iso2))


def agencies_of(actor: Actor, iso2: str, *, most: int = 50) -> Sequence[Agency]:
    """The agencies of a State that the reader sees; a State has a handful."""
    return db.session.scalars(visible(actor).where(Agency.state_iso2 == iso2).order_by(Agency.key).limit(most)).all()


def states_of_page(
    language: str, *, region: str, status: str, after: str, size: int
) -> tuple[list[tuple[StateInfo, State]], str]:
    """One page of States in the order of the reader's language, and the code after which the next one starts."""
    query = select(State)
    if status in set(PartyStatus):
        query = query.where(State.party_status == PartyStatus(status))
    rows = {row.iso2: row for row in db.session.scalars(query)}
    infos = [s for s in STATES.values() if s.iso2 in rows and (not region or s.region == region)]
    infos.sort(key=lambda s: (folded(s.name(language)), s.iso2))
    start = next((i + 1 for i, s in enumerate(infos) if s.iso2 == after), 0)
    page = infos[start : start + size]
    return [(s, rows[s.iso2]) for s in page], page[-1].iso2 if start + size < len(infos) else ""


def tasks(actor: Actor, *, at: datetime) -> list[Task]:
    """For the secretariat: agencies that wait to be verified."""
    if actor.role != Role.SECRETARIAT:
        return []
    entered = func.min(StateChange.at)
    query = (
        select(Agency.key, Agency.names, Agency.name_language, entered)
        .outerjoin(StateChange, (StateChange.lifecycle == "agency") & (StateChange.subject_id == Agency.id))
        .where(Agency.status == AgencyStatus.PENDING, Agency.id != actor.agency_id)
        .group_by(Agency.id)
        .order_by(Agency.id)
        .limit(MOST_TASKS)
    )
    return [
        Task(
            code="verify_agency",
            ref=key,
            endpoint="agencies.show",
            args={"key": key},
            params={"name": names[language]},
            since=at if since is None else since,
            icon="shield",
        )
        for key, names, language, since in db.session.execute(query)
    ]
