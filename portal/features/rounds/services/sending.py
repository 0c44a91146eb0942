"""A second person sends the chosen run: all of it, or nothing when anything has changed. The job puts it forward."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import or_, select

from portal.features.agencies.domain import AgencyStatus
from portal.features.exchanges.models import Post
from portal.features.matches.domain.lifecycle import OPEN
from portal.features.matches.domain.rules import Room, common_windows, suggested_days
from portal.features.matches.models import Proposal
from portal.features.matches.queries.programme import posts_by_id, topic_tree
from portal.features.rounds.domain.errors import OutOfDate
from portal.features.rounds.domain.lifecycle import ROUND
from portal.features.rounds.domain.rules import answers_until
from portal.features.rounds.models import Round, RunPair, Sending
from portal.features.rounds.queries.rounds import counted
from portal.features.rounds.queries.runs import pairs_of, run_of, sending_of, unfinished
from portal.infra.db import db
from portal.kernel.errors import Conflict, IllegalTransition, NotAllowed, Problem, Rejected
from portal.kernel.policy import Actor
from portal.matching import rules
from portal.matching.types import Need, Offer


def send(round_: Round, *, by: Actor, at: datetime) -> Sending:
    """Want the proposals of the chosen run to be sent, once: whoever asks again gets what is on its way."""
    db.session.refresh(round_, with_for_update=True)
    step = ROUND.step(round_.state, "send")
    if by.person_id is None or by.person_id == round_.chosen_by:
        raise NotAllowed("rounds:send")
    if under_way := sending_of(round_):
        return under_way
    run = run_of(round_, round_.chosen_run)
    if run is None:
        raise IllegalTransition(ROUND.name, "send", round_.state)
    if unfinished(round_) is not None:
        raise Conflict(Problem("run_on_its_way"))
    if problems := tuple(step.guard(counted(round_))):
        raise Rejected(*problems)
    pairs = db.session.scalars(pairs_of(run).order_by(RunPair.offer_id, RunPair.need_id)).all()
    if lost := list(_out_of_date(pairs, at)):
        raise OutOfDate(round_.ref, lost)
    sending = Sending(
        round_id=round_.id,
        run_id=run.id,
        wanted_by=by.person_id,
        wanted_as=by.membership_id,
        wanted_at=at,
        answer_by=answers_until(at, round_.answer_days),
    )
    db.session.add(sending)
    db.session.flush()
    return sending


def refuse_while_sent(round_: Round) -> None:
    """From the moment someone sends it, what is sent stands still."""
    sending = sending_of(round_)
    if sending is not None and sending.ended_at is None:
        raise Conflict(Problem("sending_on_its_way"))


def _out_of_date(pairs: Sequence[RunPair], at: datetime) -> Iterator[tuple[str, str]]:
    """Pairs that cannot be put forward any more, looked at together; each is looked at again when its turn comes."""
    ids = {post_id for pair in pairs for post_id in (pair.offer_id, pair.need_id)}
    engine = posts_by_id(ids)
    elsewhere = select(Proposal.offer_id, Proposal.need_id).where(
        Proposal.state.in_(sorted(OPEN)), or_(Proposal.offer_id.in_(ids), Proposal.need_id.in_(ids))
    )
    busy = {(row[0], row[1]) for row in db.session.execute(elsewhere)}
    for pair in pairs:
        both = engine[pair.offer_id], engine[pair.need_id]
        stands = _stands(pair.offer) and _stands(pair.need) and (pair.offer_id, pair.need_id) not in busy
        if not stands or not _has_room(*both, pair, at):
            yield pair.offer.ref, pair.need.ref


def _stands(post: Post) -> bool:
    return post.live and post.agency.status == AgencyStatus.VERIFIED


def _has_room(offer: Offer | Need, need: Offer | Need, pair: RunPair, at: datetime) -> bool:
    if not isinstance(offer, Offer) or not isinstance(need, Need) or not rules.feasible(need, offer, topic_tree()):
        return False
    least = rules.least_days(need, offer)
    room = Room(
        windows=common_windows(offer.windows, need.windows, least_days=least),
        least_days=least,
        most_days=rules.most_days(need, offer),
        officers=min(pair.offer.free, pair.need.free),
    )
    return room.officers >= pair.officers and suggested_days(room, today=at.date()) is not None
