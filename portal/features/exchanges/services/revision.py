"""Changes published terms: typed in the same steps, then published at once as a new version."""

from datetime import datetime
from typing import Any

from sqlalchemy import update

from portal.features.exchanges.domain.commands import STEPS
from portal.features.exchanges.domain.terms import MATERIAL, changed_fields, terms_of
from portal.features.exchanges.models import Post
from portal.features.exchanges.services.claims import count_field, follow_claims, refresh_columns
from portal.features.exchanges.services.drafts import BASE, SAVED_STEPS
from portal.features.exchanges.services.finding import index_words
from portal.features.exchanges.services.holding import refuse_held
from portal.features.exchanges.services.publishing import checked
from portal.features.exchanges.services.writing import write_terms, write_version
from portal.infra.db import db
from portal.infra.history import advance
from portal.kernel.errors import Frozen, IllegalTransition, Problem, Rejected, Stale
from portal.kernel.policy import Actor


def begin_revision(post: Post, *, by: Actor, at: datetime) -> Post:
    """Open the steps for the published terms; a revision somebody already began is continued."""
    if post.frozen:
        raise Frozen
    if not post.live:
        raise IllegalTransition(post.lifecycle.name, "revise", post.state)
    if post.draft.get(BASE) != post.terms_version:
        post.draft = as_typed(terms_of(post)) | {BASE: post.terms_version, SAVED_STEPS: list(STEPS[post.kind])}
        post.draft_saved_at, post.draft_saved_by = at, by.person_id
    return post


def discard_revision(post: Post, *, by: Actor, at: datetime) -> Post:
    """Leave the published terms as they are."""
    if post.live:
        post.draft = {}
        post.draft_saved_at, post.draft_saved_by = at, by.person_id
    return post


def revise(post: Post, *, by: Actor, at: datetime, reason: str | None = None) -> Post:
    """Publish the changed terms as the next version. Never less than what is claimed already."""
    if post.frozen:
        raise Frozen
    if not post.live:
        raise IllegalTransition(post.lifecycle.name, "revise", post.state)
    if post.draft.get(BASE) != post.terms_version:
        raise Stale(Problem("changed_meanwhile"))
    write_next_version(post, checked(post, at=at), by=by, at=at, reason=reason)
    post.draft = {}
    return post


def write_next_version(
    post: Post, terms: Any, *, by: Actor, at: datetime, reason: str | None = None, more: dict[str, Any] | None = None
) -> None:
    """Publish checked terms as the next version; `terms` may be anything with the fields of the command."""
    before = terms_of(post)
    _make_room(post, getattr(terms, count_field(post)))
    write_terms(post, terms)
    db.session.flush()
    if not (changed := changed_fields(before, terms_of(post))):
        raise Rejected(Problem("nothing_changed"))
    if MATERIAL.intersection(changed):
        refuse_held(post)
    version = write_version(post, at=at)
    index_words(post)
    details = {"version": version.number, "changed": changed, **(more or {})}
    advance(post.lifecycle, post, "revise", by=by, at=at, reason=reason, details=details)
    db.session.flush()
    follow_claims(post, at=at)


def as_typed(terms: dict[str, Any]) -> dict[str, Any]:
    """Terms as a person would have typed them into the form."""
    return {name: ("yes" if value else "no") if isinstance(value, bool) else value for name, value in terms.items()}


def _make_room(post: Post, capacity: int) -> None:
    """Set the new capacity first, guarded against claims that come in at the same moment."""
    db.session.flush()
    made = db.session.scalar(
        update(Post)
        .where(Post.id == post.id, Post.claimed <= capacity)
        .values(capacity=capacity)
        .returning(Post.id)
        .execution_options(synchronize_session=False)
    )
    refresh_columns(post)
    if made is None:
        raise Rejected(Problem("below_claimed", count_field(post), {"claimed": post.claimed}))
