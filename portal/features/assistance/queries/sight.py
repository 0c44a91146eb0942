"""Who sees which request, as SQL: the twin of `domain.disclosure.disclosure`."""

from sqlalchemy import ColumnElement, and_, exists, false, or_, select

from portal.features.agencies.models import Agency
from portal.features.assistance.domain.disclosure import NAMED_ONLY, OPEN_LABELS, OVERSEERS
from portal.features.assistance.domain.lifecycles import SHOWN, WAITING
from portal.features.assistance.models import Request, RequestCounterpart, RequestRelease
from portal.kernel.labels import Tlp
from portal.kernel.policy import Actor, Role


def visible(actor: Actor | None) -> ColumnElement[bool]:
    """Requests of which the actor sees at least the reference."""
    if actor is None:
        return _clear()
    ways = _ways(actor)
    if actor.role in OVERSEERS:
        ways.append(Request.screening_at.is_not(None))
    return or_(*ways)


def readable(actor: Actor | None) -> ColumnElement[bool]:
    """Requests whose content the actor sees, so that what they say may be searched, filtered and exported."""
    if actor is None:
        return _clear()
    ways = _ways(actor)
    if actor.role in OVERSEERS:
        ways.append(and_(Request.screening_at.is_not(None), Request.label.not_in(NAMED_ONLY)))
    return or_(*ways)


def exactly_visible(actor: Actor | None) -> ColumnElement[bool]:
    """Requests whose exact sites, contact and restricted remarks the actor sees too."""
    if actor is None:
        return false()
    ways = [_reached(actor, _released_to_person(actor))]
    if actor.agency_id is not None:
        agreed = _counterpart(actor.agency_id, RequestCounterpart.agreed > 0)
        released = _released_to_agency(actor.agency_id)
        exactly = _released_to_agency(actor.agency_id, exactly=True)
        ways += [
            Request.agency_id == actor.agency_id,
            and_(Request.label != Tlp.RED, _reached(actor, or_(exactly, and_(released, agreed)))),
            and_(Request.label.not_in(NAMED_ONLY), agreed, ~_reached(actor, released)),
        ]
    return or_(*ways)


def _ways(actor: Actor) -> list[ColumnElement[bool]]:
    ways = [_reached(actor, _released_to_person(actor)), _coordinated(actor), _shared(actor)]
    if actor.agency_id is not None:
        ways += [
            Request.agency_id == actor.agency_id,
            and_(Request.label != Tlp.RED, _reached(actor, _released_to_agency(actor.agency_id))),
            and_(
                Request.label.not_in(NAMED_ONLY),
                _counterpart(actor.agency_id, or_(RequestCounterpart.live > 0, RequestCounterpart.agreed > 0)),
            ),
        ]
    return ways


def _clear() -> ColumnElement[bool]:
    return and_(Request.label == Tlp.CLEAR, Request.state.in_(SHOWN))


def _reached(actor: Actor, released: ColumnElement[bool]) -> ColumnElement[bool]:
    """A release works for the secretariat from screening on, for everyone else once the request is open."""
    moment = Request.screening_at if actor.role in OVERSEERS else Request.opened_at
    return and_(moment.is_not(None), released)


def _released_to_person(actor: Actor) -> ColumnElement[bool]:
    return exists().where(RequestRelease.request_id == Request.id, RequestRelease.person_id == actor.person_id)


def _released_to_agency(agency_id: int, *, exactly: bool = False) -> ColumnElement[bool]:
    found = [RequestRelease.request_id == Request.id, RequestRelease.agency_id == agency_id]
    return exists().where(*found, RequestRelease.exact.is_(True)) if exactly else exists().where(*found)


def _counterpart(agency_id: int, how: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(RequestCounterpart.request_id == Request.id, RequestCounterpart.agency_id == agency_id, how)


def _coordinated(actor: Actor) -> ColumnElement[bool]:
    if actor.role != Role.COORDINATOR or actor.state is None:
        return false()
    of_state = select(Agency.id).where(Agency.state_iso2 == actor.state)
    return and_(Request.state.in_(WAITING), Request.agency_id.in_(of_state))


def _shared(actor: Actor) -> ColumnElement[bool]:
    if not actor.verified or actor.agency_id is None:
        return _clear()
    return and_(Request.state.in_(SHOWN), Request.label.in_(OPEN_LABELS))
