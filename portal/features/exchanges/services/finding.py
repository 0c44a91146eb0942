"""Keeps the words and qualities by which live posts are found in step with the posts."""

from typing import Any

from sqlalchemy import delete, insert

from portal.features.exchanges.domain.finding import REACH, terms_for
from portal.features.exchanges.models import Post, PostTerm
from portal.infra.db import db


def index_words(*posts: Post) -> None:
    """Write what posts are found by, in place of what was there. Needs their lists and agencies; flushes them."""
    db.session.flush()
    db.session.execute(delete(PostTerm).where(PostTerm.post_id.in_([post.id for post in posts])))
    if rows := [row for post in posts for row in _rows(post)]:
        db.session.execute(insert(PostTerm), rows)


def _rows(post: Post) -> list[dict[str, Any]]:
    common = {
        "post_id": post.id,
        "kind": post.kind,
        "reach": REACH[post.label],
        "published_at": post.published_at,
        "first_day": post.first_day,
    }
    return [common | {"term": term[:60]} for term in sorted(terms_for(post, agency=post.agency))]


def forget_words(post: Post) -> None:
    db.session.execute(delete(PostTerm).where(PostTerm.post_id == post.id))
