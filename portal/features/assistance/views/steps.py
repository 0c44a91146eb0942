"""The steps in which a request is written, and the page that shows all answers before it is sent."""

from typing import Any

from flask import abort, flash, g, redirect, render_template, url_for
from flask import request as asked
from flask.typing import ResponseReturnValue

from portal.features.assistance import services
from portal.features.assistance.domain.asking import FLAT, REVIEW, STEPS, WhoStep, past_needed_by, step_of
from portal.features.assistance.domain.drafting import (
    SUSTAINMENT,
    fingerprint,
    line_problems,
    lines_of,
    problems,
    step_problems,
    stored,
    sustainment_problems,
    wanting_sustainment,
)
from portal.features.assistance.forms import FORMS, SendForm, StepForm, SustainmentForm, line_form
from portal.features.assistance.forms.steps import start_of_draft
from portal.features.assistance.models import Request
from portal.features.assistance.policy import Requests
from portal.features.assistance.queries import find
from portal.features.assistance.queries.rows import saved_by
from portal.features.assistance.services.drafts import changed_meanwhile, refuse_unless_open, saved_steps
from portal.features.assistance.views.answers import by_step, in_words
from portal.features.assistance.views.blueprint import ONE, address, bp
from portal.infra.db import now
from portal.kernel.contract import decode
from portal.kernel.errors import Problem
from portal.kernel.labels import Tlp
from portal.kernel.languages import LANGUAGES
from portal.web.access import current_actor, requires
from portal.web.labels import label
from portal.web.messages import message

ORDER = (*STEPS, REVIEW)


@bp.post("/requests/new")
@requires(Requests.WRITE)
def new_request() -> ResponseReturnValue:
    start = start_of_draft()
    request = services.create_draft(g.membership.agency, by=current_actor(), at=now(), start=start)
    return redirect(step_address(request, "who"), 303)


@bp.post(f"{ONE}/copy", endpoint="request_copy")
@requires(Requests.SUBMIT, load=find)
def copy(request: Request) -> ResponseReturnValue:
    begun = services.copy_request(request, request.agency, by=current_actor(), at=now())
    return redirect(step_address(begun, "who"), 303)


def load_place(actor: Any, ref: str, place: str) -> Request | None:
    """The request; whether it has a line at this place is asked once the reader may edit it."""
    g.place = int(place) - 1 if place.isdecimal() else -1
    return find(actor, ref)


def _place(request: Request) -> int:
    """Places are counted from one in addresses."""
    refuse_unless_open(request)
    place: int = g.place
    if not 0 <= place < len(lines_of(request.draft)):
        abort(404)
    return place


def load_step(actor: Any, ref: str, step: str) -> Request | None:
    g.step = step
    return find(actor, ref)


def step_address(request: Request, step: str, place: int | None = None, **more: Any) -> str:
    """Where a step is answered; the two that are asked for each line begin with the first line that needs it."""
    if step in FLAT or step == REVIEW:
        return url_for("assistance.request_step", ref=request.ref, step=step, **more)
    if step == "lines" and not lines_of(request.draft):
        return url_for("assistance.request_lines", ref=request.ref, **more)
    if place is None:
        place = _first(request, step)
    if place is None:
        return url_for("assistance.request_lines", ref=request.ref, **more)
    endpoint = "assistance.request_line" if step == "lines" else "assistance.request_sustainment"
    return url_for(endpoint, ref=request.ref, place=str(place + 1), **more)


def _first(request: Request, step: str) -> int | None:
    """The first line whose step is not right yet, else the first that has the step at all."""
    check = line_problems if step == "lines" else sustainment_problems
    places = list(range(len(lines_of(request.draft)))) if step == "lines" else wanting_sustainment(request.draft)
    wrong = [place for place in places if check(request.draft, place)]
    return next(iter(wrong or places), None)


# ------------------------------------------------------------------------------------------- steps asked once

_RULE = f"{ONE}/edit/<any({', '.join([*FLAT, REVIEW])}):step>"


@bp.get(_RULE, endpoint="request_step")
@requires(Requests.EDIT, load=load_step)
def show_step(request: Request) -> ResponseReturnValue:
    refuse_unless_open(request)
    if g.step == REVIEW:
        return _review(request, SendForm())
    form = FORMS[g.step](data=request.draft, own_languages=_own_languages())
    if g.step in saved_steps(request) and not form.is_growing:
        form.show_all(step_problems(request.draft, g.step))
    return step_page(request, g.step, form)


@bp.post(_RULE, endpoint="request_save")
@requires(Requests.EDIT, load=load_step)
def save_step(request: Request) -> ResponseReturnValue:
    refuse_unless_open(request)
    if g.step == REVIEW:
        return _send(request)
    form = FORMS[g.step](own_languages=_own_languages())
    if changed := _changed(request, g.step, None, form):
        return step_page(request, g.step, form, changed=changed)
    confirmed = bool(form.text_confirmed.data)
    found = services.save_step(request, g.step, form.typed(), by=current_actor(), at=now(), confirmed=confirmed)
    if added := form.row_added:
        return redirect(step_address(request, g.step, **added), 303)
    return redirect(_onward(request, g.step, None, found), 303)


