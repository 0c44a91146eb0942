"""Terms put to both sides, answered with other terms, declined or taken back."""

from datetime import datetime

from portal.features.exchanges.models import Post
from portal.features.exchanges.services import refuse_held
from portal.features.matches.domain.commands import Counter, Decline, Propose, Withdraw
from portal.features.matches.domain.errors import NotOpen, TermsMoved
from portal.features.matches.domain.lifecycle import PROPOSAL, Author, Side
from portal.features.matches.domain.rules import Room, stricter, term_problems
from portal.features.matches.domain.terms import Terms
from portal.features.matches.models import Proposal
from portal.features.matches.services.agreeing import consent
from portal.features.matches.services.noticing import act_on_fit
from portal.features.matches.services.pairs import Pair, open_proposal, room_for
from portal.features.matches.services.steps import (
    keep_counterparts,
    lock_posts,
    locked,
    refuse_frozen,
    restart_clock,
    seen_terms,
    take,
    write_version,
)
from portal.infra.db import db
from portal.infra.history import begin
from portal.kernel.errors import Conflict, NotAllowed, Problem, Rejected
from portal.kernel.policy import Actor, Role
from portal.kernel.reference import Kind, new_reference


def propose(command: Propose, *, pair: Pair, by: Actor, at: datetime) -> Proposal:
    """Put first terms on a pair. When an approver does it, it is their agency's acceptance too."""
    offer, need = pair.offer, pair.need
    side = pair.side_of(by)
    if side is None:
        raise NotAllowed("matches:propose")
    refuse_frozen(offer.agency, need.agency)
    _hold(offer, need)
    refuse_held(offer, need)
    proposal = _begun(command, pair, side, by=by, at=at)
    if by.role == Role.APPROVER:
        consent(proposal, side, by=by, at=at)
    return proposal


def put_forward(command: Propose, *, pair: Pair, answer_by: datetime, by: Actor, at: datetime) -> Proposal:
    """A matching round puts terms to both sides at once: neither wrote them, and both have until `answer_by`."""
    offer, need = pair.offer, pair.need
    refuse_frozen(offer.agency, need.agency)
    _hold(offer, need)
    return _begun(command, pair, None, by=by, at=at, answer_by=answer_by)


def counter(command: Counter, proposal: Proposal, *, by: Actor, at: datetime) -> Proposal:
    """Answer with other terms: a new version, which voids consent to the earlier one. The clock starts again."""
    proposal = locked(proposal)
    side = side_of(proposal, by, "matches:counter")
    require_current(proposal, command.version, command.hash)
    refuse_frozen(proposal.host, proposal.sender)
    if command.officers > proposal.officers:
        refuse_held(proposal.offer, proposal.need)
    _check(command, room_for(proposal.offer, proposal.need), at=at)
    terms = _terms(command, proposal.ref, proposal.terms_version + 1, proposal.offer, proposal.need)
    write_version(proposal, terms, side=side, by=by, at=at)
    take(proposal, "counter", by=by, at=at)
    if by.role == Role.APPROVER:
        consent(proposal, side, by=by, at=at)
    return proposal


def decline(command: Decline, proposal: Proposal, *, by: Actor, at: datetime) -> Proposal:
    proposal = locked(proposal)
    side_of(proposal, by, "matches:decline")
    if not proposal.negotiating:
        raise NotOpen(proposal.ref, proposal.state)
    take(proposal, "decline", by=by, at=at, reason=command.reason)
    return proposal


def withdraw(command: Withdraw, proposal: Proposal, *, by: Actor, at: datetime) -> Proposal:
    """Whoever accepts afterwards is told who withdrew, and when."""
    proposal = locked(proposal)
    side_of(proposal, by, "matches:withdraw")
    if not proposal.open:
        raise NotOpen(proposal.ref, proposal.state)
    take(proposal, "withdraw", by=by, at=at, reason=command.reason)
    return proposal


def side_of(proposal: Proposal, by: Actor, permission: str) -> Side:
    """The side is that of the membership acted in, never what a form says."""
    side = proposal.side_of(by)
    if side is None:
        raise NotAllowed(permission)
    return side


def require_current(proposal: Proposal, version: int, seen_hash: str) -> None:
    """Consent, and an answer, are to a version: the one on the screen must be the one that stands."""
    if not proposal.negotiating:
        raise NotOpen(proposal.ref, proposal.state)
    if version != proposal.terms_version or seen_hash != proposal.terms_hash:
        raise TermsMoved(proposal.ref, seen=version, current=proposal.terms_version)


def _hold(offer: Post, need: Post) -> None:
    """Lock both and read what others may have changed while we waited."""
    lock_posts(offer.id, need.id)
    for post in (offer, need):
        names = ["state", "capacity", "claimed", "terms_version", "held_for", "version"]
        db.session.refresh(post, attribute_names=names)


def _begun(
    command: Propose, pair: Pair, side: Side | None, *, by: Actor, at: datetime, answer_by: datetime | None = None
) -> Proposal:
    """The first version, on a pair that has room and nothing else on the table."""
    offer, need = pair.offer, pair.need
    _check(command, room_for(offer, need), at=at)
    if existing := open_proposal(offer, need):
        raise Conflict(Problem("already_proposed", None, {"ref": existing.ref}))
    proposal = _first_version(command, offer, need, side, by=by, at=at, answer_by=answer_by)
    act_on_fit(offer.id, need.id, at=at)
    return proposal


def _check(command: Propose | Counter, room: Room, *, at: datetime) -> None:
    problems = term_problems(command.starts_on, command.ends_on, command.officers, room, today=at.date())
    if found := tuple(problems):
        raise Rejected(*found)


def _terms(command: Propose | Counter, ref: str, version: int, offer: Post, need: Post) -> Terms:
    return Terms(
        proposal=ref,
        version=version,
        offer=seen_terms(offer),
        need=seen_terms(need),
        starts_on=command.starts_on,
        ends_on=command.ends_on,
        officers=command.officers,
        costs=tuple(sorted({cost.value for cost in command.costs})),
        conditions=command.conditions,
        conditions_language=command.conditions_language,
    )


def _first_version(
    command: Propose,
    offer: Post,
    need: Post,
    side: Side | None,
    *,
    by: Actor,
    at: datetime,
    answer_by: datetime | None,
) -> Proposal:
    ref = new_reference(Kind.PROPOSAL, at.year)
    terms = _terms(command, ref, 1, offer, need)
    proposal = Proposal(
        ref=ref,
        offer_id=offer.id,
        need_id=need.id,
        offer=offer,
        need=need,
        host=offer.agency,
        sender=need.agency,
        host_agency_id=offer.agency_id,
        sender_agency_id=need.agency_id,
        label=stricter(offer.label, need.label),
        proposed_by=Author.of(side),
        terms_by=Author.of(side),
        terms_version=terms.version,
        terms_hash=terms.hash,
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
        officers=terms.officers,
        started_at=at,
        answer_by=answer_by,
        state=PROPOSAL.initial,
    )
    restart_clock(proposal, at=at)
    begin(PROPOSAL, proposal, by=by, at=at, details={"version": terms.version})
    write_version(proposal, terms, side=side, by=by, at=at)
    keep_counterparts([proposal])
    return proposal
