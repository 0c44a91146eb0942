"""What waits for someone, collected from every slice that knows of tasks; and what happened to a record."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import current_app
from sqlalchemy import select

from portal.features.agencies.models import Agency
from portal.features.notices.domain import Sight, outline, sight
from portal.features.people.models import Person
from portal.infra.db import db
from portal.infra.history import StateChange
from portal.kernel.policy import Actor, Role
from portal.kernel.tasks import Task

Source = Callable[..., list[Task]]
"""`tasks(actor, *, at)` of a slice."""
EXTENSION = "task_sources"
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Tasks:
    """What this person has to do, and what others have to do for them."""

    ours: Sequence[Task]
    theirs: Sequence[Task]


def collected(actor: Actor, *, at: datetime, sources: Iterable[Source] | None = None) -> Tasks:
    """Ask every source once. Overdue first, then what is due soonest, then what waits longest."""
    found = [task for source in (sources or current_app.extensions[EXTENSION]) for task in source(actor, at=at)]
    found.sort(key=lambda task: (task.due_at or _NEVER, task.since, task.ref))
    return Tasks([t for t in found if t.waits_on_us], [t for t in found if not t.waits_on_us])


@dataclass(frozen=True, slots=True)
class Entry:
    """One step of a record's history, with no more than its reader may know."""

    id: int
    lifecycle: str
    step: str
    at: datetime
    role: Role
    agency_names: Mapping[str, str] | None
    agency_language: str
    person: str | None
    """Only for readers of the same agency."""
    reason: str | None


def entries(actor: Actor | None, record: Any, *, most: int, before: int | None = None) -> list[Entry]:
    """The newest steps of a record (older than the entry `before`) as this actor may read them."""
    seen = sight(actor, record)
    if actor is None or seen is Sight.NOTHING:
        return []
    query = (
        select(StateChange, Agency.names, Agency.name_language, Person.name)
        .outerjoin(Agency, Agency.id == StateChange.agency_id)
        .outerjoin(Person, Person.id == StateChange.person_id)
        .where(StateChange.lifecycle == record.lifecycle.name, StateChange.subject_id == record.id)
        .order_by(StateChange.id.desc())
        .limit(most)
    )
    if seen is Sight.OUTLINE:
        query = query.where(StateChange.transition.in_(outline(record.lifecycle.name)))
    if before is not None:
        query = query.where(StateChange.id < before)
    return [
        Entry(
            id=change.id,
            lifecycle=change.lifecycle,
            step=change.transition,
            at=change.at,
            role=change.role,
            agency_names=names,
            agency_language=language or "",
            person=person if actor.agency_id is not None and actor.agency_id == change.agency_id else None,
            reason=change.reason if seen is Sight.WHOLE else None,
        )
        for change, names, language, person in db.session.execute(query)
    ]
