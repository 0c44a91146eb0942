"""Items and findings as JSON, with the same commands, rules and refusals as the pages."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from portal.features.items import services
from portal.features.items.domain.checking import OpenFinding, PlanCheck, RecordCheck
from portal.features.items.domain.commands import (
    AskRetirement,
    AskReturn,
    AskTransfer,
    ConfirmHandover,
    Consent,
    EditItem,
    FindItem,
    OfferHandover,
    RecordTraining,
    RefuseHandover,
    RefuseMove,
    RegisterItem,
    ReportDestroyed,
    ReportStolen,
    TakeOver,
)
from portal.features.items.domain.lifecycles import FINDING, ITEM
from portal.features.items.domain.parts import Part, Standing
from portal.features.items.models import Finding, Item
from portal.features.items.policy import Findings, Items
from portal.features.items.queries import find, find_finding
from portal.features.items.queries.listing import findings_listed, listed
from portal.features.items.queries.records import checks_of, custody_of
from portal.infra.db import now
from portal.kernel.contract import Command, Why
from portal.kernel.money import as_given
from portal.kernel.policy import Permission
from portal.web.access import current_actor, requires
from portal.web.api import json_command
from portal.web.pagination import paged

bp = Blueprint("items_api", __name__, url_prefix="/api/v1")
ONE = "/items/<string(maxlength=20):ref>"
FINDING_ONE = "/findings/<string(maxlength=20):ref>"


@bp.get("/items", endpoint="items")
@requires(Items.LIST)
def index() -> ResponseReturnValue:
    today = now().date()
    page = paged(*listed(current_actor(), Part.read(request.args.get("show", "")), today=today))
    found = [summary(row[0], today) for row in page.rows]
    return jsonify(items=found, next=page.next_url, previous=page.previous_url)


@bp.post("/items", endpoint="register")
@requires(Items.REGISTER)
def register() -> ResponseReturnValue:
    item = services.register(json_command(RegisterItem), by=current_actor(), at=now())
    answer = jsonify(shown(item))
    answer.headers["Location"] = url_for("items_api.item", ref=item.ref)
    return answer, 201


@bp.get(ONE, endpoint="item")
@requires(Items.READ, load=find)
def show(item: Item) -> ResponseReturnValue:
    links = [
        {
            "number": one.number,
            "agency": one.agency.key,
            "unit": one.unit,
            "site": one.site,
            "site_kind": one.site_kind,
            "condition": one.condition,
            "began_at": one.began_at.isoformat(),
            "ended_at": one.ended_at.isoformat() if one.ended_at else None,
        }
        for one in custody_of(item.id)
    ]
    checks = [
        {
            "number": one.number,
            "on": one.on.isoformat(),
            "kind": one.kind,
            "result": one.result,
            "independent": one.independent,
            "agency": one.agency.key,
            "odometer": one.odometer,
            "note": one.note,
        }
        for one in checks_of(item.id)
    ]
    return jsonify(shown(item) | {"custody": links, "checks": checks})


ACTS: tuple[tuple[str, Permission, type[Command], Callable[..., Any]], ...] = (
    ("edit", Items.EDIT, EditItem, services.edit),
    ("offer-handover", Items.HAND_OVER, OfferHandover, services.offer_handover),
    ("confirm-handover", Items.CONFIRM, ConfirmHandover, services.confirm_handover),
    ("refuse-handover", Items.CONFIRM, RefuseHandover, services.refuse_handover),
    ("ask-transfer", Items.ASK, AskTransfer, services.ask_transfer),
    ("ask-retirement", Items.ASK, AskRetirement, services.ask_retirement),
    ("ask-return", Items.ASK, AskReturn, services.ask_return),
    ("consent", Items.CONSENT, Consent, services.consent),
    ("take-over", Items.TAKE_OVER, TakeOver, services.take_over),
    ("refuse-move", Items.REFUSE, RefuseMove, services.refuse_move),
    ("report-stolen", Items.LOSE, ReportStolen, services.report_stolen),
    ("report-destroyed", Items.LOSE, ReportDestroyed, services.report_destroyed),
    ("find", Items.FIND, FindItem, services.find_item),
    ("record-training", Items.EDIT, RecordTraining, services.record_training),
    ("checks", Items.CHECK, RecordCheck, services.record_check),
    ("plan-check", Items.PLAN, PlanCheck, services.plan_check),
    ("findings", Findings.OPEN, OpenFinding, services.open_finding),
)
STEPS: dict[str, Callable[..., Any]] = {
    "deliver": services.deliver,
    "store": services.store,
    "put_to_use": services.put_to_use,
    "repair": services.repair,
    "repaired": services.repaired,
    "report_missing": services.report_missing,
}


def _add(name: str, permission: Permission, command: type[Command], service: Callable[..., Any]) -> None:
    def take(item: Item) -> ResponseReturnValue:
        service(json_command(command), item=item, by=current_actor(), at=now())
        found = find(current_actor(), item.ref)
        return jsonify(shown(found) if found else {"ref": item.ref})

    guarded = requires(permission, load=find)(take)
    bp.add_url_rule(f"{ONE}/{name}", endpoint=name.replace("-", "_"), view_func=guarded, methods=["POST"])


def _add_step(name: str, service: Callable[..., Any]) -> None:
    def take(item: Item) -> ResponseReturnValue:
        service(item, by=current_actor(), at=now(), reason=json_command(Why).reason or None)
        found = find(current_actor(), item.ref)
        return jsonify(shown(found) if found else {"ref": item.ref})

    guarded = requires(ITEM.transitions[name].permission, load=find)(take)
    bp.add_url_rule(f"{ONE}/{name.replace('_', '-')}", endpoint=name, view_func=guarded, methods=["POST"])


def _add_finding_step(name: str, service: Callable[..., Any]) -> None:
    def take(finding: Finding) -> ResponseReturnValue:
        service(finding, by=current_actor(), at=now(), reason=json_command(Why).reason or None)
        return jsonify(shown_finding(finding))

    guarded = requires(FINDING.transitions[name].permission, load=find_finding)(take)
    rule = f"{FINDING_ONE}/{name.replace('_', '-')}"
    bp.add_url_rule(rule, endpoint=f"finding_{name}", view_func=guarded, methods=["POST"])


for _act in ACTS:
    _add(*_act)
for _name, _service in STEPS.items():
    _add_step(_name, _service)
for _name in FINDING.transitions:
    _add_finding_step(_name, getattr(services, _name))


@bp.get("/findings", endpoint="findings_list")
@requires(Findings.LIST)
def findings() -> ResponseReturnValue:
    given = request.args.get("show", "")
    standing = Standing(given) if given in {one.value for one in Standing} else Standing.OPEN
    page = paged(*findings_listed(current_actor(), standing, today=now().date()))
    found = [shown_finding(row[0]) for row in page.rows]
    return jsonify(findings=found, next=page.next_url, previous=page.previous_url)


@bp.get(FINDING_ONE, endpoint="finding")
@requires(Findings.READ, load=find_finding)
def show_finding(finding: Finding) -> ResponseReturnValue:
    return jsonify(shown_finding(finding))


def summary(item: Item, today: date) -> dict[str, Any]:
    return {
        "ref": item.ref,
        "state": item.state,
        "label": item.label.shown,
        "category": item.category,
        "manufacturer": item.manufacturer,
        "model": item.model,
        "quantity": item.quantity,
        "holder": item.agency.key,
        "donor": item.funder.key,
        "verified_in_use": item.verified(today),
        "next_check_on": _day(item.next_check_on),
    }


def shown(item: Item) -> dict[str, Any]:
    return summary(item, now().date()) | {
        "version": item.version,
        "serial": item.serial,
        "vin": item.vin,
        "engine_no": item.engine_no,
        "tag": item.tag,
        "made_year": item.made_year,
        "value": as_given(item.value),
        "condition": item.condition,
        "odometer": item.odometer,
        "owner": item.owner.key,
        "implementer": item.implementer.key if item.implementer else None,
        "checker": item.checker.key if item.checker else None,
        "unit": item.unit,
        "site": item.site,
        "site_kind": item.site_kind,
        "received_on": _day(item.received_on),
        "warranty_until": _day(item.warranty_until),
        "licence_until": _day(item.licence_until),
        "stores_data": item.stores_data,
        "risk_class": item.risk_class,
        "operators_required": item.operators_required,
        "operators_trained": item.operators_trained,
        "undertaken": item.undertaken_at is not None,
        "open_findings": item.open_findings,
        "attributes": item.attributes,
        "handover": item.handover.number if item.handover else None,
        "move": _move(item),
    }


def shown_finding(finding: Finding) -> dict[str, Any]:
    return {
        "ref": finding.ref,
        "item": finding.item.ref,
        "state": finding.state,
        "severity": finding.severity,
        "answers": finding.agency.key,
        "due_on": finding.due_on.isoformat(),
        "what": finding.what,
        "language": finding.language,
    }


def _move(item: Item) -> dict[str, Any] | None:
    move = item.move
    if move is None:
        return None
    to = move.to_agency.key if move.to_agency else None
    return {"number": move.number, "kind": move.kind, "to": to, "consented": move.consented_at is not None}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
