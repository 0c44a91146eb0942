"""Requests as JSON, with the same commands, rules and refusals as the pages."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, g, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from portal.features.assistance import services
from portal.features.assistance.api.shapes import line_of, progress_of
from portal.features.assistance.domain.acts import (
    AnswerQuestion,
    AskRequester,
    CloseRequest,
    RecordDiligence,
    ReleaseRequest,
    SetDisclosure,
    TakeBackRelease,
)
from portal.features.assistance.domain.asking import RequestTerms
from portal.features.assistance.domain.diligence import clearance
from portal.features.assistance.domain.disclosure import Disclosure, disclosure
from portal.features.assistance.domain.lifecycles import REQUEST, RequestState
from portal.features.assistance.domain.terms import PLAIN
from portal.features.assistance.forms import as_args, read_filters, read_sort
from portal.features.assistance.models import Request
from portal.features.assistance.policy import Pledges, Requests
from portal.features.assistance.queries import find
from portal.features.assistance.queries.interest import interested
from portal.features.assistance.queries.listing import count, page, place_of, refs
from portal.features.assistance.queries.records import questions, released_to
from portal.features.assistance.queries.rows import rows
from portal.features.assistance.services.interest import show_interest, take_back_interest
from portal.infra.db import db, now
from portal.kernel.contract import Command, Why, decode
from portal.kernel.lifecycle import Transition
from portal.kernel.policy import Actor
from portal.web.access import View, allows, current_actor, requires
from portal.web.api import json_command

bp = Blueprint("assistance_api", __name__, url_prefix="/api/v1")
ONE = "/requests/<string(maxlength=20):ref>"
SERVICES: dict[str, Callable[..., Any]] = {
    "approve": services.approve,
    "pass_on": services.approve,
    "endorse": services.endorse,
    "return": services.return_request,
    "send_back": services.send_back,
    "open": services.open_request,
    "decline": services.decline,
    "hold": services.hold,
    "resume": services.resume,
    "withdraw": services.withdraw,
}


@bp.get("/requests", endpoint="requests")
@requires(Requests.LIST)
def index() -> ResponseReturnValue:
    actor = current_actor()
    filters, sort = read_filters(request.args), read_sort(request.args)
    before = request.args.get("before", "")
    ref = before or request.args.get("after", "")
    found = page(actor, filters, sort, place_of(actor, sort, ref[:20], before=bool(before)) if ref else None)
    known = refs([p.id for p in (found.next, found.previous) if p])
    total = count(actor, filters)

    def link(to: Any, name: str) -> str | None:
        args = as_args(filters, sort)
        return url_for("assistance_api.requests", **(args | {name: known[to.id]})) if to else None

    items = [summary(one, actor) for one in rows(actor, found.ids)]
    answer = {"requests": items, "next": link(found.next, "after"), "previous": link(found.previous, "before")}
    return jsonify(**answer, count=total.number, count_is_capped=total.more)


def summary(one: Request, actor: Actor) -> dict[str, Any]:
    known: dict[str, Any] = {"ref": one.ref, "label": one.label.shown, "state": one.state.value}
    if disclosure(actor, one, one.seen) is Disclosure.REFERENCE:
        return known
    return known | {
        "title": one.title,
        "title_language": one.title_language,
        "agency": one.agency.key,
        "agency_state": one.agency.state_iso2,
        "priority": one.priority.value,
        "needed_by": one.needed_by.isoformat() if one.needed_by else None,
        "opened_at": one.opened_at.isoformat() if one.opened_at else None,
        "lines": [line_of(one, line, actor) for line in one.live_lines],
    }


def whole(one: Request, actor: Actor) -> dict[str, Any]:
    """Everything this reader may see of a request."""
    known = summary(one, actor)
    if disclosure(actor, one, one.seen) is Disclosure.REFERENCE:
        return known
    terms = {name: _json(getattr(one, name)) if one.shows(actor, name) else None for name in PLAIN}
    withheld = {name: rule.withheld for name, rule in one.rules.items() if not one.shows(actor, name)}
    asked = questions(one.id) if one.screening_at else []
    released = released_to(one.id) if allows(Requests.RELEASE, one) else None
    return (
        known
        | progress_of(one, actor)
        | {
            "terms": terms,
            "withheld": {name: int(reason) if reason else None for name, reason in withheld.items()},
            "version": one.terms_version,
            "due_diligence": clearance(one, now().date()).value,
            "questions": [
                {"number": q.number, "text": q.text, "language": q.language, "agency": q.agency.key, "answer": q.answer}
                for q in asked
            ],
            "interested": interested([one.id]).get(one.id, 0) if one.state == RequestState.OPEN else None,
            "released": None
            if released is None
            else [{"number": to.number, "agency": to.key, "person": to.name, "exact": to.exact} for to in released],
        }
    )


def _json(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else getattr(value, "value", value)


@bp.get(ONE, endpoint="request")
@requires(Requests.READ, load=find)
def show(one: Request) -> ResponseReturnValue:
    return jsonify(whole(one, current_actor()))


@bp.post("/requests", endpoint="create_request")
@requires(Requests.WRITE)
def create() -> ResponseReturnValue:
    command = json_command(RequestTerms)
    one = services.submit_whole(command, agency=g.membership.agency, by=current_actor(), at=now())
    db.session.flush()
    answer = jsonify(whole(one, current_actor()))
    answer.headers["Location"] = url_for("assistance_api.request", ref=one.ref)
    return answer, 201


@bp.post(f"{ONE}/copy", endpoint="request_copy")
@requires(Requests.SUBMIT, load=find)
def copy(one: Request) -> ResponseReturnValue:
    """A new draft that says what this request says."""
    made = services.copy_request(one, one.agency, by=current_actor(), at=now())
    db.session.flush()
    return jsonify(ref=made.ref, state=made.state.value), 201


@bp.post(f"{ONE}/interest", endpoint="request_interest")
@requires(Pledges.INTEREST, load=find)
def interest(one: Request) -> ResponseReturnValue:
    show_interest(one, by=current_actor(), at=now())
    db.session.flush()
    return jsonify(whole(one, current_actor()))


@bp.post(f"{ONE}/interest/take-back", endpoint="request_take_back_interest")
@requires(Pledges.INTEREST, load=find)
def no_interest(one: Request) -> ResponseReturnValue:
    take_back_interest(one, by=current_actor())
    db.session.flush()
    return jsonify(whole(one, current_actor()))


def _act(name: str, permission: Requests, command: type[Command], service: Callable[..., Any]) -> None:
    """A route that decodes a command and hands it to its service."""

    def take(one: Request) -> ResponseReturnValue:
        service(json_command(command), request=one, by=current_actor(), at=now())
        db.session.flush()
        return jsonify(whole(one, current_actor()))

    view = requires(permission, load=find)(take)
    bp.add_url_rule(f"{ONE}/{name}", endpoint=f"request_{name.replace('-', '_')}", view_func=view, methods=["POST"])


def _step(transition: Transition[Any]) -> View:
    def take(one: Request) -> ResponseReturnValue:
        SERVICES[transition.name](one, by=current_actor(), at=now(), reason=_reason())
        db.session.flush()
        return jsonify(whole(one, current_actor()))

    return take


def _reason() -> str | None:
    body = request.get_json(silent=True)
    return decode(Why, {"reason": body.get("reason")}).reason or None if isinstance(body, dict) else None


for _name, _permission, _command, _service in (
    ("submit", Requests.SUBMIT, RequestTerms, services.resubmit_whole),
    ("amend", Requests.AMEND, RequestTerms, services.amend_whole),
    ("diligence", Requests.DILIGENCE, RecordDiligence, services.record_diligence),
    ("ask", Requests.ASK, AskRequester, services.ask),
    ("answer", Requests.ANSWER, AnswerQuestion, services.answer),
    ("close", Requests.CLOSE, CloseRequest, services.close),
    ("release", Requests.RELEASE, ReleaseRequest, services.release),
    ("take-back", Requests.RELEASE, TakeBackRelease, services.take_back),
    ("disclosure", Requests.LABEL, SetDisclosure, services.set_disclosure),
):
    _act(_name, _permission, _command, _service)
for _transition in REQUEST.transitions.values():
    if _transition.manual:
        bp.add_url_rule(
            f"{ONE}/{_transition.name.replace('_', '-')}",
            endpoint=f"request_{_transition.name}",
            view_func=requires(_transition.permission, load=find)(_step(_transition)),
            methods=["POST"],
        )
