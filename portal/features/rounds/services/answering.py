"""After a refusal the next are asked; in the end what was agreed is published."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import and_, or_, select

from portal.features.matches.domain.lifecycle import ENDED, ProposalState
from portal.features.matches.models import Proposal
from portal.features.matches.services.pairs import open_proposal
from portal.features.rounds.domain.figures import Placed, Wish, figures_of
from portal.features.rounds.domain.lifecycle import ROUND, RoundState
from portal.features.rounds.domain.rules import answers_until
from portal.features.rounds.models import Enrolment, Round, Run, RunPair
from portal.features.rounds.queries.rounds import counted
from portal.features.rounds.queries.runs import pairs_of
from portal.features.rounds.services.proposing import put
from portal.infra.db import db
from portal.infra.history import advance
from portal.kernel.policy import SYSTEM, Actor

_REFUSED = and_(~RunPair.followed, or_(RunPair.lost, Proposal.state.in_(sorted(ENDED))))
"""Somebody said no, or the pair could not even be put forward, and nobody has been asked instead."""


def send_next(run: Run, round_: Round, *, at: datetime) -> int:
    """After a refusal: ask those whom the new answer brought together. Returns how many were asked.

    What cannot be proposed any more, because somebody was faster, is left out: the next refusal, or nobody, follows.
    """
    refused = (
        select(RunPair)
        .join(Run, Run.id == RunPair.run_id)
        .outerjoin(Proposal, Proposal.id == RunPair.proposal_id)
        .where(Run.round_id == round_.id, _REFUSED)
    )
    for pair in db.session.scalars(refused).all():
        pair.followed = True
    until = answers_until(at, round_.answer_days)
    standing = _standing(round_)
    asked = 0
    for pair in db.session.scalars(pairs_of(run).order_by(RunPair.offer_id, RunPair.need_id)).all():
        found = standing[pair.offer_id, pair.need_id]
        more = pair.officers - sum(one.officers for one in found)
        if found:
            pair.proposal_id = found[-1].id
        if more > 0 and open_proposal(pair.offer, pair.need) is None:
            asked += put(pair, more, answer_by=until, by=SYSTEM, at=at)
    round_.chosen_run = run.number
    db.session.flush()
    return asked


def _standing(round_: Round) -> Mapping[tuple[int, int], Sequence[Proposal]]:
    """What the round already has on the table, or agreed, by offer and need."""
    earlier = (
        select(RunPair.proposal_id)
        .join(Run, Run.id == RunPair.run_id)
        .where(Run.round_id == round_.id, RunPair.proposal_id.is_not(None))
    )
    query = select(Proposal).where(Proposal.id.in_(earlier), Proposal.state.not_in(sorted(ENDED)))
    found: defaultdict[tuple[int, int], list[Proposal]] = defaultdict(list)
    for proposal in db.session.scalars(query.order_by(Proposal.id)):
        found[proposal.offer_id, proposal.need_id].append(proposal)
    return found


def rounds_to_follow() -> Iterable[Round]:
    """Rounds in which somebody refused since the last answer."""
    refused = (
        select(Run.round_id)
        .join(RunPair, RunPair.run_id == Run.id)
        .outerjoin(Proposal, Proposal.id == RunPair.proposal_id)
        .where(_REFUSED)
    )
    query = select(Round).where(Round.state == RoundState.CONSENT, Round.id.in_(refused)).order_by(Round.id)
    return db.session.scalars(query.limit(20)).all()


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
