"""One pair of a run becomes a proposal, on the first days that suit both, in the name of who sent the round."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.features.exchanges.models import Post
from portal.features.matches.domain.commands import Propose
from portal.features.matches.domain.rules import suggested_days
from portal.features.matches.services import put_forward
from portal.features.matches.services.pairs import Pair, room_for
from portal.features.people.models import Membership
from portal.features.people.queries import actor_of
from portal.features.rounds.models import RunPair
from portal.infra.db import db
from portal.kernel.errors import DomainError
from portal.kernel.policy import SYSTEM, Actor


def put(pair: RunPair, officers: int, *, answer_by: datetime, by: Actor, at: datetime) -> bool:
    """Whether the pair could be put forward: both posts are as the run saw them, with room, and nothing else is open."""
    try:
        with db.session.begin_nested():
            command = _terms(pair.offer, pair.need, officers, at=at)
            if command is None:
                return False
            both = Pair(pair.offer, pair.need)
            pair.proposal_id = put_forward(command, pair=both, answer_by=answer_by, by=by, at=at).id
    except DomainError:
        return False
    return True


def _terms(offer: Post, need: Post, officers: int, *, at: datetime) -> Propose | None:
    """The first days that suit both, and all costs that the offer covers: where every negotiation begins."""
    room = room_for(offer, need)
    days = suggested_days(room, today=at.date())
    if days is None:
        return None
    return Propose(
        offer=offer.ref,
        need=need.ref,
        starts_on=days[0],
        ends_on=days[1],
        officers=officers,
        costs=tuple(sorted(offer.costs)),
    )


def asker(membership_id: int | None) -> Actor:
    """Whoever wanted what a job does took the step; the portal only did the work."""
    query = select(Membership).where(Membership.id == membership_id).options(joinedload(Membership.agency))
    membership = db.session.scalars(query).first()
    return actor_of(membership) if membership else SYSTEM
