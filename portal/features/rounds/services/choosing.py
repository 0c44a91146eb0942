"""What people decide between two runs: which one is sent, which pairs are fine as they are, locked or ruled out."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import InstrumentedAttribute

from portal.features.exchanges.models import Post
from portal.features.matches.queries.programme import posts_by_id, topic_tree
from portal.features.rounds.domain.commands import ChooseRun, KeepAll, KeepPair, LiftMark, MarkPair
from portal.features.rounds.domain.lifecycle import HOLDING, ROUND
from portal.features.rounds.domain.vocabulary import MarkKind
from portal.features.rounds.models import Enrolment, Mark, Round, Run, RunPair
from portal.features.rounds.queries.runs import last_good, mark_on, pair_of, run_of, unfinished
from portal.features.rounds.services.sending import refuse_while_sent
from portal.infra.db import db
from portal.infra.history import advance, note
from portal.kernel.errors import Conflict, IllegalTransition, Problem, Rejected, Stale
from portal.kernel.policy import Actor
from portal.matching import rules
from portal.matching.types import Need, Offer


def choose(command: ChooseRun, round_: Round, *, by: Actor, at: datetime) -> Round:
    """This run is the one: whoever chooses it asks a second person to send it."""
    db.session.refresh(round_, with_for_update=True)
    run = run_of(round_, command.run)
    if run is None or not run.done:
        raise Rejected(Problem("no_such_run", "run"))
    if unfinished(round_) is not None:
        raise Conflict(Problem("run_on_its_way"))
    round_.chosen_run, round_.chosen_by = run.number, by.person_id
    advance(ROUND, round_, "review", by=by, at=at, details={"run": run.number})
    return round_


def keep_pair(command: KeepPair, round_: Round, *, by: Actor, at: datetime) -> Round:
    """Somebody looked, and the pair stays."""
    run = _run(round_, command.run)
    offer, need = _both(round_, command.offer, command.need)
    pair = pair_of(run, offer.post_id, need.post_id)
    if pair is None:
        raise Rejected(Problem("no_such_pair"))
    if pair.kept_at is None:
        pair.kept_by, pair.kept_at = by.person_id, at
    db.session.flush()
    return round_


def keep_all(command: KeepAll, round_: Round, *, by: Actor, at: datetime) -> int:
    """Whatever still needs a look stays. Returns how many pairs that were."""
    run = _run(round_, command.run)
    kept = db.session.scalars(
        update(RunPair)
        .where(RunPair.run_id == run.id, RunPair.needs_look, RunPair.kept_at.is_(None))
        .values(kept_by=by.person_id, kept_at=at)
        .returning(RunPair.id)
        .execution_options(synchronize_session=False)
    ).all()
    note(ROUND, round_, "keep", by=by, at=at, details={"run": run.number, "pairs": len(kept)})
    return len(kept)


def mark(command: MarkPair, round_: Round, *, by: Actor, at: datetime) -> Mark:
    """Lock a pair, or rule it out, in every run to come. What was said of it before, and was seen, is lifted."""
    _require_before_sending(round_)
    offer, need = _both(round_, command.offer, command.need)
    before = mark_on(round_, offer.post_id, need.post_id)
    if command.seen is not None and command.seen != (before.id if before else 0):
        raise Stale(Problem("marked_meanwhile"))
    officers = _officers(round_, offer, need) if command.kind is MarkKind.LOCK else None
    if before:
        before.lifted_by, before.lifted_at = by.person_id, at
        db.session.flush()
    made = Mark(
        round_id=round_.id,
        offer_id=offer.post_id,
        need_id=need.post_id,
        kind=command.kind,
        officers=officers,
        reason=command.reason,
        person_id=by.person_id,
        at=at,
    )
    db.session.add(made)
    note(ROUND, round_, command.kind.value, by=by, at=at, details={"offer": command.offer, "need": command.need})
    return made


def lift(command: LiftMark, round_: Round, *, by: Actor, at: datetime) -> Round:
    """Runs to come are free again about this pair. Said twice, it means once."""
    _require_before_sending(round_)
    offer, need = _both(round_, command.offer, command.need)
    if found := mark_on(round_, offer.post_id, need.post_id):
        found.lifted_by, found.lifted_at = by.person_id, at
        note(ROUND, round_, "lift", by=by, at=at, details={"offer": command.offer, "need": command.need})
    return round_


def _require_before_sending(round_: Round) -> None:
    db.session.refresh(round_, with_for_update=True)
    if round_.state not in HOLDING:
        raise IllegalTransition(ROUND.name, "run", round_.state)
    refuse_while_sent(round_)


def _run(round_: Round, number: int) -> Run:
    _require_before_sending(round_)
    run = run_of(round_, number)
    if run is None or not run.done:
        raise Rejected(Problem("no_such_run", "run"))
    return run


def _both(round_: Round, offer: str, need: str) -> tuple[Enrolment, Enrolment]:
    """The two posts as they take part in the round."""
    query = (
        select(Post.ref, Enrolment)
        .join(Enrolment, Enrolment.post_id == Post.id)
        .where(Enrolment.round_id == round_.id, Enrolment.active, Post.ref.in_((offer, need)))
    )
    found: dict[str, Enrolment] = dict(db.session.execute(query).all())
    if missing := [name for name, ref in (("offer", offer), ("need", need)) if ref not in found]:
        raise Rejected(*(Problem("not_in_round", name) for name in missing))
    return found[offer], found[need]


def _officers(round_: Round, offer: Enrolment, need: Enrolment) -> int:
    """How many a lock keeps in place: as many as the last run gave the pair, else all that is left beside other locks."""
    posts = posts_by_id((offer.post_id, need.post_id))
    ours, theirs = posts[offer.post_id], posts[need.post_id]
    if not isinstance(ours, Offer) or not isinstance(theirs, Need):
        raise Rejected(Problem("not_in_round", "offer"))
    if broken := list(rules.violations(theirs, ours, topic_tree())):
        raise Rejected(*(Problem(f"breaks_{violation.code}") for violation in broken))
    left = min(
        (offer.brings or 0) - _locked(round_, Mark.offer_id, offer.post_id, need.post_id, Mark.need_id),
        (need.brings or 0) - _locked(round_, Mark.need_id, need.post_id, offer.post_id, Mark.offer_id),
    )
    if left <= 0:
        raise Rejected(Problem("locked_already"))
    run = last_good(round_)
    pair = pair_of(run, offer.post_id, need.post_id) if run else None
    return min(left, pair.officers) if pair else left


def _locked(
    round_: Round, side: InstrumentedAttribute[int], post_id: int, other_id: int, other: InstrumentedAttribute[int]
) -> int:
    """Officers that other locks of this post keep in place."""
    query = select(Mark.officers).where(
        Mark.round_id == round_.id,
        Mark.kind == MarkKind.LOCK,
        Mark.lifted_at.is_(None),
        side == post_id,
        other != other_id,
    )
    return sum(n or 0 for n in db.session.scalars(query))
