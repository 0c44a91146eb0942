"""What waits for someone in pledges, derived from the pledges themselves."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import joinedload

from portal.features.assistance.domain.lifecycles import PLEDGE_LIVE, PledgeState, RequestState
from portal.features.assistance.models import Pledge, PledgeWaiting, Request, RequestLine, ServiceDelivery
from portal.features.assistance.policy import DONORS, WRITERS
from portal.features.assistance.queries.pledges import pledges_seen
from portal.features.assistance.queries.sight import readable
from portal.infra.db import db
from portal.kernel.policy import Actor, Role
from portal.kernel.tasks import Task

MOST = 50
SOON = timedelta(days=7)
P = PledgeState


def tasks(actor: Actor, *, at: datetime) -> list[Task]:
    """Of this actor: pledges to answer, to commit, to confirm, to settle, and what the other side has to do."""
    if actor.agency_id is None or actor.suspended:
        return []
    if not (WRITERS.holds(actor, None) or DONORS.holds(actor, None) or actor.role == Role.SECRETARIAT):
        return []
    waits = exists().where(ServiceDelivery.pledge_id == Pledge.id, ServiceDelivery.accepted.is_(None))
    query = (
        select(Pledge, waits.label("waits"))
        .join(Request, Request.id == Pledge.request_id)
        .where(pledges_seen(actor), Pledge.state.in_(sorted(PLEDGE_LIVE)))
        .options(joinedload(Pledge.request).joinedload(Request.agency), joinedload(Pledge.agency))
        .options(joinedload(Pledge.line))
        .order_by(Pledge.valid_until, Pledge.id)
        .limit(MOST)
    )
    if actor.role == Role.SECRETARIAT:
        query = query.where(or_(Pledge.reduce_to.is_not(None), Pledge.state == P.DISPUTED))
    else:
        query = query.where(or_(Pledge.agency_id == actor.agency_id, Request.agency_id == actor.agency_id))
    found = [task for pledge, waiting in db.session.execute(query) if (task := _of(actor, pledge, waiting, at=at))]
    return [*found, *_open_again(actor)]


def _of(actor: Actor, pledge: Pledge, delivery_waits: bool, *, at: datetime) -> Task | None:
    code = _code(actor, pledge, delivery_waits, at=at)
    if code is None:
        return None
    return Task(
        code=f"pledge.{code}",
        ref=pledge.ref,
        endpoint="pledges.pledge",
        args={"ref": pledge.ref},
        params={"title": pledge.line.what},
        since=pledge.pledged_at,
        due_at=pledge.lapses_at if pledge.state == P.OFFERED else None,
        icon="clock" if code in {"waits", "expiring"} else "hand",
        waits_on_us=code != "waits",
    )


def _code(actor: Actor, pledge: Pledge, delivery_waits: bool, *, at: datetime) -> str | None:
    if actor.role == Role.SECRETARIAT:
        return "agree_reduction" if pledge.reduce_to is not None else "settle"
    donor = actor.agency_id == pledge.agency_id
    decides = actor.role == (Role.DONOR_APPROVER if donor else Role.APPROVER)
    if not (DONORS.holds(actor, None) if donor else WRITERS.holds(actor, None)):
        return None
    if pledge.close_asked_by is not None and pledge.close_asked_by != actor.agency_id:
        return "confirm_close" if decides else None
    if pledge.state == P.OFFERED:
        if donor:
            return "expiring" if pledge.lapses_at - at < SOON else "waits"
        return "answer" if decides else None
    if pledge.state == P.ACCEPTED:
        return "commit" if donor and decides and actor.person_id != pledge.author_id else "waits"
    return "confirm" if delivery_waits and not donor else None


def _open_again(actor: Actor) -> Iterator[Task]:
    query: Any = (
        select(PledgeWaiting.told_at, RequestLine.number, RequestLine.what, Request.ref)
        .join(RequestLine, RequestLine.id == PledgeWaiting.line_id)
        .join(Request, Request.id == RequestLine.request_id)
        .where(
            PledgeWaiting.person_id == actor.person_id,
            PledgeWaiting.agency_id == actor.agency_id,
            PledgeWaiting.told_at.is_not(None),
            and_(Request.state == RequestState.OPEN, RequestLine.pledged < RequestLine.quantity),
            readable(actor),
        )
        .order_by(PledgeWaiting.id)
        .limit(MOST)
    )
    for row in db.session.execute(query):
        yield Task(
            code="pledge.free_again",
            ref=row.ref,
            endpoint="pledges.offer",
            args={"ref": row.ref, "number": str(row.number)},
            params={"title": row.what},
            since=row.told_at,
            icon="hand",
        )
