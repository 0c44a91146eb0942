"""From a draft to a published post: handed in, seen by a second pair of eyes, endorsed where the State wants it."""

from datetime import datetime

from portal.features.exchanges.domain.commands import TERMS, NeedTerms, OfferTerms, past_windows
from portal.features.exchanges.models import Post
from portal.features.exchanges.queries.approvers import others_may_approve
from portal.features.exchanges.services.finding import index_words
from portal.features.exchanges.services.writing import write_terms, write_version
from portal.infra.history import advance
from portal.kernel.contract import decode
from portal.kernel.errors import Frozen, Problem, Rejected
from portal.kernel.policy import Actor


def submit_post(post: Post, *, by: Actor, at: datetime, reason: str | None = None) -> Post:
    """Check everything the draft says and hand it to the approver; or refuse with every problem of every step."""
    if post.frozen:
        raise Frozen
    post.lifecycle.step(post.state, "submit")
    write_terms(post, checked(post, at=at))
    post.submitted_by = by.person_id
    post.returned_at = None
    wrote = {post.author_id, post.submitted_by, post.draft_saved_by} - {None}
    post.without_second_approver = not others_may_approve(post.agency_id, wrote, at=at)
    advance(post.lifecycle, post, "submit", by=by, at=at, reason=reason)
    return post


def checked(post: Post, *, at: datetime) -> OfferTerms | NeedTerms:
    """The draft as checked terms, with no day that is over already."""
    typed = {name: value for name, value in post.draft.items() if name in TERMS[post.kind].model_fields}
    terms = decode(TERMS[post.kind], typed)
    if over := tuple(past_windows(terms.windows, at.date())):
        raise Rejected(*over)
    return terms


def publish(post: Post, *, by: Actor, at: datetime, reason: str | None = None) -> Post:
    """The approver's act: publishes, or passes on to the coordinator where the State switched that on."""
    if post.endorsement_needed:
        advance(post.lifecycle, post, "approve", by=by, at=at, reason=reason)
        return post
    return _make_public(post, "publish", by=by, at=at, reason=reason)


def endorse(post: Post, *, by: Actor, at: datetime, reason: str | None = None) -> Post:
    return _make_public(post, "endorse", by=by, at=at, reason=reason)


def return_post(post: Post, *, by: Actor, at: datetime, reason: str | None = None) -> Post:
    """Back to the authors, with what is to be mended."""
    post.returned_at = at
    advance(post.lifecycle, post, "return", by=by, at=at, reason=reason)
    return post


def _make_public(post: Post, step: str, *, by: Actor, at: datetime, reason: str | None) -> Post:
    """Everything others will see is in place before the step is announced."""
    if post.last_day and post.last_day < at.date():
        raise Rejected(Problem("all_windows_over"))
    post.published_at = at
    version = write_version(post, at=at)
    index_words(post)
    advance(post.lifecycle, post, step, by=by, at=at, reason=reason, details={"version": version.number})
    post.draft = {}
    return post
