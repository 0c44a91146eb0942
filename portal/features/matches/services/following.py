"""Listens to the posts: their fits follow them, and so do the open proposals on them, before the transaction ends."""

from datetime import datetime
from typing import NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import event, or_, select
from sqlalchemy.orm import Session, SessionTransaction

from portal.features.agencies.domain import AGENCY
from portal.features.exchanges.domain.lifecycles import NEED, OFFER
from portal.features.exchanges.models import Post
from portal.features.matches.domain.lifecycle import NEGOTIATING, OPEN
from portal.features.matches.domain.terms import Terms
from portal.features.matches.models import Proposal
from portal.features.matches.queries.proposals import WITH_PARTIES, terms
from portal.features.matches.services.fits import drop_fits, rebuild_all, replace_fits
from portal.features.matches.services.steps import first_instant, next_reminder, seen_terms, take, write_version
from portal.infra.db import db
from portal.infra.history import News, changed, history_of
from portal.kernel.policy import Actor

BEGINS = frozenset({"publish", "endorse", "import", "revise"})
ENDS = {"withdraw": "follow_withdrawal", "close": "follow_withdrawal", "expire": "expire"}
"""What the end of a post means for an open proposal on it."""
MANY = 20
"""From so many changed posts on, computing all fits anew with the index is the shorter way."""


class Moved(NamedTuple):
    """The last step of a post in this transaction."""

    post: Post
    step: str
    by: Actor
    at: datetime
    reason: str | None
    was_live: bool


_moved: WeakKeyDictionary[SessionTransaction, dict[int, Moved]] = WeakKeyDictionary()


def listen() -> None:
    """Connect once. Work is kept until just before the commit, when everything about the posts is written."""
    changed.connect(_hear)
    if not event.contains(db.session, "before_commit", _before_commit):
        event.listen(db.session, "before_commit", _before_commit)


def settle() -> None:
    """Let fits and proposals follow what happened to posts in this transaction."""
    transaction = db.session().get_transaction()
    moved = list(_moved.pop(transaction, {}).values()) if transaction else []
    if not moved:
        return
    db.session.flush()
    for one in sorted(moved, key=lambda m: m.post.id):
        _proposals_follow(one)
    _fits_follow(moved)


def _hear(lifecycle: str, *, news: News) -> None:
    if lifecycle == AGENCY.name and news.change.transition == "resume":
        _give_time_back(news.change.subject_id, at=news.change.at)
        return
    step = news.change.transition
    transaction = db.session().get_transaction()
    if lifecycle not in {OFFER.name, NEED.name} or step not in BEGINS | ENDS.keys() or transaction is None:
        return
    post: Post = news.subject
    moved = Moved(post, step, news.by, news.change.at, news.change.reason, post.published_at is not None)
    _moved.setdefault(transaction, {})[post.id] = moved


def _give_time_back(agency_id: int, *, at: datetime) -> None:
    """What was frozen loses nothing: the deadlines of the agency's proposals move by the time it was suspended."""
    suspended = next((c for c in history_of(AGENCY.name, agency_id) if c.transition == "suspend"), None)
    if suspended is None:
        return
    query = select(Proposal).where(
        or_(Proposal.host_agency_id == agency_id, Proposal.sender_agency_id == agency_id),
        Proposal.state.in_(NEGOTIATING),
    )
    for proposal in db.session.scalars(query.order_by(Proposal.id).with_for_update(key_share=True)).all():
        lost = at - max(suspended.at, proposal.moved_at)
        proposal.moved_at += lost
        proposal.expires_at = min(proposal.expires_at + lost, first_instant(proposal.starts_on))
        proposal.remind_at = next_reminder(proposal)


def _before_commit(session: Session) -> None:
    if not session.in_nested_transaction():
        settle()


def _fits_follow(moved: list[Moved]) -> None:
    if len(moved) >= MANY:
        rebuild_all(at=moved[-1].at)
        return
    for one in moved:
        if one.step in BEGINS:
            replace_fits(one.post.id, one.post.kind, at=one.at)
        elif one.was_live:
            drop_fits(one.post.id)


def _proposals_follow(moved: Moved) -> None:
    if moved.step in BEGINS and moved.step != "revise":
        return
    query = (
        select(Proposal)
        .where(or_(Proposal.offer_id == moved.post.id, Proposal.need_id == moved.post.id), Proposal.state.in_(OPEN))
        .options(*WITH_PARTIES)
        .order_by(Proposal.id)
        .with_for_update(of=Proposal, key_share=True)  # not the other post: who holds a need must not wait for an offer
        .execution_options(populate_existing=True)
    )
    for proposal in db.session.scalars(query).all():
        if moved.step == "revise":
            _follow_revision(proposal, moved)
        else:
            details = {"because": f"post_{moved.step}", "post": moved.post.ref}
            take(proposal, ENDS[moved.step], by=moved.by, at=moved.at, reason=moved.reason, details=details)


def _follow_revision(proposal: Proposal, moved: Moved) -> None:
    """The same terms on a changed post are another thing to consent to: a new version, and every acceptance is void."""
    current = terms(proposal, proposal.terms_version)
    if current is None:
        raise LookupError(f"{proposal.ref} has no version {proposal.terms_version}")
    renewed = Terms(
        proposal=proposal.ref,
        version=current.version + 1,
        offer=seen_terms(proposal.offer),
        need=seen_terms(proposal.need),
        starts_on=current.starts_on,
        ends_on=current.ends_on,
        officers=current.officers,
        costs=current.costs,
        conditions=current.conditions,
        conditions_language=current.conditions_language,
    )
    write_version(proposal, renewed, side=None, by=moved.by, at=moved.at)
    proposal.waiting_since = proposal.waits_for = None
    take(proposal, "follow_revision", by=moved.by, at=moved.at, details={"post": moved.post.ref})
