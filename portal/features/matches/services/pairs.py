"""A pair of posts before anything is proposed: who stands on which side, and what the two leave open."""

from dataclasses import dataclass

from sqlalchemy import select

from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.models import Post
from portal.features.matches.domain.lifecycle import OPEN, Side
from portal.features.matches.domain.rules import Room, common_windows
from portal.features.matches.models import Proposal
from portal.features.matches.queries.programme import posts_by_id, topic_tree
from portal.infra.db import db
from portal.kernel.errors import Conflict, Problem, Rejected
from portal.kernel.policy import Actor
from portal.matching import rules
from portal.matching.types import Need, Offer


@dataclass(frozen=True, slots=True)
class Pair:
    """An offer and a need that someone wants to bring together."""

    offer: Post
    need: Post

    def side_of(self, actor: Actor) -> Side | None:
        """Nobody stands on both sides: two posts of one agency are no pair."""
        if actor.agency_id is None or self.offer.agency_id == self.need.agency_id:
            return None
        sides = {self.offer.agency_id: Side.HOST, self.need.agency_id: Side.SENDER}
        return sides.get(actor.agency_id)


def pair_of(one: Post, other: Post) -> Pair | None:
    """The two as offer and need, in whichever order they were named."""
    by_kind = {one.kind: one, other.kind: other}
    if len(by_kind) != len(PostKind):
        return None
    return Pair(by_kind[PostKind.OFFER], by_kind[PostKind.NEED])


def room_for(offer: Post, need: Post) -> Room:
    """What the two leave open, or a refusal that names every rule they break."""
    if not (offer.live and need.live):
        raise Conflict(Problem("post_not_live"))
    posts = posts_by_id((offer.id, need.id))
    ours, theirs = posts[offer.id], posts[need.id]
    if not isinstance(ours, Offer) or not isinstance(theirs, Need):
        raise TypeError(f"{offer.ref} and {need.ref} are not an offer and a need")
    if broken := rules.violations(theirs, ours, topic_tree()):
        raise Rejected(*(Problem(f"breaks_{violation.code}") for violation in broken))
    least = rules.least_days(theirs, ours)
    return Room(
        windows=common_windows(ours.windows, theirs.windows, least_days=least),
        least_days=least,
        most_days=rules.most_days(theirs, ours),
        officers=min(offer.free, need.free),
    )


def open_proposal(offer: Post, need: Post) -> Proposal | None:
    """The one proposal that the pair may have while nothing is agreed."""
    query = select(Proposal).where(Proposal.offer_id == offer.id, Proposal.need_id == need.id, Proposal.state.in_(OPEN))
    return db.session.scalars(query).first()
