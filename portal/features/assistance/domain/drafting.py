"""What is wrong with a draft, step by step: the same rules as for the whole, on what is typed so far."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from portal.features.assistance.domain.asking import (
    FLAT,
    STEPS,
    TEXTS,
    TEXTS_OF_LINE,
    LineStep,
    RequestTerms,
    SustainmentStep,
    WhoStep,
    legal_basis_problems,
    past_needed_by,
)
from portal.features.assistance.domain.vocabulary import LineKind
from portal.kernel.casedata import signs
from portal.kernel.contract import Command, decode
from portal.kernel.errors import Problem, Rejected

CONFIRMED = "confirmed"
"""Fingerprints of texts that the writer looked at again: never the texts themselves."""
SAVED_STEPS = "saved_steps"
BASE = "base_version"
"""Set while an amendment is being typed: the version it began from."""
SUSTAINMENT = "sustainment"


def lines_of(draft: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list(draft.get("lines") or [])


def wanting_sustainment(draft: Mapping[str, Any]) -> list[int]:
    """The places of lines of equipment."""
    return [place for place, line in enumerate(lines_of(draft)) if line.get("kind") == LineKind.EQUIPMENT]


def fingerprint(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:16]


def step_problems(draft: Mapping[str, Any], step: str, *, today: date | None = None) -> tuple[Problem, ...]:
    """Everything wrong with a step as it is saved; of lines and sustainment, with all of them together.

    With `today`, also a day that is over. What another step decides about this one is said here as well, so that
    nobody hears of it only at the end.
    """
    if step == "lines":
        of_lines = [p for place in range(len(lines_of(draft))) for p in line_problems(draft, place)]
        return tuple(of_lines) if lines_of(draft) else (Problem("line_first", "lines"),)
    if step == SUSTAINMENT:
        return tuple(p for place in wanting_sustainment(draft) for p in sustainment_problems(draft, place))
    command = STEPS[step]
    found = _decoded(command, draft)
    if step == "who" and today is not None and not found:
        found = tuple(past_needed_by(decode(WhoStep, _answers(WhoStep, draft)).needed_by, today))
    if step == "safeguards" and not draft.get("data_protection_basis"):
        found = (*found, *legal_basis_problems(line.get("category") for line in lines_of(draft)))
    return (*found, *unconfirmed(draft, draft, [n for n in TEXTS if n in command.model_fields], ""))


def line_problems(draft: Mapping[str, Any], place: int) -> tuple[Problem, ...]:
    """Of one line; their fields begin with `lines-<place>-`."""
    line, before = lines_of(draft)[place], f"lines-{place}-"
    found = [Problem(p.code, f"{before}{p.field}", p.params) for p in _decoded(LineStep, line)]
    return (*found, *unconfirmed(draft, line, TEXTS_OF_LINE, before))


def sustainment_problems(draft: Mapping[str, Any], place: int) -> tuple[Problem, ...]:
    answers = lines_of(draft)[place].get(SUSTAINMENT)
    before = f"lines-{place}-{SUSTAINMENT}"
    if not answers:
        return (Problem("sustainment_needed", before),)
    return tuple(Problem(p.code, f"{before}-{p.field}", p.params) for p in _decoded(SustainmentStep, answers))


def _answers(command: type[Command], typed: Mapping[str, Any]) -> dict[str, Any]:
    return {name: typed.get(name) for name in command.model_fields}


def _decoded(command: type[Command], typed: Mapping[str, Any]) -> tuple[Problem, ...]:
    try:
        decode(command, _answers(command, typed))
    except Rejected as refusal:
        return refusal.problems
    return ()


def stored(draft: Mapping[str, Any], step: str, place: int | None) -> dict[str, Any]:
    """What the draft holds of one step; of those asked for each line, of the line at this place."""
    at: Mapping[str, Any] = draft if place is None else dict(enumerate(lines_of(draft))).get(place, {})
    if step == SUSTAINMENT:
        at = at.get(SUSTAINMENT) or {}
    return {name: at.get(name) for name in STEPS[step].model_fields}


def differing(before: Mapping[str, Any], typed: Mapping[str, Any]) -> list[str]:
    """The fields in which what is saved differs from what was typed."""
    return [name for name in before if (before[name] or None) != (typed.get(name) or None)]


def unconfirmed(
    draft: Mapping[str, Any], typed: Mapping[str, Any], names: Sequence[str], before: str
) -> Iterator[Problem]:
    """Texts that look like case data and were not looked at again since they were written."""
    confirmed = set(draft.get(CONFIRMED) or ())
    for name in names:
        text = typed.get(name)
        if isinstance(text, str) and signs(text) and fingerprint(text) not in confirmed:
            yield Problem("looks_like_case_data", f"{before}{name}")


def whole(draft: Mapping[str, Any]) -> dict[str, object]:
    """A draft as the whole command takes it."""
    flat = {name: draft.get(name) for step in FLAT for name in STEPS[step].model_fields}
    lines = []
    for line in lines_of(draft):
        given = {name: value for name, value in line.items() if value not in (None, "", [])}
        if given.get("kind") != LineKind.EQUIPMENT:
            given.pop(SUSTAINMENT, None)
        elif given.get(SUSTAINMENT):
            given[SUSTAINMENT] = {k: v for k, v in given[SUSTAINMENT].items() if v not in (None, "")}
        lines.append(given)
    return flat | {"lines": lines}


def problems(draft: Mapping[str, Any], *, today: date) -> list[Problem]:
    """Everything that stands in the way of handing the draft in; the joint rules once each step is right."""
    found = [problem for step in STEPS for problem in step_problems(draft, step, today=today)]
    if found:
        return found
    try:
        decode(RequestTerms, whole(draft))
    except Rejected as refusal:
        return list(refusal.problems)
    return []


def texts_that_look_like_cases(draft: Mapping[str, Any]) -> dict[str, str]:
    """By field the fingerprint of each such text in the draft, confirmed or not."""
    found = {name: draft.get(name) for name in TEXTS}
    for place, line in enumerate(lines_of(draft)):
        found |= {f"lines-{place}-{name}": line.get(name) for name in TEXTS_OF_LINE}
    return {name: fingerprint(text) for name, text in found.items() if isinstance(text, str) and signs(text)}
