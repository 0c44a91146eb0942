"""Hands in a post all at once, for callers that have every answer already."""

from datetime import datetime

from portal.features.agencies.models import Agency
from portal.features.exchanges.domain.commands import STEPS, NeedTerms, OfferTerms
from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.models import Post
from portal.features.exchanges.services.drafts import SAVED_STEPS, create_draft
from portal.features.exchanges.services.publishing import submit_post
from portal.features.exchanges.services.revision import as_typed, begin_revision, revise
from portal.kernel.policy import Actor


def submit_whole(command: OfferTerms | NeedTerms, *, agency: Agency, by: Actor, at: datetime) -> Post:
    """Begin a post with these terms and send it for approval; the same rules as for one written in steps."""
    kind = PostKind.OFFER if isinstance(command, OfferTerms) else PostKind.NEED
    post = create_draft(kind, agency, by=by, at=at, start=_as_draft(command, kind))
    return submit_post(post, by=by, at=at)


def revise_whole(
    command: OfferTerms | NeedTerms, *, post: Post, by: Actor, at: datetime, reason: str | None = None
) -> Post:
    """Publish these terms in place of the current ones."""
    begin_revision(post, by=by, at=at)
    post.draft = post.draft | _as_draft(command, post.kind)
    return revise(post, by=by, at=at, reason=reason)


def _as_draft(command: OfferTerms | NeedTerms, kind: PostKind) -> dict[str, object]:
    return as_typed(command.model_dump(mode="json")) | {SAVED_STEPS: list(STEPS[kind])}
