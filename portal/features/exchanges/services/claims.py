"""Takes and returns places (of an offer) and officers (of a need): one guarded UPDATE decides who was first."""

from datetime import datetime

from sqlalchemy import inspect, update

from portal.features.exchanges.domain.lifecycles import LIVE, PostState
from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.models import Post
from portal.infra.db import db
from portal.infra.history import advance
from portal.kernel.errors import NothingLeft
from portal.kernel.policy import SYSTEM


def claim(post: Post, n: int, *, at: datetime) -> None:
    """Take `n`, or refuse with `NothingLeft`. The lock that the UPDATE takes holds until the transaction ends."""
    db.session.flush()
    taken = db.session.scalar(
        update(Post)
        .where(Post.id == post.id, Post.claimed + n <= Post.capacity, Post.state.in_(LIVE))
        .values(claimed=Post.claimed + n)
        .returning(Post.id)
        .execution_options(synchronize_session=False)
    )
    refresh_columns(post)
    if taken is None:
        raise NothingLeft(field=count_field(post), remaining=post.free if post.live else 0)
    follow_claims(post, at=at)


def give_back(post: Post, n: int, *, at: datetime) -> None:
    """Return `n` that were claimed. Never below zero: then the caller's books are wrong, and nothing is written."""
    db.session.flush()
    returned = db.session.scalar(
        update(Post)
        .where(Post.id == post.id, Post.claimed >= n)
        .values(claimed=Post.claimed - n)
        .returning(Post.id)
        .execution_options(synchronize_session=False)
    )
    refresh_columns(post)
    if returned is None:
        raise ValueError(f"{post.ref}: {n} given back, but only {post.claimed} are claimed")
    follow_claims(post, at=at)


def follow_claims(post: Post, *, at: datetime) -> None:
    """Let the state follow the figures: full or open again, matched in part or wholly."""
    step = _step_for_offer(post) if post.kind == PostKind.OFFER else _step_for_need(post)
    if step and post.live:
        advance(post.lifecycle, post, step, by=SYSTEM, at=at, details={"claimed": post.claimed})


def count_field(post: Post) -> str:
    """How the command of this kind of post calls its capacity."""
    return "places" if post.kind == PostKind.OFFER else "officers"


def refresh_columns(post: Post) -> None:
    """Read the row again, now that this transaction holds it: others may have moved it while we waited."""
    db.session.refresh(post, attribute_names=[c.key for c in inspect(Post).column_attrs])


def _step_for_offer(post: Post) -> str | None:
    if post.state == PostState.PUBLISHED and post.free == 0:
        return "fill"
    return "reopen" if post.state == PostState.FULL and post.free else None


def _step_for_need(post: Post) -> str | None:
    if post.claimed == 0:
        wanted, step = PostState.PUBLISHED, "reopen"
    elif post.free:
        wanted, step = PostState.PARTLY_MATCHED, "match_partly"
    else:
        wanted, step = PostState.MATCHED, "match"
    return step if post.state != wanted else None
