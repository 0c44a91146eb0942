"""Finds out who is acting in a request, from the session cookie. The database decides; the cookie carries a token."""

from flask import g, request, session

from portal.features.people.queries import actor_of, seat_of, signed_in
from portal.features.people.services import sessions
from portal.infra.db import db, now
from portal.kernel.policy import Actor
from portal.web.transaction import afterwards

TOKEN = "token"  # noqa: S105 - the name of a cookie's value
_LONGEST_DEVICE = 200


def who_acts() -> Actor | None:
    """The actor of this request, or None: not signed in, timed out, or with a choice between agencies to make."""
    at = now()
    token = session.get(TOKEN)
    found, g.seats = signed_in(token, at=at) if token else (None, [])
    g.user_session = found
    g.membership = seat = seat_of(found, g.seats) if found else None
    g.memberships = g.seats
    # What was read stays as it was read, also when the request's own transaction begins.
    db.session.expunge_all()
    if found is None or not g.seats:
        return None
    if sessions.seen(found, at=at):
        afterwards(lambda connection: sessions.mark_seen(connection, found.id, at=at))
    g.person = g.seats[0].person
    if seat is None:
        return None
    g.time_zone = seat.agency.time_zone
    return actor_of(seat)


def start(token: str) -> None:
    """Put a new session in the cookie; nothing of what was there before survives."""
    session.clear()
    session[TOKEN] = token


def device() -> str:
    """What the browser says of itself, for the list of sessions."""
    return (request.user_agent.string or "")[:_LONGEST_DEVICE]
