"""Writes down what a run brought: the kept documents, its pairs with reasons, who is left and why, and the figures."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select

from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.rounds.domain.figures import Placed, Wish, figures_of
from portal.features.rounds.domain.rules import RoundPolicy, looks, needs_look
from portal.features.rounds.domain.vocabulary import Stage
from portal.features.rounds.models import Round, Run, RunLeft, RunPair
from portal.features.rounds.services.instance import Taking
from portal.infra.db import db
from portal.matching.changes import Change
from portal.matching.compare import spread_index
from portal.matching.explain import Explainer
from portal.matching.index import of_needs, of_offers
from portal.matching.problem import Problem
from portal.matching.result import Match, Result
from portal.matching.stored import digest, dumps, problem_to_json, result_to_json

CHUNK = 1_000
MOST_OPENED = 100
NOTHING_FITS, OTHERS_BETTER, IN_PART = "nothing_fits", "others_better", "in_part"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Everything that is written about a run, worked out before anything is locked."""

    input: str
    result: str
    digest: str
    proof: str
    value: int
    objective: int
    evenness: int
    figures: Mapping[str, Any]
    pairs: Sequence[dict[str, Any]] = field(default_factory=list)
    left: Sequence[dict[str, Any]] = field(default_factory=list)


def outcome_of(problem: Problem, result: Result, taking: Taking, policy: RoundPolicy) -> Outcome:
    explainer = Explainer(problem, result)
    worth = _one_more(result, explainer, taking)
    return Outcome(
        input=dumps(problem_to_json(problem)),
        result=dumps(result_to_json(result)),
        digest=digest(problem, result),
        proof=result.certificate.kind,
        value=result.value,
        objective=result.objective,
        evenness=spread_index(problem, result),
        figures=_figures(problem, result).plain,
        pairs=[_pair(match, explainer, taking, policy, worth) for match in result.matches],
        left=list(_left(problem, result, explainer, taking)),
    )


def keep(run: Run, round_: Round, outcome: Outcome, *, at: datetime) -> None:
    """Write it down. A pair that somebody looked at in an earlier run of this round need not be looked at again."""
    run.input, run.result = outcome.input, outcome.result
    run.digest, run.proof = outcome.digest, outcome.proof
    run.value, run.objective, run.evenness = outcome.value, outcome.objective, outcome.evenness
    run.figures = dict(outcome.figures)
    run.stage, run.ended_at = Stage.WRITING, at
    seen = _looked_at(round_)
    nobody = {"kept_by": None, "kept_at": None}
    pairs = [
        {"run_id": run.id, **nobody, **row, **seen.get((row["offer_id"], row["need_id"]), {})} for row in outcome.pairs
    ]
    for chunk in _chunks(pairs):
        db.session.execute(insert(RunPair), chunk)
    for chunk in _chunks([{"run_id": run.id, **row} for row in outcome.left]):
        db.session.execute(insert(RunLeft), chunk)
    db.session.flush()


def _looked_at(round_: Round) -> dict[tuple[int, int], dict[str, Any]]:
    query = (
        select(RunPair.offer_id, RunPair.need_id, RunPair.kept_by, RunPair.kept_at)
        .join(Run, Run.id == RunPair.run_id)
        .where(Run.round_id == round_.id, RunPair.kept_at.is_not(None))
        .order_by(RunPair.id)
    )
    return {(row[0], row[1]): {"kept_by": row[2], "kept_at": row[3]} for row in db.session.execute(query)}


def _one_more(result: Result, explainer: Explainer, taking: Taking) -> dict[str, dict[str, int]]:
    """What one more place at each offer with a pair would add to the whole. Stable answers have no prices.

    One State after the other, because the engine keeps the ways from the last one that it was asked about.
    """
    if result.mode != "optimal":
        return {}
    offers = sorted({match.offer for match in result.matches}, key=lambda ref: (taking.state(ref) or "", ref))
    return {ref: {"one_more": explainer.price(ref)} for ref in offers}


