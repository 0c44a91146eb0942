"""What every step of a proposal has in common: locks, the clock, new versions, and the agencies that see the posts."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import and_, func, or_, select

from portal.features.agencies.models import Agency
from portal.features.exchanges.models import Post, PostCounterpart, PostTerms
from portal.features.matches.domain.lifecycle import OPEN, PROPOSAL, Author, ProposalState, Side
from portal.features.matches.domain.rules import LIFETIME, reminder_times
from portal.features.matches.domain.terms import PostTermsSeen, Terms
from portal.features.matches.models import Proposal, ProposalTerms
from portal.features.matches.queries.proposals import WITH_PARTIES
from portal.infra.db import db
from portal.infra.history import advance
from portal.kernel.errors import Frozen
from portal.kernel.policy import Actor


def lock_posts(*post_ids: int) -> None:
    """Hold the rows until the transaction ends, the offer first, then the need.

    Everyone takes locks in this order (offer, need, then proposals), also a revision or withdrawal of a post, which
    holds the post before it touches the proposals: so nobody ever waits in a circle. The locks are those of an UPDATE
    that leaves keys alone (`key_share`): whoever only refers to a locked row, as new fits do, need not wait for it.
    """
    for post_id in post_ids:
        db.session.execute(select(Post.id).where(Post.id == post_id).with_for_update(key_share=True))


def locked(proposal: Proposal) -> Proposal:
    """The proposal and its posts as they are now, held until the transaction ends."""
    lock_posts(proposal.offer_id, proposal.need_id)
    query = (
        select(Proposal)
        .where(Proposal.id == proposal.id)
        .options(*WITH_PARTIES)
        .with_for_update(of=Proposal, key_share=True)
    )
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def take(
    proposal: Proposal,
    name: str,
    *,
    by: Actor,
    at: datetime,
    reason: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Take a step of the lifecycle, restart the clock, and let the posts know who is connected to them."""
    noted = {"version": proposal.terms_version} | dict(details or {})
    advance(PROPOSAL, proposal, name, by=by, at=at, reason=reason, details=noted)
    restart_clock(proposal, at=at)
    keep_counterparts([proposal])


def restart_clock(proposal: Proposal, *, at: datetime) -> None:
    """Unanswered for 21 days (in a round: at its deadline), or overtaken by its own first day: then a proposal ends."""
    first_day = first_instant(proposal.starts_on)
    proposal.moved_at = at
    unanswered = proposal.answer_by or at + LIFETIME
    proposal.expires_at = first_day if proposal.state == ProposalState.WAITING else min(unanswered, first_day)
    proposal.reminders = 0
    proposal.remind_at = next_reminder(proposal)


def next_reminder(proposal: Proposal) -> datetime | None:
    """When the next reminder is due; None when all have been sent."""
    times = reminder_times(proposal.moved_at, proposal.expires_at)
    return times[proposal.reminders] if proposal.reminders < len(times) else None


def first_instant(on: date) -> datetime:
    """When a day begins."""
    return datetime.combine(on, time(), UTC)


def refuse_frozen(*agencies: Agency) -> None:
    if any(agency.suspended for agency in agencies):
        raise Frozen


def keep_counterparts(proposals: Iterable[Proposal]) -> None:
    """Count again what connects each agency with the posts of the others: this decides what it may see of them.

    Each row is locked before it is counted, so that the last of two who count at once has seen the first.
    """
    db.session.flush()
    connections = {(p.post_of(side).id, p.agency_id_of(side.other)) for p in proposals for side in Side}
    for post_id, agency_id in sorted(connections):
        query = select(PostCounterpart).filter_by(post_id=post_id, agency_id=agency_id).with_for_update(key_share=True)
        row = db.session.scalars(query.execution_options(populate_existing=True)).first()
        if row is None:
            row = PostCounterpart(post_id=post_id, agency_id=agency_id)
            db.session.add(row)
        row.live, row.agreed = _counted(post_id, agency_id)
    db.session.flush()


def _counted(post_id: int, agency_id: int) -> tuple[int, int]:
    """Live and agreed proposals of an agency on a post of another."""
    live, agreed = db.session.execute(
        select(
            func.count().filter(Proposal.state.in_(OPEN)),
            func.count().filter(Proposal.state == ProposalState.CONFIRMED),
        ).where(
            or_(
                and_(Proposal.offer_id == post_id, Proposal.sender_agency_id == agency_id),
                and_(Proposal.need_id == post_id, Proposal.host_agency_id == agency_id),
            )
        )
    ).one()
    return live, agreed


def seen_terms(post: Post) -> PostTermsSeen:
    """The version of a post's terms that stands now."""
    query = select(PostTerms.hash).where(PostTerms.post_id == post.id, PostTerms.number == post.terms_version)
    return PostTermsSeen(post.ref, post.terms_version, db.session.scalar(query) or "")


def write_version(proposal: Proposal, terms: Terms, *, side: Side | None, by: Actor, at: datetime) -> None:
    """Append a version and make it the current one. Consent to an earlier one no longer counts."""
    db.session.add(
        ProposalTerms(
            proposal_id=proposal.id,
            number=terms.version,
            hash=terms.hash,
            starts_on=terms.starts_on,
            ends_on=terms.ends_on,
            officers=terms.officers,
            costs=list(terms.costs),
            conditions=terms.conditions,
            conditions_language=terms.conditions_language,
            offer_ref=terms.offer.ref,
            offer_version=terms.offer.version,
            offer_hash=terms.offer.hash,
            need_ref=terms.need.ref,
            need_version=terms.need.version,
            need_hash=terms.need.hash,
            side=side,
            person_id=by.person_id,
            at=at,
        )
    )
    proposal.terms_version, proposal.terms_hash = terms.version, terms.hash
    proposal.starts_on, proposal.ends_on, proposal.officers = terms.starts_on, terms.ends_on, terms.officers
    if side is not None:
        proposal.terms_by = Author.of(side)
