"""The rows of a list: requests as far as their reader may see them, a constant number of statements for a page."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select

from portal.features.assistance.domain.disclosure import Seen
from portal.features.assistance.domain.lifecycles import BEFORE, RequestState
from portal.features.assistance.models import Request, RequestCounterpart, RequestRelease
from portal.features.assistance.queries.records import loaded
from portal.features.assistance.queries.sight import visible
from portal.features.people.models import Person
from portal.infra.db import db
from portal.kernel.policy import Actor

MOST = 20


def rows(actor: Actor | None, ids: Sequence[int]) -> list[Request]:
    """Requests with what a list shows, in the order of `ids`, each told how the reader is connected to it."""
    if not ids:
        return []
    query = loaded(select(Request).where(Request.id.in_(ids), visible(actor)))
    found = {request.id: request for request in db.session.scalars(query)}
    tell_all(found.values(), actor)
    return [found[id_] for id_ in ids if id_ in found]


def tell_all(requests: Iterable[Request], actor: Actor | None) -> None:
    """`with_seen` for many at once."""
    known = {request.id: request for request in requests}
    if actor is None or not known:
        return
    counterparts = {
        row.request_id: row
        for row in db.session.execute(
            select(RequestCounterpart.request_id, RequestCounterpart.live, RequestCounterpart.agreed).where(
                RequestCounterpart.request_id.in_(known), RequestCounterpart.agency_id == actor.agency_id
            )
        )
    }
    released: dict[int, list[Any]] = {}
    for row in db.session.execute(
        select(RequestRelease.request_id, RequestRelease.person_id, RequestRelease.exact).where(
            RequestRelease.request_id.in_(known),
            (RequestRelease.agency_id == actor.agency_id) | (RequestRelease.person_id == actor.person_id),
        )
    ):
        released.setdefault(row.request_id, []).append(row)
    for id_, request in known.items():
        with_us, mine = counterparts.get(id_), released.get(id_, [])
        request.seen = Seen(
            live=bool(with_us and with_us.live),
            agreed=bool(with_us and with_us.agreed),
            released_to_agency=any(row.person_id is None for row in mine),
            released_exactly=any(row.person_id is None and row.exact for row in mine),
            released_to_person=any(row.person_id is not None for row in mine),
        )


def unopened(actor: Actor) -> Sequence[Any]:
    """Requests of the own agency that donors do not see yet, the latest first: what is typed so far, and by whom."""
    if actor.agency_id is None:
        return []
    query = (
        select(
            *(Request.ref, Request.state, Request.title, Request.title_language, Request.draft),
            *(Request.draft_saved_at, Person.name),
        )
        .outerjoin(Person, Person.id == Request.draft_saved_by)
        .where(Request.agency_id == actor.agency_id, Request.state.in_(BEFORE))
        .order_by(Request.id.desc())
        .limit(MOST)
    )
    return db.session.execute(query).all()


def in_screening(actor: Actor) -> list[Request]:
    """What waits for the secretariat, the oldest first; those released to nobody as reference, label and state."""
    query = loaded(select(Request).where(Request.state == RequestState.SCREENING, visible(actor)))
    found = db.session.scalars(query.order_by(Request.screening_at, Request.id).limit(MOST)).all()
    tell_all(found, actor)
    return list(found)


def saved_by(request: Request) -> str:
    """The name of who saved the draft last, for colleagues."""
    query = select(Person.name).where(Person.id == request.draft_saved_by)
    return db.session.scalar(query) or ""
