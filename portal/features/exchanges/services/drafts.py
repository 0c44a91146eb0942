"""Drafts: belong to the agency, keep whatever was typed, also what is not valid yet."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from portal.features.agencies.models import Agency
from portal.features.exchanges.domain.commands import STEPS
from portal.features.exchanges.domain.lifecycles import PostState
from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.models import Post
from portal.features.exchanges.services.writing import new_post
from portal.infra.db import db
from portal.infra.history import begin
from portal.kernel.contract import decode
from portal.kernel.errors import Frozen, IllegalTransition, Problem, Rejected, Stale
from portal.kernel.policy import Actor

SAVED_STEPS = "saved_steps"
BASE = "base_version"
"""Set while a revision of published terms is being typed: the version it began from."""


class DraftChanged(Stale):
    """A colleague, or another tab, saved this step after it was opened. `fields` are the ones that differ."""

    def __init__(self, fields: Iterable[str]) -> None:
        super().__init__(Problem("changed_meanwhile"))
        self.fields = tuple(fields)


def create_draft(
    kind: PostKind, agency: Agency, *, by: Actor, at: datetime, start: Mapping[str, Any] | None = None
) -> Post:
    if agency.suspended:
        raise Frozen
    post = new_post(kind, agency, at=at)
    post.author_id = by.person_id
    post.draft = dict(start or {})
    post.draft_saved_at, post.draft_saved_by = at, by.person_id
    begin(post.lifecycle, post, by=by, at=at)
    return post


def save_step(
    post: Post, step: str, typed: Mapping[str, object], *, by: Actor, at: datetime, mark: str | None = None
) -> tuple[Problem, ...]:
    """Keep what was typed in one step and say what is wrong with it. `mark` is what the person had before them."""
    refuse_unless_open(post)
    if mark is not None and (fields_changed := changed_meanwhile(post, step, typed, mark)):
        raise DraftChanged(fields_changed)
    fields = STEPS[post.kind][step].model_fields
    saved = dict.fromkeys([*post.draft.get(SAVED_STEPS, []), step])
    post.draft = post.draft | {name: _plain(typed.get(name)) for name in fields} | {SAVED_STEPS: list(saved)}
    post.draft_saved_at, post.draft_saved_by = at, by.person_id
    db.session.flush()
    return step_problems(post, step)


def refuse_unless_open(post: Post) -> None:
    """Only a draft, or a revision that was begun on the current terms, takes answers."""
    if post.frozen:
        raise Frozen
    if post.live and post.draft.get(BASE) == post.terms_version:
        return
    if post.state != PostState.DRAFT:
        raise IllegalTransition(post.lifecycle.name, "submit", post.state)


def changed_meanwhile(post: Post, step: str, typed: Mapping[str, object], mark: str) -> list[str]:
    """The fields in which what is saved differs from what was typed into a form opened before the last save."""
    return [] if mark == step_mark(post, step) else _differing(post, step, typed)


def step_problems(post: Post, step: str) -> tuple[Problem, ...]:
    """Everything that is wrong with one step as it is saved."""
    command = STEPS[post.kind][step]
    try:
        decode(command, {name: post.draft.get(name) for name in command.model_fields})
    except Rejected as refusal:
        return refusal.problems
    return ()


def saved_steps(post: Post) -> list[str]:
    return list(post.draft.get(SAVED_STEPS, []))


def step_mark(post: Post, step: str) -> str:
    """A fingerprint of what a step holds, which its form carries: an old tab is known by it."""
    stored = {name: post.draft.get(name) for name in STEPS[post.kind][step].model_fields}
    return hashlib.sha256(json.dumps(stored, sort_keys=True, default=str).encode()).hexdigest()[:16]


def _differing(post: Post, step: str, typed: Mapping[str, object]) -> list[str]:
    fields = STEPS[post.kind][step].model_fields
    return [name for name in fields if (post.draft.get(name) or None) != (_plain(typed.get(name)) or None)]


def _plain(value: object) -> Any:
    """As JSON keeps it."""
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    return str(value) if not isinstance(value, str | int | bool | list | dict | type(None)) else value
