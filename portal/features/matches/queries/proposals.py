"""Who sees which proposals, and what is read of one."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select
from sqlalchemy.orm import aliased, joinedload

from portal.features.exchanges.domain.disclosure import NAMED_ONLY, OVERSEERS
from portal.features.exchanges.models import Post, PostRelease
from portal.features.matches.domain.lifecycle import OPEN, PROPOSAL, ProposalState
from portal.features.matches.domain.terms import Terms
from portal.features.matches.models import Acceptance, Proposal, ProposalTerms, Question
from portal.infra.db import db, first
from portal.infra.history import StateChange, history_of
from portal.kernel.labels import Tlp
from portal.kernel.policy import Actor
from portal.kernel.reference import parse_reference

WITH_PARTIES = (
    joinedload(Proposal.offer).joinedload(Post.agency),
    joinedload(Proposal.need).joinedload(Post.agency),
    joinedload(Proposal.host),
    joinedload(Proposal.sender),
)


def ours(actor: Actor) -> ColumnElement[bool]:
    """Proposals of the agency that the actor works for."""
    if actor.agency_id is None:
        return false()
    return or_(Proposal.host_agency_id == actor.agency_id, Proposal.sender_agency_id == actor.agency_id)


def visible(actor: Actor) -> Select[Proposal]:
    """Proposals that the actor may see. Every list and every page starts here."""
    seen = and_(ours(actor), or_(Proposal.label != Tlp.RED, _named_for_red(actor)))
    if actor.role in OVERSEERS:
        seen = or_(seen, Proposal.label.not_in(sorted(NAMED_ONLY)))
    return select(Proposal).where(seen)


def _named_for_red(actor: Actor) -> ColumnElement[bool]:
    """A RED post of the other side is for the people that it names, also within an agency that takes part."""
    hidden = aliased(Post)
    named = exists().where(PostRelease.post_id == hidden.id, PostRelease.person_id == actor.person_id)
    not_named = select(hidden.id).where(
        hidden.id.in_((Proposal.offer_id, Proposal.need_id)),
        hidden.label == Tlp.RED,
        hidden.agency_id != actor.agency_id,
        ~named,
    )
    return ~not_named.correlate(Proposal).exists()


def proposal(actor: Actor | None, ref: str) -> Proposal | None:
    """The proposal of a page, or None when there is none that this actor may see."""
    known = parse_reference(ref)
    if actor is None or known is None:
        return None
    found: Proposal | None = first(visible(actor).where(Proposal.ref == known).options(*WITH_PARTIES))
    return found


def on_the_pair(actor: Actor, offer: Post, need: Post) -> Proposal | None:
    """What is on the table for these two posts, or else agreed last, as far as the actor sees it."""
    query = visible(actor).where(Proposal.offer_id == offer.id, Proposal.need_id == need.id)
    query = query.where(Proposal.state.in_(sorted(OPEN | {ProposalState.CONFIRMED})))
    found: Proposal | None = first(query.order_by(Proposal.state.in_(sorted(OPEN)).desc(), Proposal.id.desc()))
    return found


def versions(subject: Proposal) -> Sequence[ProposalTerms]:
    """All versions of its terms, newest first."""
    query = select(ProposalTerms).where(ProposalTerms.proposal_id == subject.id)
    return db.session.scalars(query.order_by(ProposalTerms.number.desc())).all()


def terms(subject: Proposal, number: int) -> Terms | None:
    """One version of its terms; None when there is no such version."""
    query = select(ProposalTerms).where(ProposalTerms.proposal_id == subject.id, ProposalTerms.number == number)
    row = db.session.scalars(query).first()
    return row.terms(subject.ref) if row else None


def acceptances(subject: Proposal) -> Sequence[Acceptance]:
    """Who consented to the current version."""
    query = select(Acceptance).where(Acceptance.proposal_id == subject.id, Acceptance.number == subject.terms_version)
    return db.session.scalars(query).all()


def questions(subject: Proposal) -> Sequence[Question]:
    query = select(Question).where(Question.proposal_id == subject.id).order_by(Question.number)
    return db.session.scalars(query).all()


def last_change(subject: Proposal) -> StateChange:
    """The step that brought the proposal where it is."""
    return history_of(PROPOSAL.name, subject.id)[0]
