"""One request: its page, as far as its reader may see it, and the steps of its life."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import g, render_template
from flask.typing import ResponseReturnValue

from portal.features.assistance import services
from portal.features.assistance.domain.clock import screening_clock
from portal.features.assistance.domain.diligence import clearance
from portal.features.assistance.domain.disclosure import Disclosure, disclosure
from portal.features.assistance.domain.lifecycles import REQUEST, RequestState
from portal.features.assistance.domain.terms import changed_lines
from portal.features.assistance.forms import AnswerForm, AskForm
from portal.features.assistance.models import Request, RequestLine
from portal.features.assistance.policy import Requests
from portal.features.assistance.queries import find
from portal.features.assistance.queries.records import diligence, questions, released_to, versions
from portal.features.assistance.views.answers import shown
from portal.features.assistance.views.blueprint import ONE, address, bp
from portal.features.assistance.views.drawing import field_name
from portal.features.assistance.views.pledge_slots import is_committed, verified_units
from portal.features.assistance.views.progress import meter_of, now_at, stages, totals_of
from portal.infra.db import now
from portal.kernel.policy import Actor
from portal.web.access import allows, optional_actor, requires
from portal.web.labels import label
from portal.web.transitions import add_transition_routes

ABOUT = ("problem", "objective", "priority_reason", "other_donors", "safeguards", "data_protection_basis")
FACTS = ("end_user_unit", "sites", "needed_by", "ta_types", "provisions", "strategy", "review_observation", "contact")


@bp.get(ONE, endpoint="request")
@requires(Requests.READ, load=find, public=True)
def show(request: Request) -> ResponseReturnValue:
    return page(request)


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line as this reader sees it: whole, or withheld with the reason."""

    line: RequestLine
    visible: bool
    reason: Any = None


def page(request: Request, *, ask: AskForm | None = None, reply: AnswerForm | None = None) -> ResponseReturnValue:
    actor = optional_actor()
    if disclosure(actor, request, request.seen) is Disclosure.REFERENCE:
        return render_template("assistance/reference.html", request=request)
    forms = [form for form in (ask, reply) if form is not None]
    words = render_template("assistance/request.html", **_parts(request, actor, now()), ask=ask, reply=reply)
    return words, max((form.status for form in forms), default=200)


def _parts(request: Request, actor: Actor | None, at: datetime) -> dict[str, Any]:
    rules = request.rules
    values = {name: getattr(request, name) for name in (*ABOUT, *FACTS, "title_language")}
    open_to = [name for name in (*ABOUT, *FACTS) if values[name] and request.shows(actor, name)]
    inside = actor is not None and actor.agency_id == request.agency_id
    records = diligence(request.id) if allows(Requests.DILIGENCE, request) or inside else []
    return {
        "request": request,
        "actor": actor,
        "draft": request.state == RequestState.DRAFT,
        "inside": inside,
        "lines": [_shown(request, line, actor) for line in request.live_lines],
        "meter_figures": meter_of(request.live_lines, verified_units(request)),
        "totals": totals_of(request.live_lines),
        "stages": stages(request),
        "now_at": now_at(request, committed=is_committed(request)),
        "about": [(name, label(f"request.field.{name}"), values[name]) for name in ABOUT if name in open_to],
        "facts": [(label(f"request.field.{name}"), shown(values, name)) for name in FACTS if name in open_to],
        "withheld": [(name, rule) for name, rule in rules.items() if not request.shows(actor, name)],
        "restricted": request.restricted if request.shows(actor, "restricted") else "",
        "questions": questions(request.id) if request.screening_at else [],
        "clearance": clearance(request, at.date()),
        "diligence": records[0] if records else None,
        "clock": _clock(request, at),
        "released": released_to(request.id) if allows(Requests.RELEASE, request) else None,
        "changed": _changed(request, actor),
        "written": [one["language"] for one in g.membership.agency.languages] if actor else [],
    }


def _changed(request: Request, actor: Actor | None) -> list[str]:
    """What the latest version changed, as far as this reader sees it."""
    if request.terms_version < 2 or not request.live:  # noqa: PLR2004
        return []
    after, before = (version.terms for version in versions(request.id)[:2])
    names = [name for name in after if name != "lines" and after[name] != before.get(name)]
    names += [f"line-{number}" for number in changed_lines(before, after)]
    return [field_name(name) for name in names if request.shows(actor, name)]


def _clock(request: Request, at: datetime) -> Any:
    running = request.state == RequestState.SCREENING and request.screening_at is not None
    return screening_clock(request.screening_at, at) if running and request.screening_at else None


def _shown(request: Request, line: RequestLine, actor: Actor | None) -> ShownLine:
    rule = request.rules.get(line.field)
    return ShownLine(line, request.shows(actor, line.field), rule.withheld if rule else None)


add_transition_routes(
    bp,
    REQUEST,
    load=find,
    address=address,
    prefix="/requests",
    services={
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
    },
)
