"""Rounds as JSON, with the same commands, rules and refusals as the pages."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from portal.features.exchanges.queries import find as find_post
from portal.features.rounds import services
from portal.features.rounds.domain.commands import (
    CancelRound,
    ChooseRun,
    Enrol,
    KeepAll,
    KeepPair,
    LiftMark,
    MarkPair,
    PlanRound,
    StartRun,
)
from portal.features.rounds.domain.figures import for_everyone
from portal.features.rounds.models import Enrolment, Round, Run, RunPair
from portal.features.rounds.policy import Rounds
from portal.features.rounds.queries import enrolled, own
from portal.features.rounds.queries import runs as read
from portal.features.rounds.queries.rounds import find, visible
from portal.features.rounds.services import Place
from portal.infra.db import db, now
from portal.kernel.policy import Actor
from portal.web.access import allows, current_actor, requires
from portal.web.api import json_command
from portal.web.pagination import Key, paged

bp = Blueprint("rounds_api", __name__, url_prefix="/api/v1/rounds")
REF = "/<string(maxlength=20):ref>"
FIRST = 20
"""Of one's own posts and proposals so many stand in the round itself; when there are more, it says where all are."""


def load(actor: Actor | None, ref: str) -> Round | None:
    return find(actor, ref)


def load_place(actor: Actor | None, ref: str) -> Place | None:
    """The round, and the post that the body names; None unless this actor may know of both."""
    body = request.get_json()
    post = find_post(actor, str(body.get("post", "")) if isinstance(body, dict) else "")
    round_ = find(actor, ref)
    return Place(round_, post) if round_ and post else None


@bp.get("")
@requires(Rounds.LIST)
def index() -> ResponseReturnValue:
    query = visible(current_actor()).add_columns(Round.number, Round.id)
    page = paged(query, [Key(Round.number, descending=True), Key(Round.id, descending=True)])
    return jsonify(rounds=[_summary(row[0]) for row in page.rows], next=page.next_url, previous=page.previous_url)


@bp.get(REF)
@requires(Rounds.READ, load=load)
def show(round_: Round) -> ResponseReturnValue:
    """The round and what it means for one's own posts; for whoever reviews it, its runs as well."""
    return jsonify(_whole(round_))


@bp.post("")
@requires(Rounds.PLAN)
def plan() -> ResponseReturnValue:
    made = services.plan(json_command(PlanRound), by=current_actor(), at=now())
    answer = jsonify(_whole(made))
    answer.headers["Location"] = url_for("rounds_api.show", ref=made.ref)
    return answer, 201


@bp.post(f"{REF}/plan")
@requires(Rounds.CHANGE, load=load)
def change(round_: Round) -> ResponseReturnValue:
    return jsonify(_whole(services.change(json_command(PlanRound), round_, by=current_actor(), at=now())))


@bp.post(f"{REF}/open")
@requires(Rounds.OPEN, load=load)
def open_(round_: Round) -> ResponseReturnValue:
    return jsonify(_whole(services.open_enrolment(round_, by=current_actor(), at=now())))


@bp.post(f"{REF}/close")
@requires(Rounds.CLOSE, load=load)
def close(round_: Round) -> ResponseReturnValue:
    return jsonify(_whole(services.close(round_, by=current_actor(), at=now())))


@bp.post(f"{REF}/enrol")
@requires(Rounds.ENROL, load=load_place)
def enrol(place: Place) -> ResponseReturnValue:
    json_command(Enrol)
    services.enrol(place, by=current_actor(), at=now())
    return jsonify(_whole(place.round))


@bp.post(f"{REF}/take-out")
@requires(Rounds.ENROL, load=load_place)
def take_out(place: Place) -> ResponseReturnValue:
    json_command(Enrol)
    services.take_out(place, by=current_actor(), at=now())
    return jsonify(_whole(place.round))


@bp.post(f"{REF}/runs")
@requires(Rounds.RUN, load=load)
def start(round_: Round) -> ResponseReturnValue:
    """Want a run; while one is on its way, that one is answered."""
    run = services.start(json_command(StartRun), round_, by=current_actor(), at=now())
    return jsonify(_run(run)), 202


@bp.get(f"{REF}/runs")
@requires(Rounds.REVIEW, load=load)
def all_runs(round_: Round) -> ResponseReturnValue:
    return jsonify(runs=[_run(run) for run in read.runs_of(round_)])


@bp.get(f"{REF}/pairs")
@requires(Rounds.REVIEW, load=load)
def pairs(round_: Round) -> ResponseReturnValue:
    """The pairs of the run that is on the table, the lowest score first."""
    run = read.last_good(round_)
    if run is None:
        return jsonify(pairs=[], next=None, previous=None)
    query = read.pairs_of(run).add_columns(RunPair.score, RunPair.id)
    page = paged(query, [Key(RunPair.score), Key(RunPair.id)])
    return jsonify(
        run=run.number, pairs=[_pair(row[0]) for row in page.rows], next=page.next_url, previous=page.previous_url
    )