def _pair(
    match: Match, explainer: Explainer, taking: Taking, policy: RoundPolicy, worth: Mapping[str, Mapping[str, int]]
) -> dict[str, Any]:
    why = explainer.why(match.need, match.offer)
    parts = dict(why.score.parts)
    found = looks(match.score, parts, look_below=policy.look_below)
    return {
        "offer_id": taking.ids[match.offer],
        "need_id": taking.ids[match.need],
        "host_state": taking.state(match.offer),
        "sender_state": taking.state(match.need),
        "officers": match.officers,
        "locked": match.locked,
        "score": match.score,
        "bonus": match.bonus,
        "parts": parts,
        "ranks": {
            "for_need": why.rank_for_need,
            "of_need": why.of_need,
            "for_offer": why.rank_for_offer,
            "of_offer": why.of_offer,
            **worth.get(match.offer, {}),
        },
        "looks": [look.value for look in found],
        "needs_look": needs_look(found) and not match.locked,
        "lost": False,
        "followed": False,
        "proposal_id": None,
    }


def _left(problem: Problem, result: Result, explainer: Explainer, taking: Taking) -> Iterable[dict[str, Any]]:
    placed_needs = {match.need for match in result.matches}
    placed_offers = {match.offer for match in result.matches}
    offers, needs = of_offers(problem.offers, problem.topics), of_needs(problem.needs, problem.topics)
    empty = problem.policy.empty_rounds
    for key, left in sorted(result.officers_left.items()):
        wholly = key not in placed_needs
        fits = [fit.key for fit in offers.fits(taking.needs[key])] if wholly else []
        why = _why_left([(key, offer) for offer in fits], explainer) if wholly else (IN_PART, {})
        if why[0] == NOTHING_FITS:
            why = NOTHING_FITS, {"changes": [_plain(one) for one in explainer.nearest_miss(key)]}
        yield _left_row(
            key, left, PostKind.NEED, taking, why, wholly=wholly, times=empty.get(taking.state(key) or "", 0)
        )
    for key, left in sorted(result.places_left.items()):
        wholly = key not in placed_offers
        fits = [fit.key for fit in needs.fits(taking.offers[key])] if wholly else []
        why = _why_left([(need, key) for need in fits], explainer) if wholly else (IN_PART, {})
        yield _left_row(key, left, PostKind.OFFER, taking, why, wholly=wholly, times=0)


def _why_left(pairs: Sequence[tuple[str, str]], explainer: Explainer) -> tuple[str, dict[str, Any]]:
    """Nothing fits, or what fits went to others: then how many points the nearest of them was short."""
    if not pairs:
        return NOTHING_FITS, {}
    answers = [explainer.why_not(*pair) for pair in pairs]
    short = [answer.points for answer in answers if answer.code == "points_short"]
    return OTHERS_BETTER, {"fits": len(pairs), "points": min(short, default=0)}


def _left_row(
    key: str, left: int, kind: PostKind, taking: Taking, why: tuple[str, dict[str, Any]], *, wholly: bool, times: int
) -> dict[str, Any]:
    return {
        "post_id": taking.ids[key],
        "kind": kind,
        "state_iso2": taking.state(key),
        "left": left,
        "wholly": wholly,
        "code": why[0],
        "params": why[1],
        "times": times,
    }


def _plain(change: Change) -> dict[str, Any]:
    """A change as JSON keeps it; `queries.changes` reads it back."""
    params = {name: _plain_value(value) for name, value in change.params.items()}
    return {"code": change.code, "size": change.size, "params": params, "opened": list(change.opened[:MOST_OPENED])}


def _plain_value(value: object) -> Any:
    if isinstance(value, tuple | list):
        return [_plain_value(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def _figures(problem: Problem, result: Result) -> Any:
    states = {post.key: post.state for post in (*problem.needs, *problem.offers)}
    return figures_of(
        [Wish(offer.state, offer.places) for offer in problem.offers],
        [Wish(need.state, need.officers) for need in problem.needs],
        [Placed(states[m.offer], states[m.need], m.officers, m.score) for m in result.matches],
    )


def _chunks(rows: list[dict[str, Any]]) -> Iterable[list[dict[str, Any]]]:
    for start in range(0, len(rows), CHUNK):
        yield rows[start : start + CHUNK]
