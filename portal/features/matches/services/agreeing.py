"""Consent of one side, of both, and what follows: a confirmed exchange, or a place in the waiting line."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from portal.features.exchanges.models import Post
from portal.features.exchanges.services import claim, give_back
from portal.features.matches.domain.commands import Accept
from portal.features.matches.domain.errors import NotOpen, TermsMoved
from portal.features.matches.domain.lifecycle import ProposalState, Side
from portal.features.matches.domain.rules import term_problems
from portal.features.matches.models import Acceptance, Proposal
from portal.features.matches.queries.proposals import WITH_PARTIES, terms
from portal.features.matches.services.pairs import room_for
from portal.features.matches.services.steps import locked, refuse_frozen, seen_terms, take
from portal.infra.db import db
from portal.kernel.errors import Conflict, NotAllowed, NothingLeft, Problem, Rejected
from portal.kernel.policy import SYSTEM, Actor, Role

AT_ONCE = 50


def accept(command: Accept, proposal: Proposal, *, by: Actor, at: datetime) -> Proposal:
    """Consent to the version seen. The second consent confirms, or waits when nothing is left."""
    proposal = locked(proposal)
    side = proposal.side_of(by)
    if side is None or by.role != Role.APPROVER:
        raise NotAllowed("matches:accept")
    current = command.version == proposal.terms_version and command.hash == proposal.terms_hash
    if current and proposal.accepted_by(side) and proposal.state != ProposalState.RELEASED:
        return proposal  # said twice, means once
    if not proposal.negotiating:
        raise NotOpen(proposal.ref, proposal.state)
    if not current:
        raise TermsMoved(proposal.ref, seen=command.version, current=proposal.terms_version)
    refuse_frozen(proposal.host, proposal.sender)
    _check_still_possible(proposal, at=at)
    consent(proposal, side, by=by, at=at)
    return proposal


def consent(proposal: Proposal, side: Side, *, by: Actor, at: datetime) -> None:
    """Write down that this side consents to the current version, and act on it when both have."""
    if by.person_id is None or by.agency_id is None:
        raise NotAllowed("matches:accept")
    _refuse_both_sides(proposal, by.person_id)
    db.session.add(
        Acceptance(
            proposal_id=proposal.id,
            number=proposal.terms_version,
            hash=proposal.terms_hash,
            side=side,
            person_id=by.person_id,
            agency_id=by.agency_id,
            at=at,
        )
    )
    if proposal.accepted_by(side.other):
        _agree(proposal, by=by, at=at)
    else:
        take(proposal, f"{side}_accept", by=by, at=at)


def release(proposal: Proposal, *, by: Actor, at: datetime, reason: str | None = None) -> Proposal:
    """A confirmed exchange does not take place: its places and officers return, and the next in line is confirmed."""
    proposal = locked(proposal)
    take(proposal, "release", by=by, at=at, reason=reason)
    for side in Side:
        give_back(proposal.post_of(side), proposal.officers, at=at)
    promote_waiting(Side.HOST, proposal.offer_id, at=at)
    promote_waiting(Side.SENDER, proposal.need_id, at=at)
    return proposal


def promote_waiting(side: Side, post_id: int, *, at: datetime) -> int:
    """Confirm those who wait for this post, in the order in which they began to wait. Returns how many.

    The first who cannot have what they wait for ends the round: nobody behind them is served before them.
    """
    promoted = 0
    for waiting in _line(side, post_id):
        held = _hold(waiting)
        if held is None:
            break  # another transaction holds the other post: the clock comes back to it
        if held.state != ProposalState.WAITING or not _still_stands(held, at=at):
            continue
        if held.frozen:
            break  # a suspended agency loses nothing, also not its turn
        lacking = _claim_both(held, at=at)
        if lacking is side:
            break
        if lacking is not None:
            held.waits_for = lacking
            continue
        take(held, "promote", by=SYSTEM, at=at)
        promoted += 1
    return promoted


def _agree(proposal: Proposal, *, by: Actor, at: datetime) -> None:
    """Both consent to the same version: claim the offer's places, then the need's officers, or wait in line."""
    lacking = _line_before(proposal, at=at) or _claim_both(proposal, at=at)
    if lacking is None:
        take(proposal, "confirm", by=by, at=at)
        return
    proposal.waits_for, proposal.waiting_since = lacking, at
    take(proposal, "wait", by=by, at=at)


def _line_before(proposal: Proposal, *, at: datetime) -> Side | None:
    """The side with a line in front of it: whoever came before and still waits for the same post goes first."""
    for side in Side:
        on_post = Proposal.offer_id if side is Side.HOST else Proposal.need_id
        query = select(Proposal.id).where(
            on_post == proposal.post_of(side).id,
            Proposal.state == ProposalState.WAITING,
            Proposal.waits_for == side,
            Proposal.starts_on > at.date(),
        )
        if db.session.scalar(query.limit(1)) is not None:
            return side
    return None


def _claim_both(proposal: Proposal, *, at: datetime) -> Side | None:
    """Claim from the offer, then from the need. Nothing is kept unless both could give; returns who could not."""
    try:
        claim(proposal.offer, proposal.officers, at=at)
    except NothingLeft:
        return Side.HOST
    try:
        claim(proposal.need, proposal.officers, at=at)
    except NothingLeft:
        give_back(proposal.offer, proposal.officers, at=at)
        return Side.SENDER
    return None


def _refuse_both_sides(proposal: Proposal, person_id: int) -> None:
    query = select(Acceptance.id).filter_by(proposal_id=proposal.id, number=proposal.terms_version, person_id=person_id)
    if db.session.scalar(query) is not None:
        raise Rejected(Problem("accepted_for_other_side"))


def _check_still_possible(proposal: Proposal, *, at: datetime) -> None:
    """Live posts that still fit, and days that are still ahead. Who is late for the places waits instead."""
    room = room_for(proposal.offer, proposal.need)
    problems = tuple(term_problems(proposal.starts_on, proposal.ends_on, None, room, today=at.date()))
    if problems:
        raise Conflict(*(Problem(f"terms_{p.code}", None, p.params) for p in problems))


def _line(side: Side, post_id: int) -> Sequence[Proposal]:
    on_post = Proposal.offer_id if side is Side.HOST else Proposal.need_id
    query = (
        select(Proposal)
        .where(on_post == post_id, Proposal.state == ProposalState.WAITING, Proposal.waits_for == side)
        .options(*WITH_PARTIES)
        .order_by(Proposal.waiting_since, Proposal.id)
        .limit(AT_ONCE)
    )
    return db.session.scalars(query).all()


def _hold(waiting: Proposal) -> Proposal | None:
    """Lock it and its posts, unless that would mean waiting: who holds one post must not wait for another."""
    for post_id in (waiting.offer_id, waiting.need_id):
        query = select(Post.id).where(Post.id == post_id).with_for_update(skip_locked=True, key_share=True)
        if db.session.scalar(query) is None:
            return None
    return locked(waiting)


def _still_stands(proposal: Proposal, *, at: datetime) -> bool:
    """Both consents are to what is true now: the dates are ahead, the posts live and not revised since."""
    if proposal.starts_on <= at.date() or not (proposal.offer.live and proposal.need.live):
        return False
    agreed = terms(proposal, proposal.terms_version)
    return agreed is not None and (agreed.offer, agreed.need) == (
        seen_terms(proposal.offer),
        seen_terms(proposal.need),
    )
