"""What the tests of proposals do again and again: who acts, and the usual terms."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.features.exchanges.models import Post
from portal.features.exchanges.queries import find
from portal.features.matches import services
from portal.features.matches.domain.commands import Accept, Counter, Decline, Propose, Withdraw
from portal.features.matches.models import Proposal
from portal.features.matches.services.pairs import Pair
from portal.features.people.models import Membership
from portal.features.people.queries import actor_of
from portal.infra.db import db
from portal.kernel.policy import Actor
from tests.world import NEXT_YEAR, World

NOW = datetime(NEXT_YEAR - 1, 11, 24, 9, tzinfo=UTC)
FIRST, LAST = date(NEXT_YEAR, 3, 8), date(NEXT_YEAR, 3, 12)
WEEK = timedelta(days=7)


def actor(world: World, name: str) -> Actor:
    query = select(Membership).filter_by(id=world.memberships[name]).options(joinedload(Membership.agency))
    return actor_of(db.session.scalars(query).one())


def pair(world: World, by: Actor, offer: str = "offer", need: str = "need") -> Pair:
    found = [find(by, world.refs[name]) for name in (offer, need)]
    assert all(isinstance(post, Post) for post in found)
    return Pair(found[0], found[1])  # type: ignore[arg-type]


def terms(**changes: Any) -> dict[str, Any]:
    return {"starts_on": FIRST, "ends_on": LAST, "officers": 2, "costs": ("lodging", "travel")} | changes


def propose(
    world: World, who: str, *, at: datetime = NOW, offer: str = "offer", need: str = "need", **changes: Any
) -> Proposal:
    by = actor(world, who)
    refs = {"offer": world.refs[offer], "need": world.refs[need]}
    return services.propose(Propose(**refs, **terms(**changes)), pair=pair(world, by, offer, need), by=by, at=at)


def counter(world: World, proposal: Proposal, who: str, *, at: datetime = NOW, **changes: Any) -> Proposal:
    seen = {"version": proposal.terms_version, "hash": proposal.terms_hash}
    return services.counter(Counter(**seen | terms(**changes)), proposal, by=actor(world, who), at=at)


def accept(world: World, proposal: Proposal, who: str, *, at: datetime = NOW, **seen: Any) -> Proposal:
    command = Accept(**{"version": proposal.terms_version, "hash": proposal.terms_hash} | seen)
    return services.accept(command, proposal, by=actor(world, who), at=at)


def decline(world: World, proposal: Proposal, who: str, *, at: datetime = NOW) -> Proposal:
    return services.decline(Decline(reason="Our unit moves in March."), proposal, by=actor(world, who), at=at)


def withdraw(world: World, proposal: Proposal, who: str, *, at: datetime = NOW) -> Proposal:
    return services.withdraw(Withdraw(reason="The site is closed."), proposal, by=actor(world, who), at=at)
