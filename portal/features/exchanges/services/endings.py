"""The end of a post, and its release by name above AMBER."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.features.agencies.domain import AgencyStatus
from portal.features.agencies.models import Agency
from portal.features.exchanges.domain.commands import ReleasePost
from portal.features.exchanges.domain.disclosure import NAMED_ONLY
from portal.features.exchanges.domain.lifecycles import LIVE
from portal.features.exchanges.models import Post, PostRelease
from portal.features.exchanges.services.finding import forget_words
from portal.features.people.models import Person
from portal.infra.db import db
from portal.infra.history import advance, note
from portal.kernel.errors import Frozen, Problem, Rejected
from portal.kernel.labels import Tlp
from portal.kernel.policy import SYSTEM, Actor

AT_ONCE = 200


def withdraw(post: Post, *, by: Actor, at: datetime, reason: str | None = None) -> Post:
    """Take the post back. Whoever listens withdraws its open proposals; confirmed exchanges stay."""
    advance(post.lifecycle, post, "withdraw", by=by, at=at, reason=reason)
    return _put_away(post)


def close(post: Post, *, by: Actor, at: datetime, reason: str | None = None) -> Post:
    """All exchanges of the post are over, or nothing more is wanted."""
    advance(post.lifecycle, post, "close", by=by, at=at, reason=reason)
    return _put_away(post)


def expire_due(*, at: datetime) -> int:
    """For the portal's clock: ends posts whose last window is over. Returns how many; call again until it is none."""
    query = (
        select(Post)
        .where(Post.state.in_(LIVE), Post.last_day < at.date())
        .options(joinedload(Post.agency))
        .order_by(Post.last_day)
        .limit(AT_ONCE)
    )
    due = db.session.scalars(query).all()
    for post in due:
        advance(post.lifecycle, post, "expire", by=SYSTEM, at=at)
        _put_away(post)
    return len(due)


def release(command: ReleasePost, *, post: Post, by: Actor, at: datetime) -> PostRelease:
    """Release to whoever was typed: an address names a person, anything else an agency."""
    if "@" in command.to:
        person_id = db.session.scalar(select(Person.id).where(Person.email == command.to.strip().lower()))
        if person_id is None:
            raise Rejected(Problem("unknown_person", "to"))
        return release_to_person(post, person_id, by=by, at=at)
    agency = select(Agency.id).where(Agency.key == command.to.upper(), Agency.status == AgencyStatus.VERIFIED)
    agency_id = db.session.scalar(agency)
    if agency_id is None:
        raise Rejected(Problem("unknown_agency", "to"))
    return release_to_agency(post, agency_id, by=by, at=at)


def release_to_agency(post: Post, agency_id: int, *, by: Actor, at: datetime) -> PostRelease:
    """Let a named agency see an AMBER+STRICT post. RED ones are released to people only."""
    if post.label == Tlp.RED:
        raise Rejected(Problem("release_to_people_only", "to"))
    if agency_id == post.agency_id:
        raise Rejected(Problem("own_agency", "to"))
    return _release(post, by=by, at=at, agency_id=agency_id)


def release_to_person(post: Post, person_id: int, *, by: Actor, at: datetime) -> PostRelease:
    return _release(post, by=by, at=at, person_id=person_id)


def _release(
    post: Post, *, by: Actor, at: datetime, agency_id: int | None = None, person_id: int | None = None
) -> PostRelease:
    if post.frozen:
        raise Frozen
    if post.label not in NAMED_ONLY:
        raise Rejected(Problem("release_not_needed"))
    known = select(PostRelease).filter_by(post_id=post.id, agency_id=agency_id, person_id=person_id)
    if found := db.session.scalars(known).first():
        return found
    release = PostRelease(post_id=post.id, agency_id=agency_id, person_id=person_id, released_by=by.person_id, at=at)
    db.session.add(release)
    note(post.lifecycle, post, "release", by=by, at=at)
    return release


def _put_away(post: Post) -> Post:
    forget_words(post)
    post.draft = {}
    return post
