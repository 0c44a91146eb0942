"""Holds posts still while something larger is decided about them: no other proposal begins, no material term changes."""

from collections.abc import Collection

from sqlalchemy import update

from portal.features.exchanges.domain.lifecycles import LIVE
from portal.features.exchanges.models import Post
from portal.infra.db import db
from portal.kernel.errors import Conflict, Problem

CHUNK = 500


def hold(post_ids: Collection[int], holder: str) -> set[int]:
    """Hold the live ones of these posts that nothing else holds. Returns which.

    The lock that the UPDATE takes makes whoever proposes or revises at this moment come before it or after it.
    """
    wanted, held = sorted(post_ids), set[int]()
    for start in range(0, len(wanted), CHUNK):
        query = (
            update(Post)
            .where(Post.id.in_(wanted[start : start + CHUNK]), Post.state.in_(LIVE), Post.held_for.is_(None))
            .values(held_for=holder)
            .returning(Post.id)
            .execution_options(synchronize_session=False)
        )
        held.update(db.session.scalars(query))
    return held


def let_go(post_ids: Collection[int], holder: str) -> None:
    """Give these posts back to their agencies."""
    ids = sorted(post_ids)
    for start in range(0, len(ids), CHUNK):
        db.session.execute(
            update(Post)
            .where(Post.id.in_(ids[start : start + CHUNK]), Post.held_for == holder)
            .values(held_for=None)
            .execution_options(synchronize_session=False)
        )


def refuse_held(*posts: Post) -> None:
    """Nothing that would change what is being decided about may happen to a held post."""
    if holder := next((post.held_for for post in posts if post.held_for), None):
        raise Conflict(Problem("post_held", None, {"holder": holder}))