@bp.get(f"{REF}/posts")
@requires(Rounds.READ, load=load)
def posts(round_: Round) -> ResponseReturnValue:
    """All posts of one's own that take part."""
    page = paged(enrolled.places_for(current_actor(), round_).add_columns(Enrolment.id), [Key(Enrolment.id)])
    return jsonify(posts=[row[0].post.ref for row in page.rows], next=page.next_url, previous=page.previous_url)


@bp.get(f"{REF}/proposals")
@requires(Rounds.READ, load=load)
def proposals(round_: Round) -> ResponseReturnValue:
    """All proposals that the round made for one's own posts, newest first."""
    page = paged(own.pairs_for(current_actor(), round_).add_columns(RunPair.id), [Key(RunPair.id, descending=True)])
    refs = [row[0].proposal.ref for row in page.rows]
    return jsonify(proposals=refs, next=page.next_url, previous=page.previous_url)


@bp.post(f"{REF}/marks")
@requires(Rounds.MARK, load=load)
def mark(round_: Round) -> ResponseReturnValue:
    made = services.mark(json_command(MarkPair), round_, by=current_actor(), at=now())
    return jsonify(kind=made.kind, officers=made.officers, reason=made.reason), 201


@bp.post(f"{REF}/lift")
@requires(Rounds.MARK, load=load)
def lift(round_: Round) -> ResponseReturnValue:
    return jsonify(_whole(services.lift(json_command(LiftMark), round_, by=current_actor(), at=now())))


@bp.post(f"{REF}/keep")
@requires(Rounds.MARK, load=load)
def keep(round_: Round) -> ResponseReturnValue:
    return jsonify(_whole(services.keep_pair(json_command(KeepPair), round_, by=current_actor(), at=now())))


@bp.post(f"{REF}/keep-all")
@requires(Rounds.MARK, load=load)
def keep_all(round_: Round) -> ResponseReturnValue:
    return jsonify(kept=services.keep_all(json_command(KeepAll), round_, by=current_actor(), at=now()))


@bp.post(f"{REF}/choose")
@requires(Rounds.CHOOSE, load=load)
def choose(round_: Round) -> ResponseReturnValue:
    return jsonify(_whole(services.choose(json_command(ChooseRun), round_, by=current_actor(), at=now())))


@bp.post(f"{REF}/send")
@requires(Rounds.SEND, load=load)
def send(round_: Round) -> ResponseReturnValue:
    """Want the proposals to be sent, once: the answer says how far they are."""
    services.send(round_, by=current_actor(), at=now())
    return jsonify(_whole(round_)), 202


@bp.post(f"{REF}/publish")
@requires(Rounds.PUBLISH, load=load)
def publish(round_: Round) -> ResponseReturnValue:
    return jsonify(_whole(services.publish(round_, by=current_actor(), at=now())))


@bp.post(f"{REF}/cancel")
@requires(Rounds.CANCEL, load=load)
def cancel(round_: Round) -> ResponseReturnValue:
    command = json_command(CancelRound)
    return jsonify(_whole(services.cancel_as_said(command, round_, by=current_actor(), at=now())))


def _summary(round_: Round) -> dict[str, Any]:
    return {
        "ref": round_.ref,
        "number": round_.number,
        "state": round_.state,
        "opens_at": round_.opens_at.isoformat(),
        "closes_at": round_.closes_at.isoformat(),
        "review_until": round_.review_until.isoformat(),
        "answer_by": round_.answer_by.isoformat() if round_.answer_by else None,
    }


def _whole(round_: Round) -> dict[str, Any]:
    actor = current_actor()
    mine, asked = enrolled.own(actor, round_, FIRST + 1), own.own_pairs(actor, round_, FIRST + 1)
    whole = _summary(round_) | {
        "rules": round_.policy,
        "seed": round_.seed,
        "figures": for_everyone(round_.figures) if round_.figures else None,
        "posts": [place.post.ref for place in mine[:FIRST]],
        "all_posts": url_for("rounds_api.posts", ref=round_.ref) if len(mine) > FIRST else None,
        "proposals": [pair.proposal.ref for pair in asked[:FIRST] if pair.proposal],
        "all_proposals": url_for("rounds_api.proposals", ref=round_.ref) if len(asked) > FIRST else None,
    }
    if allows(Rounds.REVIEW, round_):
        db.session.flush()
        sending = read.sending_of(round_)
        whole["sending"] = asdict(read.delivery(sending)) if sending else None
        whole |= {"chosen_run": round_.chosen_run, "runs": [_run(run) for run in read.runs_of(round_)]}
    return whole


def _run(run: Run) -> dict[str, Any]:
    return {
        "number": run.number,
        "standing": run.standing(now()),
        "stage": run.stage,
        "rules": run.policy,
        "seed": run.seed,
        "value": run.value,
        "digest": run.digest,
        "proof": run.proof,
        "problem": run.problem,
        "figures": run.figures,
        "follow_up": run.follow_up,
    }


def _pair(pair: RunPair) -> dict[str, Any]:
    return {
        "offer": pair.offer.ref,
        "need": pair.need.ref,
        "officers": pair.officers,
        "score": pair.score,
        "bonus": pair.bonus,
        "parts": pair.parts,
        "ranks": pair.ranks,
        "looks": pair.looks,
        "needs_look": pair.needs_look and pair.kept_at is None,
        "proposal": pair.proposal.ref if pair.proposal else None,
    }
