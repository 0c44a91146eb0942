"""What can be read about people: who acts, who belongs to an agency, and what waits for them."""

from portal.features.people.queries.acting import (
    Seat,
    actor_of,
    live_memberships,
    live_sessions,
    person,
    seat_of,
    seats,
    signed_in,
    token_hash,
)
from portal.features.people.queries.belonging import acting_people, approvers, members

__all__ = [
    "Seat",
    "acting_people",
    "actor_of",
    "approvers",
    "live_memberships",
    "live_sessions",
    "members",
    "person",
    "seat_of",
    "seats",
    "signed_in",
    "token_hash",
]
