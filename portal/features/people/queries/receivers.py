"""Who of an agency is told of something: people whose membership holds now, today's deputies of approvers included."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import aliased

from portal.features.agencies.models import Agency
from portal.features.people.models import Deputy, Membership, Person
from portal.features.people.queries.acting import holds
from portal.infra.db import db
from portal.kernel.policy import Role

_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Receiver:
    """Someone to write to, for one agency: where, in which language and zone."""

    person_id: int
    agency_id: int
    email: str
    language: str
    time_zone: str


def receivers(agency_ids: Collection[int], roles: Collection[Role], *, at: datetime) -> list[Receiver]:
    """People of these agencies with one of these roles, each once for an agency."""
    found = _read(_people().where(Membership.agency_id.in_(agency_ids), Membership.role.in_(roles), holds(at)))
    if Role.APPROVER in roles:
        found += _deputies(agency_ids, at)
    return _each_once(found)


def coordinators(agency_id: int, *, at: datetime) -> list[Receiver]:
    """The national coordinators of the agency's State, whichever agency of it they work for."""
    state = select(Agency.state_iso2).where(Agency.id == agency_id).scalar_subquery()
    query = _people().where(Agency.state_iso2 == state, Membership.role == Role.COORDINATOR, holds(at))
    return _each_once(_read(query))


def those_of(person_ids: Iterable[int | None], agency_id: int, *, at: datetime) -> list[Receiver]:
    """Of these people, who still works for the agency."""
    ids = [person_id for person_id in person_ids if person_id is not None]
    query = _people().where(Membership.person_id.in_(ids), Membership.agency_id == agency_id, holds(at))
    return _each_once(_read(query)) if ids else []


def _people() -> Select[int, int, str, str, str]:
    return (
        select(Person.id, Membership.agency_id, Person.email, Person.language, Agency.time_zone)
        .join(Membership, Membership.person_id == Person.id)
        .join(Agency, Agency.id == Membership.agency_id)
        .order_by(Membership.id)
    )


def _read(query: Select[int, int, str, str, str]) -> list[Receiver]:
    return [Receiver(*row) for row in db.session.execute(query)]


def _deputies(agency_ids: Collection[int], at: datetime) -> list[Receiver]:
    approver = aliased(Membership)
    stands_in: ColumnElement[bool] = Deputy.for_membership_id == approver.id
    query = (
        _people()
        .join(Deputy, Deputy.membership_id == Membership.id)
        .join(approver, stands_in)
        .where(
            Membership.agency_id.in_(agency_ids),
            holds(at),
            approver.role == Role.APPROVER,
            holds(at, approver),
            Deputy.ended_at.is_(None),
            Deputy.starts_on <= at.date() + _A_DAY,
            Deputy.ends_on >= at.date() - _A_DAY,
        )
        .add_columns(Deputy.starts_on, Deputy.ends_on)
    )
    rows = [(Receiver(*row[:5]), row[5], row[6]) for row in db.session.execute(query)]
    return [r for r, first, last in rows if first <= at.astimezone(ZoneInfo(r.time_zone)).date() <= last]


def _each_once(found: list[Receiver]) -> list[Receiver]:
    return list({(r.person_id, r.agency_id): r for r in found}.values())
