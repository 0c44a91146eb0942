"""Posts of the reader's own agency that are not published yet."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select

from portal.features.agencies.domain import AgencyStatus
from portal.features.agencies.models import Agency
from portal.features.exchanges.domain.lifecycles import PostState
from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.models import Post
from portal.features.people.models import Person
from portal.infra.db import db
from portal.kernel.policy import Actor

MOST = 20
BEFORE_PUBLICATION = (PostState.DRAFT, PostState.SUBMITTED, PostState.ENDORSING)


# Built once: putting a statement together costs more than running it.
_UNPUBLISHED = (
    select(Post.ref, Post.state, Post.title, Post.title_language, Post.draft, Post.draft_saved_at, Person.name)
    .outerjoin(Person, Person.id == Post.draft_saved_by)
    .where(Post.agency_id == bindparam("agency_id"), Post.kind == bindparam("kind"), Post.state.in_(BEFORE_PUBLICATION))
    .order_by(Post.id.desc())
    .limit(MOST)
)
_LIVE = (
    select(Post.id)
    .where(Post.agency_id == bindparam("agency_id"), Post.kind == bindparam("kind"), Post.reach > 0)
    .limit(1)
)
_STATES = select(Agency.state_iso2).where(Agency.status == AgencyStatus.VERIFIED).distinct()


def unpublished(actor: Actor, kind: PostKind) -> Sequence[Any]:
    """The latest first: ref, state, what is typed as title so far, who saved it last and when."""
    if actor.agency_id is None:
        return []
    return db.session.execute(_UNPUBLISHED, {"agency_id": actor.agency_id, "kind": kind}).all()


def saved_by(post: Post) -> str:
    """The name of who saved the draft last, for colleagues."""
    query = select(Person.name).where(Person.id == post.draft_saved_by)
    return db.session.scalar(query) or ""


def has_live_post(actor: Actor, kind: PostKind) -> bool:
    asked = {"agency_id": actor.agency_id, "kind": kind}
    return actor.agency_id is not None and db.session.scalar(_LIVE, asked) is not None


def states_taking_part() -> list[str]:
    """States with a verified agency: those worth offering as a filter."""
    return [iso2 for iso2 in db.session.scalars(_STATES) if iso2]
