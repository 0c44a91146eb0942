"""Proposals as JSON, with the same commands, rules and refusals as the pages."""

from typing import Any

from flask import Blueprint, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from portal.features.exchanges.models import Post
from portal.features.exchanges.queries import find
from portal.features.matches import services
from portal.features.matches.domain.commands import Accept, Counter, Decline, Propose, Withdraw
from portal.features.matches.domain.route import Box
from portal.features.matches.models import Acceptance, Proposal
from portal.features.matches.policy import Matches
from portal.features.matches.queries import proposals as read
from portal.features.matches.queries.fits import readable_content
from portal.features.matches.queries.standing import in_box
from portal.features.matches.services.pairs import Pair, pair_of
from portal.infra.db import now
from portal.kernel.policy import Actor
from portal.web.access import current_actor, requires
from portal.web.api import json_command
from portal.web.pagination import Key, paged

bp = Blueprint("matches_api", __name__, url_prefix="/api/v1/proposals")


def load(actor: Actor | None, ref: str) -> Proposal | None:
    return read.proposal(actor, ref)


def load_pair(actor: Actor | None) -> Pair | None:
    """The two posts that the body names; None unless this actor may read both."""
    body = request.get_json()
    refs = [str(body.get(kind, "")) if isinstance(body, dict) else "" for kind in ("offer", "need")]
    posts = [post for ref in refs if (post := _post(actor, ref))]
    return pair_of(posts[0], posts[1]) if len(posts) == len(refs) else None


@bp.get("")
@requires(Matches.LIST)
def index() -> ResponseReturnValue:
    actor = current_actor()
    box = Box(request.args["box"]) if request.args.get("box") in {one.value for one in Box} else Box.ALL
    query = in_box(actor, box).options(*read.WITH_PARTIES).add_columns(Proposal.moved_at, Proposal.id)
    page = paged(query, [Key(Proposal.moved_at, descending=True), Key(Proposal.id, descending=True)])
    return jsonify(proposals=[_summary(row[0]) for row in page.rows], next=page.next_url, previous=page.previous_url)


@bp.get("/<string(maxlength=20):ref>")
@requires(Matches.READ, load=load)
def show(proposal: Proposal) -> ResponseReturnValue:
    return jsonify(_whole(proposal))


@bp.post("")
@requires(Matches.PROPOSE, load=load_pair)
def propose(pair: Pair) -> ResponseReturnValue:
    made = services.propose(json_command(Propose), pair=pair, by=current_actor(), at=now())
    answer = jsonify(_whole(made))
    answer.headers["Location"] = url_for("matches_api.show", ref=made.ref)
    return answer, 201


@bp.post("/<string(maxlength=20):ref>/counter")
@requires(Matches.COUNTER, load=load)
def counter(proposal: Proposal) -> ResponseReturnValue:
    return jsonify(_whole(services.counter(json_command(Counter), proposal, by=current_actor(), at=now())))


@bp.post("/<string(maxlength=20):ref>/accept")
@requires(Matches.ACCEPT, load=load)
def accept(proposal: Proposal) -> ResponseReturnValue:
    return jsonify(_whole(services.accept(json_command(Accept), proposal, by=current_actor(), at=now())))


@bp.post("/<string(maxlength=20):ref>/decline")
@requires(Matches.DECLINE, load=load)
def decline(proposal: Proposal) -> ResponseReturnValue:
    return jsonify(_whole(services.decline(json_command(Decline), proposal, by=current_actor(), at=now())))


@bp.post("/<string(maxlength=20):ref>/withdraw")
@requires(Matches.WITHDRAW, load=load)
def withdraw(proposal: Proposal) -> ResponseReturnValue:
    return jsonify(_whole(services.withdraw(json_command(Withdraw), proposal, by=current_actor(), at=now())))


def _post(actor: Actor | None, ref: str) -> Post | None:
    post = find(actor, ref)
    return post if post and post.live and readable_content(actor, post) else None


def _summary(proposal: Proposal) -> dict[str, Any]:
    return {
        "ref": proposal.ref,
        "state": proposal.state,
        "label": proposal.label.shown,
        "offer": proposal.offer.ref,
        "need": proposal.need.ref,
        "host": proposal.host.key,
        "sender": proposal.sender.key,
        "starts_on": proposal.starts_on.isoformat(),
        "ends_on": proposal.ends_on.isoformat(),
        "officers": proposal.officers,
        "version": proposal.terms_version,
        "hash": proposal.terms_hash,
        "moved_at": proposal.moved_at.isoformat(),
        "expires_at": proposal.expires_at.isoformat() if proposal.open else None,
    }


def _whole(proposal: Proposal) -> dict[str, Any]:
    terms = read.terms(proposal, proposal.terms_version)
    return _summary(proposal) | {
        "costs": list(terms.costs) if terms else [],
        "conditions": terms.conditions if terms else "",
        "conditions_language": terms.conditions_language if terms else None,
        "acceptances": [_acceptance(one) for one in read.acceptances(proposal)],
        "questions": [
            {"number": q.number, "side": q.side, "text": q.text, "answer": q.answer} for q in read.questions(proposal)
        ],
    }


def _acceptance(one: Acceptance) -> dict[str, Any]:
    return {"side": one.side, "version": one.number, "at": one.at.isoformat()}
