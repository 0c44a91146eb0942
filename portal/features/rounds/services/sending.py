"""Each pair of the chosen run becomes a proposal; after a refusal the next are asked; in the end all is published."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select

from portal.features.exchanges.models import Post
from portal.features.matches.domain.commands import Propose
from portal.features.matches.domain.lifecycle import ENDED, ProposalState
from portal.features.matches.domain.rules import suggested_days
from portal.features.matches.models import Proposal
from portal.features.matches.services import put_forward
from portal.features.matches.services.pairs import Pair, open_proposal, room_for
from portal.features.rounds.domain.errors import OutOfDate
from portal.features.rounds.domain.figures import Placed, Wish, figures_of
from portal.features.rounds.domain.lifecycle import ROUND, RoundState
from portal.features.rounds.domain.rules import answers_until
from portal.features.rounds.models import Enrolment, Round, Run, RunPair
from portal.features.rounds.queries.rounds import counted
from portal.features.rounds.queries.runs import pairs_of, run_of
from portal.features.rounds.services.planning import give_posts_back
from portal.infra.db import db
from portal.infra.history import advance
from portal.kernel.errors import DomainError, IllegalTransition, NotAllowed
from portal.kernel.policy import SYSTEM, Actor


def send(round_: Round, *, by: Actor, at: datetime, reason: str | None = None) -> Round:
    """A second person sends what another chose: all pairs, or none when anything has changed since the run."""
    db.session.refresh(round_, with_for_update=True)
    ROUND.step(round_.state, "send")
    if by.person_id is None or by.person_id == round_.chosen_by:
        raise NotAllowed("rounds:send")
    run = run_of(round_, round_.chosen_run)
    if run is None:
        raise IllegalTransition(ROUND.name, "send", round_.state)
    counted(round_)
    pairs = db.session.scalars(pairs_of(run).order_by(RunPair.offer_id, RunPair.need_id)).all()
    round_.sent_at, round_.answer_by = at, answers_until(at, round_.answer_days)
    details = {"run": run.number, "proposals": len(pairs)}
    advance(ROUND, round_, "send", by=by, at=at, reason=reason, details=details)
    give_posts_back(round_)
    db.session.flush()
    lost = [pair for pair in pairs if not _put(pair, pair.officers, answer_by=round_.answer_by, by=by, at=at)]
    if lost:
        raise OutOfDate(round_.ref, [(pair.offer.ref, pair.need.ref) for pair in lost])
    return round_


def send_next(run: Run, round_: Round, *, at: datetime) -> int:
    """After a refusal: ask those whom the new answer brought together. Returns how many were asked.

    What cannot be proposed any more, because somebody was faster, is left out: the next refusal, or nobody, follows.
    """
    refused = db.session.scalars(
        select(RunPair)
        .join(Run, Run.id == RunPair.run_id)
        .join(Proposal, Proposal.id == RunPair.proposal_id)
        .where(Run.round_id == round_.id, Proposal.state.in_(sorted(ENDED)), ~RunPair.followed)
    ).all()
    for pair in refused:
        pair.followed = True
    until = answers_until(at, round_.answer_days)
    asked = 0
    for pair in db.session.scalars(pairs_of(run).order_by(RunPair.offer_id, RunPair.need_id)).all():
        standing = _standing(round_, pair)
        more = pair.officers - sum(one.officers for one in standing)
        if standing:
            pair.proposal_id = standing[-1].id
        if more > 0 and open_proposal(pair.offer, pair.need) is None:
            asked += _put(pair, more, answer_by=until, by=SYSTEM, at=at)
    round_.chosen_run = run.number
    db.session.flush()
    return asked


def publish(round_: Round, *, by: Actor, at: datetime, reason: str | None = None) -> Round:
    """Everyone has answered: rules, spread and figures of what was agreed are there for all agencies to read."""
    db.session.refresh(round_, with_for_update=True)
    counted(round_)
    round_.published_at = at
    round_.figures = agreed_figures(round_)
    advance(ROUND, round_, "publish", by=by, at=at, reason=reason, details={"pairs": round_.figures["pairs"]})
    return round_


def agreed_figures(round_: Round) -> dict[str, object]:
    """The figures of what both sides agreed to, of all that took part."""
    enrolled = db.session.execute(
        select(Enrolment.kind, Enrolment.state_iso2, Enrolment.brings).where(
            Enrolment.round_id == round_.id, Enrolment.left_out.is_(None)
        )
    ).all()
    wishes = {
        kind: [Wish(state, brings or 0) for one, state, brings in enrolled if one == kind] for kind in ("offer", "need")
    }
    return figures_of(wishes["offer"], wishes["need"], _agreed(round_)).plain


def _agreed(round_: Round) -> list[Placed]:
    """Each confirmed proposal once, though a later run has its pair again."""
    query = (
        select(Proposal.id, RunPair.host_state, RunPair.sender_state, Proposal.officers, RunPair.score)
        .join(RunPair, RunPair.proposal_id == Proposal.id)
        .join(Run, Run.id == RunPair.run_id)
        .where(Run.round_id == round_.id, Proposal.state == ProposalState.CONFIRMED)
        .order_by(RunPair.id)
    )
    by_id = {row[0]: Placed(row[1], row[2], row[3], row[4]) for row in db.session.execute(query)}
    return list(by_id.values())


def _put(pair: RunPair, officers: int, *, answer_by: datetime, by: Actor, at: datetime) -> bool:
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


def _standing(round_: Round, pair: RunPair) -> Sequence[Proposal]:
    """What the round already has on the table, or agreed, for the two."""
    earlier = (
        select(RunPair.proposal_id)
        .join(Run, Run.id == RunPair.run_id)
        .where(Run.round_id == round_.id, RunPair.proposal_id.is_not(None))
    )
    query = select(Proposal).where(
        Proposal.id.in_(earlier),
        Proposal.offer_id == pair.offer_id,
        Proposal.need_id == pair.need_id,
        Proposal.state.not_in(sorted(ENDED)),
    )
    return db.session.scalars(query.order_by(Proposal.id)).all()


def rounds_to_follow() -> Iterable[Round]:
    """Rounds in which somebody refused since the last answer."""
    refused = (
        select(Run.round_id)
        .join(RunPair, RunPair.run_id == Run.id)
        .join(Proposal, Proposal.id == RunPair.proposal_id)
        .where(Proposal.state.in_(sorted(ENDED)), ~RunPair.followed)
    )
    query = select(Round).where(Round.state == RoundState.CONSENT, Round.id.in_(refused)).order_by(Round.id)
    return db.session.scalars(query.limit(20)).all()
