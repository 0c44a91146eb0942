"""Drafts of requests: belong to the agency, keep whatever was typed, also what is not valid yet."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portal.features.agencies.models import Agency
from portal.features.assistance.domain.asking import MOST_LINES, STEPS, LineStep, SustainmentStep
from portal.features.assistance.domain.drafting import (
    BASE,
    CONFIRMED,
    SAVED_STEPS,
    SUSTAINMENT,
    differing,
    fingerprint,
    line_problems,
    lines_of,
    step_problems,
    stored,
    sustainment_problems,
    texts_that_look_like_cases,
)
from portal.features.assistance.domain.lifecycles import RequestState
from portal.features.assistance.domain.terms import terms_of
from portal.features.assistance.models import Request
from portal.features.assistance.services.writing import new_request
from portal.infra.db import db
from portal.infra.history import begin
from portal.kernel.errors import Frozen, IllegalTransition, Problem, Rejected
from portal.kernel.policy import Actor

FIRST_LINE: dict[str, Any] = {"kind": "equipment", "unit": "piece"}


def create_draft(agency: Agency, *, by: Actor, at: datetime, start: Mapping[str, Any] | None = None) -> Request:
    if agency.suspended:
        raise Frozen
    request = new_request(agency, at=at)
    request.author_id = by.person_id
    request.draft = dict(start or {})
    _saved(request, by, at)
    begin(request.lifecycle, request, by=by, at=at)
    return request


def copy_request(earlier: Request, agency: Agency, *, by: Actor, at: datetime) -> Request:
    """Begin a draft with the answers of an earlier request of the own agency; its dates are asked anew."""
    said = earlier.draft if earlier.state == RequestState.DRAFT else as_typed(terms_of(earlier))
    start = {name: value for name, value in said.items() if name not in {"needed_by", BASE, CONFIRMED, SAVED_STEPS}}
    start[SAVED_STEPS] = list(STEPS)
    start["lines"] = [{k: v for k, v in line.items() if k != "number"} for line in lines_of(start)]
    return create_draft(agency, by=by, at=at, start=start)


def as_typed(terms: Mapping[str, Any]) -> dict[str, Any]:
    """Terms as a person would have typed them into the forms."""
    return {name: _as_typed(value) for name, value in terms.items()}


def _as_typed(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return {name: _as_typed(one) for name, one in value.items()}
    return [_as_typed(one) for one in value] if isinstance(value, list) else value


def save_step(
    request: Request, step: str, typed: Mapping[str, object], *, by: Actor, at: datetime, confirmed: bool = False
) -> tuple[Problem, ...]:
    """Keep what was typed in one step and say what is wrong with it."""
    refuse_unless_open(request)
    request.draft = request.draft | {name: plain(typed.get(name)) for name in STEPS[step].model_fields}
    _keep(request, step, by, at, confirmed=confirmed)
    return step_problems(request.draft, step)


def save_line(
    request: Request, place: int, typed: Mapping[str, object], *, by: Actor, at: datetime, confirmed: bool = False
) -> tuple[Problem, ...]:
    """Keep one line; the one after the last is a new one. Answers to another template's questions go."""
    refuse_unless_open(request)
    lines = lines_of(request.draft)
    kept = lines[place] if place < len(lines) else {}
    line = kept | {name: plain(typed.get(name)) for name in LineStep.model_fields}
    request.draft = request.draft | {"lines": [*lines[:place], line, *lines[place + 1 :]]}
    _keep(request, "lines", by, at, confirmed=confirmed)
    return line_problems(request.draft, place)


def save_sustainment(
    request: Request, place: int, typed: Mapping[str, object], *, by: Actor, at: datetime
) -> tuple[Problem, ...]:
    refuse_unless_open(request)
    lines = lines_of(request.draft)
    line = lines[place] | {SUSTAINMENT: {name: plain(typed.get(name)) for name in SustainmentStep.model_fields}}
    request.draft = request.draft | {"lines": [*lines[:place], line, *lines[place + 1 :]]}
    _keep(request, SUSTAINMENT, by, at)
    return sustainment_problems(request.draft, place)


def add_line(request: Request, *, by: Actor, at: datetime) -> int:
    """A new line after the last; returns its place."""
    refuse_unless_open(request)
    lines = lines_of(request.draft)
    if len(lines) >= MOST_LINES:
        raise Rejected(Problem("too_many", None, {"max": MOST_LINES}))
    request.draft = request.draft | {"lines": [*lines, dict(FIRST_LINE)]}
    _saved(request, by, at)
    return len(lines)


def remove_line(request: Request, place: int, *, by: Actor, at: datetime) -> None:
    refuse_unless_open(request)
    lines = lines_of(request.draft)
    request.draft = request.draft | {"lines": [line for index, line in enumerate(lines) if index != place]}
    _saved(request, by, at)


def changed_meanwhile(
    request: Request, step: str, place: int | None, typed: Mapping[str, object], mark: str
) -> list[str]:
    """The fields that a colleague, or another tab, saved differently after this form was opened."""
    held = stored(request.draft, step, place)
    if mark == fingerprint(held):
        return []
    return differing(held, {name: plain(value) for name, value in typed.items()})


def saved_steps(request: Request) -> list[str]:
    return list(request.draft.get(SAVED_STEPS, []))


def refuse_unless_open(request: Request) -> None:
    """Only a draft, or an amendment that was begun on the current terms, takes answers."""
    if request.frozen:
        raise Frozen
    if request.state == RequestState.OPEN and request.draft.get(BASE) == request.terms_version:
        return
    if request.state != RequestState.DRAFT:
        raise IllegalTransition(request.lifecycle.name, "submit", request.state)


def plain(value: object) -> Any:
    """As JSON keeps it."""
    if isinstance(value, tuple | list):
        return [plain(v) for v in value]
    if isinstance(value, dict):
        return {name: plain(v) for name, v in value.items() if v not in (None, "")}
    return str(value) if not isinstance(value, str | int | bool | type(None)) else value


def _keep(request: Request, step: str, by: Actor, at: datetime, *, confirmed: bool = False) -> None:
    saved = list(dict.fromkeys([*saved_steps(request), step]))
    request.draft = request.draft | {SAVED_STEPS: saved}
    if confirmed:
        found = texts_that_look_like_cases(request.draft).values()
        request.draft = request.draft | {CONFIRMED: sorted({*request.draft.get(CONFIRMED, []), *found})}
    _saved(request, by, at)
    db.session.flush()


def _saved(request: Request, by: Actor, at: datetime) -> None:
    request.draft_saved_at, request.draft_saved_by = at, by.person_id
