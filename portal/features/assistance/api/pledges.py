"""Pledges as JSON, with the same commands, rules and refusals as the pages."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, jsonify, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from portal.features.assistance import services
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
from portal.features.assistance.policy import Pledges
from portal.features.assistance.queries.places import Place, load_place
from portal.features.assistance.queries.pledges import WITH_PARTIES, find_pledge, pledges_seen
from portal.features.documents.queries import live_of
from portal.infra.db import now
from portal.kernel.contract import Command
from portal.kernel.money import as_given
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
    return jsonify(pledges=[shown(row[0]) for row in page.rows], next=page.next_url, previous=page.previous_url)


@bp.get(ONE)
@requires(Pledges.READ, load=find_pledge)
def show(pledge: Pledge) -> ResponseReturnValue:
    documents = [{"key": one.key, "title": one.title} for one in live_of(PLEDGE.name, pledge.ref)]
    return jsonify(shown(pledge) | {"documents": documents})


@bp.post(f"{LINE}/pledges")
@requires(Pledges.OFFER, load=load_place)
def offer(place: Place) -> ResponseReturnValue:
    pledge = services.offer(json_command(OfferPledge), line=place.line, by=current_actor(), at=now())
    answer = jsonify(shown(pledge))
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
        return jsonify(shown(pledge))

    guarded = requires(permission, load=find_pledge)(take)
    bp.add_url_rule(f"{ONE}/{name}", endpoint=name.replace("-", "_"), view_func=guarded, methods=["POST"])


for _verb in VERBS:
    _add(*_verb)


def shown(pledge: Pledge) -> dict[str, Any]:
    return {
        "ref": pledge.ref,
        "state": pledge.state,
        "label": pledge.label.shown,
        "version": pledge.version,
        "request": pledge.request.ref,
        "line": pledge.line.number,
        "donor": pledge.agency.key,
        "quantity": pledge.quantity,
        "received": pledge.received,
        "unit_value": as_given(pledge.unit_value),
        "value": as_given(pledge.value),
        "in_kind": pledge.in_kind,
        "valuation": pledge.valuation,
        "procurer": pledge.procurer,
        "available_from": pledge.available_from.isoformat(),
        "valid_until": pledge.valid_until.isoformat(),
        "conditions": pledge.conditions,
        "conditions_language": pledge.conditions_language,
        "tied": pledge.tied,
        "export_licence": pledge.export_licence,
        "agreement": pledge.agreement,
        "reduce_to": pledge.reduce_to,
    }
