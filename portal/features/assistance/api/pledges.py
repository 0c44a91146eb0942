"""Pledges as JSON, with the same commands, rules and refusals as the pages."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, jsonify, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from portal.features.assistance import services
from portal.features.assistance.api.shapes import line_of, pledge_of, whole_pledge
from portal.features.assistance.domain.lifecycles import PLEDGE
from portal.features.assistance.domain.pledging import (
    AcceptPledge,
    AnswerOda,
    AnswerReduction,
    ClosePledge,
    CommitPledge,
    ConfirmService,
    DeclinePledge,
    DisputePledge,
    OfferPledge,
    RecordService,
    ReducePledge,
    SettlePledge,
    TellMe,
    WithdrawPledge,
)
from portal.features.assistance.models import Pledge, Request
from portal.features.assistance.policy import Pledges, Requests
from portal.features.assistance.queries.places import Place, load_place
from portal.features.assistance.queries.pledges import WITH_PARTIES, deliveries_of, find_pledge, pledges_seen, waits
from portal.features.documents.queries import live_of
from portal.infra.db import now
from portal.kernel.contract import Command
from portal.web.access import current_actor, requires
from portal.web.api import json_command
from portal.web.pagination import Key, paged

bp = Blueprint("pledges_api", __name__, url_prefix="/api/v1")
ONE = "/pledges/<string(maxlength=20):ref>"
LINE = "/requests/<string(maxlength=20):ref>/lines/<string(maxlength=4):number>"


@bp.get("/pledges", endpoint="pledges")
@requires(Pledges.LIST)
def index() -> ResponseReturnValue:
    query = select(Pledge).join(Request, Request.id == Pledge.request_id).where(pledges_seen(current_actor()))
    page = paged(query.options(*WITH_PARTIES).add_columns(Pledge.id), [Key(Pledge.id, descending=True)])
    return jsonify(pledges=[pledge_of(row[0]) for row in page.rows], next=page.next_url, previous=page.previous_url)


@bp.get(ONE)
@requires(Pledges.READ, load=find_pledge)
def show(pledge: Pledge) -> ResponseReturnValue:
    documents = [{"key": one.key, "title": one.title} for one in live_of(PLEDGE.name, pledge.ref)]
    return jsonify(whole_pledge(pledge, deliveries_of(pledge.id)) | {"documents": documents})


@bp.get(LINE)
@requires(Requests.READ, load=load_place)
def line(place: Place) -> ResponseReturnValue:
    """One line, with whether its reader waits to be told of it."""
    actor = current_actor()
    return jsonify(line_of(place.request, place.line, actor) | {"waits": waits(place.line.id, actor.person_id)})


@bp.post(f"{LINE}/pledges")
@requires(Pledges.OFFER, load=load_place)
def offer(place: Place) -> ResponseReturnValue:
    made = services.offer(json_command(OfferPledge), line=place.line, by=current_actor(), at=now())
    pledge = find_pledge(current_actor(), made.ref) or made  # with the agencies that its answer names
    answer = jsonify(pledge_of(pledge))
    answer.headers["Location"] = url_for("pledges_api.show", ref=pledge.ref)
    return answer, 201


@bp.post(f"{LINE}/tell-me")
@requires(Pledges.OFFER, load=load_place)
def tell_me(place: Place) -> ResponseReturnValue:
    waiting = services.tell_me(json_command(TellMe), line=place.line, by=current_actor(), at=now())
    return jsonify(quantity=waiting.quantity), 201


VERBS: tuple[tuple[str, Pledges, type[Command], Callable[..., Any]], ...] = (
    ("accept", Pledges.ACCEPT, AcceptPledge, services.accept),
    ("decline", Pledges.DECLINE, DeclinePledge, services.decline_pledge),
    ("commit", Pledges.COMMIT, CommitPledge, services.commit),
    ("withdraw", Pledges.WITHDRAW, WithdrawPledge, services.withdraw_pledge),
    ("reduce", Pledges.REDUCE, ReducePledge, services.ask_reduction),
    ("answer-reduction", Pledges.AGREE_REDUCTION, AnswerReduction, services.answer_reduction),
    ("dispute", Pledges.DISPUTE, DisputePledge, services.dispute),
    ("settle", Pledges.SETTLE, SettlePledge, services.settle),
    ("close-short", Pledges.CLOSE_SHORT, ClosePledge, services.close_short),
    ("record-service", Pledges.RECORD_SERVICE, RecordService, services.record_service),
    ("confirm-service", Pledges.CONFIRM_SERVICE, ConfirmService, services.confirm_service),
    ("oda", Pledges.ODA, AnswerOda, services.answer_oda),
)


def _add(name: str, permission: Pledges, command: type[Command], service: Callable[..., Any]) -> None:
    def take(pledge: Pledge) -> ResponseReturnValue:
        service(json_command(command), pledge=pledge, by=current_actor(), at=now())
        return jsonify(pledge_of(pledge))

    guarded = requires(permission, load=find_pledge)(take)
    bp.add_url_rule(f"{ONE}/{name}", endpoint=name.replace("-", "_"), view_func=guarded, methods=["POST"])


for _verb in VERBS:
    _add(*_verb)
