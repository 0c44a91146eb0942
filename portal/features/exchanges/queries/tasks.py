"""What waits for someone, derived from the posts themselves."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.features.agencies.models import Agency
from portal.features.exchanges.domain.lifecycles import PostState
from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.models import Post
from portal.features.exchanges.policy import WRITERS
from portal.infra.db import db
from portal.infra.history import StateChange
from portal.kernel.policy import Actor, Role
from portal.kernel.tasks import Task

MOST = 50
COLUMNS = (
    *(Post.id, Post.ref, Post.kind, Post.title, Post.state, Post.author_id, Post.submitted_by, Post.draft_saved_by),
    *(Post.returned_at, Post.draft_saved_at, Post.without_second_approver),
)


def tasks(actor: Actor, *, at: datetime) -> list[Task]:
    """Of this actor: drafts that came back, posts to publish or to endorse, and what others still have to do."""
    found = [*_of_own_agency(actor, at), *_of_own_state(actor, at)]
    return sorted(found, key=lambda task: task.since)


def _of_own_agency(actor: Actor, at: datetime) -> Iterator[Task]:
    if actor.agency_id is None or actor.suspended or not WRITERS.holds(actor, None):
        return
    states = (PostState.DRAFT, PostState.SUBMITTED, PostState.ENDORSING)
    query = _rows(select(*COLUMNS).where(Post.agency_id == actor.agency_id, Post.state.in_(states)))
    rows = db.session.execute(query).all()
    since = _handed_in([row.id for row in rows if row.state != PostState.DRAFT])
    for row in rows:
        if row.state == PostState.DRAFT:
            if row.returned_at:
                yield _task("mend_post", row, row.returned_at, icon="undo")
        elif row.state == PostState.SUBMITTED and actor.role == Role.APPROVER and _other_wrote(actor, row):
            yield _task("publish_post", row, since.get(row.id, at), icon="eye")
        else:
            yield _task("post_waits", row, since.get(row.id, at), icon="clock", waits_on_us=False)


def _of_own_state(actor: Actor, at: datetime) -> Iterator[Task]:
    if actor.role != Role.COORDINATOR or actor.state is None or actor.suspended:
        return
    query = select(*COLUMNS).join(Agency, Agency.id == Post.agency_id).where(Agency.state_iso2 == actor.state)
    rows = db.session.execute(_rows(query.where(Post.state.in_((PostState.SUBMITTED, PostState.ENDORSING))))).all()
    since = _handed_in([row.id for row in rows])
    for row in rows:
        if row.state == PostState.ENDORSING:
            yield _task("endorse_post", row, since.get(row.id, at), icon="eye")
        elif row.without_second_approver and _other_wrote(actor, row):
            yield _task("publish_post", row, since.get(row.id, at), icon="eye")


def _rows(query: Any) -> Any:
    return query.order_by(Post.id.desc()).limit(MOST)


def _other_wrote(actor: Actor, row: Any) -> bool:
    return actor.person_id not in {row.author_id, row.submitted_by, row.draft_saved_by}


def _handed_in(ids: list[int]) -> dict[int, datetime]:
    """When each post came to where it is now."""
    if not ids:
        return {}
    kinds = [PostKind.OFFER.value, PostKind.NEED.value]
    query = (
        select(StateChange.subject_id, StateChange.at)
        .where(StateChange.lifecycle.in_(kinds), StateChange.subject_id.in_(ids))
        .where(StateChange.transition.in_(["submit", "approve"]))
        .order_by(StateChange.id)
    )
    return dict(db.session.execute(query).all())


def _task(code: str, row: Any, since: datetime, *, icon: str, waits_on_us: bool = True) -> Task:
    return Task(
        code=f"{row.kind.value}.{code}",
        ref=row.ref,
        endpoint=f"exchanges.{row.kind.value}",
        args={"ref": row.ref},
        params={"title": row.title or row.ref},
        since=since,
        icon=icon,
        waits_on_us=waits_on_us,
    )
