"""A round as the engine wants it: who takes part with how much, the rules, what is locked, ruled out, or was there before.

Posts go by their references and agencies by their keys, so that what is kept can be read, and solved again, without
the database that it came from.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import or_, select

from portal.features.agencies.domain import AgencyStatus
from portal.features.agencies.models import Agency
from portal.features.exchanges.domain.disclosure import NAMED_ONLY
from portal.features.exchanges.domain.lifecycles import LIVE
from portal.features.exchanges.models import Post
from portal.features.matches.domain.lifecycle import ENDED, OPEN, ProposalState
from portal.features.matches.models import Proposal
from portal.features.matches.queries.programme import posts_by_id, topic_tree
from portal.features.rounds.domain.vocabulary import MarkKind
from portal.features.rounds.models import Enrolment, Round, Run, RunPair
from portal.features.rounds.queries.enrolled import asked_for
from portal.features.rounds.queries.rounds import earlier_published
from portal.features.rounds.queries.runs import last_good, marks_of
from portal.infra.db import db
from portal.matching import rules
from portal.matching.problem import Pair, Policy, Problem
from portal.matching.types import Need, Offer

STANDING = (*sorted(OPEN), ProposalState.CONFIRMED)
"""A pair with such a proposal stays as it is."""


@dataclass(frozen=True, slots=True)
class Taking:
    """Everyone who takes part, as the engine sees them, with the ids and States behind the references."""

    needs: Mapping[str, Need]
    offers: Mapping[str, Offer]
    ids: Mapping[str, int]

    def has(self, need: str, offer: str) -> bool:
        return need in self.needs and offer in self.offers

    def state(self, ref: str) -> str | None:
        return (self.needs.get(ref) or self.offers[ref]).state


def problem_of(round_: Round, run: Run) -> tuple[Problem, Taking]:
    """Everything that this run depends on, as it is now."""
    standing = _standing_pairs(round_) if run.follow_up else []
    taking, standing = _taking(round_, standing)
    refs = {post_id: ref for ref, post_id in taking.ids.items()}
    return _problem(round_, run, taking, refs, standing), taking


def _problem(round_: Round, run: Run, taking: Taking, refs: Mapping[int, str], standing: Sequence[Proposal]) -> Problem:
    locked = [Pair(refs[p.need_id], refs[p.offer_id], p.officers) for p in standing]
    vetoes = set(_refused(round_, refs))
    for mark in marks_of(round_):
        need, offer = mark.need.ref, mark.offer.ref
        if not taking.has(need, offer):
            continue
        if mark.kind is MarkKind.VETO:
            vetoes.add((need, offer))
        elif not run.follow_up:
            locked.append(Pair(need, offer, mark.officers or 1))
    return Problem(
        needs=tuple(taking.needs.values()),
        offers=tuple(taking.offers.values()),
        topics=topic_tree(),
        policy=_policy(round_, run, taking),
        locked=tuple(_added_up(locked)),
        vetoes=tuple(sorted(vetoes - {(pair.need, pair.offer) for pair in locked})),
        previous=tuple(_previous(round_)),
    )


def _policy(round_: Round, run: Run, taking: Taking) -> Policy:
    chosen = run.rules
    origins = {need.state for need in taking.needs.values() if need.state}
    hosts = {offer.state for offer in taking.offers.values() if offer.state}
    return Policy(
        mode=chosen.mode.value,
        seed=run.seed,
        empty_round_points=chosen.empty_points,
        empty_rounds=empty_rounds(round_) if chosen.empty_points else {},
        spread_points=chosen.spread_points,
        spread_step=chosen.spread_step,
        origin_caps=dict.fromkeys(sorted(origins), chosen.origin_cap) if chosen.origin_cap else {},
        host_caps=dict.fromkeys(sorted(hosts), chosen.host_cap) if chosen.host_cap else {},
        stay_points=chosen.stay_points,
    )


def empty_rounds(round_: Round) -> dict[str, int]:
    """In how many earlier rounds a State wanted something and got nothing."""
    found = Counter(state for one in earlier_published(round_) for state in (one.figures or {}).get("empty_states", ()))
    return dict(sorted(found.items()))


def _taking(round_: Round, standing: Sequence[Proposal]) -> tuple[Taking, list[Proposal]]:
    """Live posts of agencies that are not paused; and which of the standing pairs are among them and still fit."""
    query = (
        select(Enrolment.post_id, Enrolment.brings, Post.ref, Agency.key, Post.capacity - Post.claimed)
        .join(Post, Post.id == Enrolment.post_id)
        .join(Agency, Agency.id == Post.agency_id)
        .where(
            Enrolment.round_id == round_.id,
            Enrolment.left_out.is_(None),
            Post.state.in_(sorted(LIVE)),
            Post.label.not_in(sorted(NAMED_ONLY)),
            Agency.status == AgencyStatus.VERIFIED,
        )
    )
    rows = db.session.execute(query.order_by(Post.ref)).all()
    engine = posts_by_id([row[0] for row in rows])
    kept = [p for p in standing if _fits(engine.get(p.need_id), engine.get(p.offer_id))]
    brings = _left_now(rows, kept) if round_.sent else {row[0]: row[1] or 0 for row in rows}
    needs, offers, ids = {}, {}, {}
    for post_id, _brings, ref, agency_key, _free in rows:
        post = engine[post_id]
        ids[ref] = post_id
        if isinstance(post, Need):
            needs[ref] = replace(post, key=ref, agency=agency_key, officers=brings[post_id])
        else:
            offers[ref] = replace(post, key=ref, agency=agency_key, places=brings[post_id])
    return Taking(needs, offers, ids), kept


def _fits(need: Any, offer: Any) -> bool:
    return isinstance(need, Need) and isinstance(offer, Offer) and rules.feasible(need, offer, topic_tree())


def _left_now(rows: Iterable[Any], kept: Sequence[Proposal]) -> dict[int, int]:
    """After sending: what is free and not asked for elsewhere, and what the standing pairs of the round use."""
    rows = list(rows)
    asked = asked_for([row[0] for row in rows])
    used = Counter[int]()
    for proposal in kept:
        used[proposal.offer_id] += proposal.officers
        used[proposal.need_id] += proposal.officers
    return {row[0]: used[row[0]] + max(0, row[4] - asked.get(row[0], 0)) for row in rows}


def _standing_pairs(round_: Round) -> list[Proposal]:
    """Proposals of the round that are agreed or still open."""
    return list(db.session.scalars(_proposals_of(round_).where(Proposal.state.in_(STANDING)).order_by(Proposal.id)))


def _proposals_of(round_: Round) -> Any:
    ids = (
        select(RunPair.proposal_id)
        .join(Run, Run.id == RunPair.run_id)
        .where(Run.round_id == round_.id, RunPair.proposal_id.is_not(None))
    )
    return select(Proposal).where(Proposal.id.in_(ids))


def _refused(round_: Round, refs: Mapping[int, str]) -> Iterable[tuple[str, str]]:
    """Pairs that somebody refused or let run out; and those that have another proposal on the table elsewhere."""
    ended = _proposals_of(round_).where(Proposal.state.in_(sorted(ENDED)))
    mine = _proposals_of(round_).with_only_columns(Proposal.id)
    ids = sorted(refs)
    elsewhere = select(Proposal).where(
        Proposal.state.in_(sorted(OPEN)),
        Proposal.id.not_in(mine),
        or_(Proposal.offer_id.in_(ids), Proposal.need_id.in_(ids)),
    )
    for query in (ended, elsewhere):
        for proposal in db.session.scalars(query):
            if proposal.need_id in refs and proposal.offer_id in refs:
                yield refs[proposal.need_id], refs[proposal.offer_id]


def _previous(round_: Round) -> list[Pair]:
    run = last_good(round_)
    if run is None:
        return []
    query = select(RunPair.need_id, RunPair.offer_id, RunPair.officers).where(RunPair.run_id == run.id)
    rows = db.session.execute(query).all()
    ids = {post_id for row in rows for post_id in row[:2]}
    refs = dict(db.session.execute(select(Post.id, Post.ref).where(Post.id.in_(ids))).all())
    return [Pair(refs[need_id], refs[offer_id], officers) for need_id, offer_id, officers in rows]


def _added_up(pairs: Iterable[Pair]) -> list[Pair]:
    """One entry for each pair: two agreed proposals of the same two posts are locked together."""
    found = Counter[tuple[str, str]]()
    for pair in pairs:
        found[pair.need, pair.offer] += pair.officers
    return [Pair(need, offer, officers) for (need, offer), officers in sorted(found.items())]