# ------------------------------------------------------------------------------------ steps asked for each line


@bp.get(f"{ONE}/edit/lines", endpoint="request_lines")
@requires(Requests.EDIT, load=find)
def lines(request: Request) -> ResponseReturnValue:
    refuse_unless_open(request)
    return render_template("assistance/lines.html", **around(request, "lines"))


@bp.post(f"{ONE}/edit/lines", endpoint="request_add_line")
@requires(Requests.EDIT, load=find)
def add_line(request: Request) -> ResponseReturnValue:
    place = services.add_line(request, by=current_actor(), at=now())
    return redirect(step_address(request, "lines", place), 303)


@bp.get(f"{ONE}/edit/lines/<string(maxlength=3):place>", endpoint="request_line")
@requires(Requests.EDIT, load=load_place)
def show_line(request: Request) -> ResponseReturnValue:
    place = _place(request)
    line = lines_of(request.draft)[place]
    form = line_form(line.get("category"))(data=line)
    if line.get("what") or line.get("quantity"):
        _show_at(form, line_problems(request.draft, place), f"lines-{place}-")
    return step_page(request, "lines", form, place=place)


@bp.post(f"{ONE}/edit/lines/<string(maxlength=3):place>", endpoint="request_save_line")
@requires(Requests.EDIT, load=load_place)
def save_line(request: Request) -> ResponseReturnValue:
    place = _place(request)
    before = lines_of(request.draft)[place].get("category")
    form = line_form(asked.form.get("category"))()
    if changed := _changed(request, "lines", place, form):
        return step_page(request, "lines", form, place=place, changed=changed)
    confirmed = bool(form.text_confirmed.data)
    found = services.save_line(request, place, form.typed(), by=current_actor(), at=now(), confirmed=confirmed)
    if asked.form.get("another") and not found:
        return redirect(step_address(request, "lines", services.add_line(request, by=current_actor(), at=now())), 303)
    new_template = asked.form.get("category", "") not in {"", before or ""} and "spec" in form
    if new_template and not asked.form.get("leave"):
        return redirect(step_address(request, "lines", place, _anchor="specification"), 303)
    return redirect(_onward(request, "lines", place, found), 303)


@bp.post(f"{ONE}/edit/lines/<string(maxlength=3):place>/remove", endpoint="request_remove_line")
@requires(Requests.EDIT, load=load_place)
def remove_line(request: Request) -> ResponseReturnValue:
    services.remove_line(request, _place(request), by=current_actor(), at=now())
    return redirect(url_for("assistance.request_lines", ref=request.ref), 303)


@bp.get(f"{ONE}/edit/upkeep/<string(maxlength=3):place>", endpoint="request_sustainment")
@requires(Requests.EDIT, load=load_place)
def show_sustainment(request: Request) -> ResponseReturnValue:
    place = _place(request)
    answers = lines_of(request.draft)[place].get(SUSTAINMENT)
    form = SustainmentForm(data=answers or {})
    if answers:
        _show_at(form, sustainment_problems(request.draft, place), f"lines-{place}-{SUSTAINMENT}-")
    return step_page(request, SUSTAINMENT, form, place=place)


@bp.post(f"{ONE}/edit/upkeep/<string(maxlength=3):place>", endpoint="request_save_sustainment")
@requires(Requests.EDIT, load=load_place)
def save_sustainment(request: Request) -> ResponseReturnValue:
    place, form = _place(request), SustainmentForm()
    if changed := _changed(request, SUSTAINMENT, place, form):
        return step_page(request, SUSTAINMENT, form, place=place, changed=changed)
    found = services.save_sustainment(request, place, form.typed(), by=current_actor(), at=now())
    return redirect(_onward(request, SUSTAINMENT, place, found), 303)


# ----------------------------------------------------------------------------------------------- what they share


def _onward(request: Request, step: str, place: int | None, found: tuple[Problem, ...]) -> str:
    """Where the pressed button leads: nothing typed is lost on any of these ways."""
    if (language := asked.form.get("lang_to")) in LANGUAGES:
        return step_address(request, step, place, lang=language)
    if asked.form.get("leave"):
        flash(label("request.draft_saved"))
        return address(request)
    if found:
        return step_address(request, step, place)
    if place is not None and (following := _next_place(request, step, place)) is not None:
        return step_address(request, step, following)
    return step_address(request, _next_step(request, step))


def _next_place(request: Request, step: str, place: int) -> int | None:
    check = line_problems if step == "lines" else sustainment_problems
    places = range(len(lines_of(request.draft))) if step == "lines" else wanting_sustainment(request.draft)
    return next((one for one in places if one != place and check(request.draft, one)), None)


def _next_step(request: Request, step: str) -> str:
    following = ORDER[ORDER.index(step) + 1]
    if following == SUSTAINMENT and not wanting_sustainment(request.draft):
        return "safeguards"
    return following


def _show_at(form: StepForm, found: tuple[Problem, ...], before: str) -> None:
    """Problems of a line at the controls of its own form."""
    form.show_all(Problem(p.code, (p.field or "").removeprefix(before) or None, p.params) for p in found)


def _changed(request: Request, step: str, place: int | None, form: StepForm) -> list[str]:
    return changed_meanwhile(request, step, place, form.typed(), asked.form.get("mark", ""))


def step_page(
    request: Request, step: str, form: StepForm, *, place: int | None = None, changed: list[str] | None = None
) -> ResponseReturnValue:
    """The page of a step; with `changed`, what a colleague saved meanwhile stands above what was typed."""
    line = lines_of(request.draft)[place] if place is not None else {}
    held = stored(request.draft, step, place)
    doubts = message(Problem("looks_like_case_data"))
    page = render_template(
        f"assistance/steps/{step}.html",
        **around(request, step),
        form=form,
        place=place,
        line=line,
        doubted=any(doubts in field.errors for field in form),
        action=_action(request, step, place),
        mark=fingerprint(held),
        theirs=[(label(f"request.field.{name}"), in_words(held, name)) for name in changed or ()],
    )
    return page, 409 if changed else 200


def _action(request: Request, step: str, place: int | None) -> str:
    if place is None:
        return url_for("assistance.request_save", ref=request.ref, step=step)
    endpoint = "request_save_line" if step == "lines" else "request_save_sustainment"
    return url_for(f"assistance.{endpoint}", ref=request.ref, place=str(place + 1))


def around(request: Request, step: str) -> dict[str, Any]:
    """What every step's page shows beside its questions."""
    lines_said = [(place, line) for place, line in enumerate(lines_of(request.draft))]
    return {
        "request": request,
        "step": step,
        "number": ORDER.index(step) + 1,
        "steps": _steps(request),
        "saved_by": saved_by(request),
        "lines_said": lines_said,
        "step_address": step_address,
    }


def _steps(request: Request) -> list[tuple[str, str, str | None, bool]]:
    """(key, words, address, done) of each step; what was never saved is reached only by saving the one before."""
    saved = saved_steps(request)
    found: list[tuple[str, str, str | None, bool]] = []
    for step in STEPS:
        needless = step == SUSTAINMENT and not wanting_sustainment(request.draft)
        done = (step in saved or (needless and "lines" in saved)) and not step_problems(request.draft, step)
        url = step_address(request, step) if step in saved and not needless else None
        found.append((step, label(f"request.step.{step}"), url, done))
    reachable = {"who", "situation", "lines", "safeguards"} <= set(saved)
    return [*found, (REVIEW, label("request.step.review"), step_address(request, REVIEW) if reachable else None, False)]


def _own_languages() -> list[str]:
    return [one["language"] for one in g.membership.agency.languages]


# --------------------------------------------------------------------------------------------------- check and send


def _review(request: Request, form: SendForm) -> ResponseReturnValue:
    answers = by_step(request.draft)
    page = render_template(
        "assistance/review.html",
        **around(request, REVIEW),
        form=form,
        answers=[
            (step, label(f"request.step.{step}"), step_address(request, step), rows) for step, rows in answers.items()
        ],
        missing=_missing(request),
        audience=_audience(request),
    )
    return page, form.status


def _audience(request: Request) -> Tlp:
    chosen = request.draft.get("label")
    return Tlp(chosen) if chosen in {label_.value for label_ in Tlp} else Tlp.AMBER


def _missing(request: Request) -> list[tuple[str, str, str]]:
    """(question, what is wrong, address of the answer) for everything that still stands in the way."""
    found = problems(request.draft)
    if not found and (day := _needed_by(request)):
        found = list(past_needed_by(day, now().date()))
    return [(_question(problem), message(problem), _answer_address(request, problem)) for problem in found]


def _needed_by(request: Request) -> Any:
    return decode(WhoStep, {name: request.draft.get(name) for name in WhoStep.model_fields}).needed_by


def _answer_address(request: Request, problem: Problem) -> str:
    field = problem.field or ""
    step = step_of(field)
    if step in FLAT:
        return step_address(request, step, _anchor=field)
    place = field.split("-")[1] if field.startswith("lines-") else ""
    inner = "-".join(field.split("-")[2:]).removeprefix(SUSTAINMENT).lstrip("-")
    return step_address(request, step, int(place) if place.isdecimal() else None, _anchor=inner or None)


def _question(problem: Problem) -> str:
    """The last part of the field's name that has a word."""
    names = [part for part in (problem.field or "lines").split("-") if not part.isdecimal()]
    known = [label(f"request.field.{name}") for name in names[1:2] or names[:1]]
    return known[0]


def _send(request: Request) -> ResponseReturnValue:
    """Hand in a draft, or publish changed terms at once."""
    if (language := asked.form.get("lang_to")) in LANGUAGES:
        return redirect(step_address(request, REVIEW, lang=language), 303)
    form = SendForm()
    step = "amend" if request.live else "submit"
    service = services.amend if request.live else services.submit_request
    if form.run(lambda _command, **context: service(request, **context), by=current_actor(), at=now()):
        flash(label(f"request.{step}.done"))
        return redirect(address(request), 303)
    return _review(request, form)
