"""Single posts, with everything a page or a service needs of them."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from portal.features.agencies.models import Agency
from portal.features.exchanges.domain.disclosure import Seen
from portal.features.exchanges.domain.lifecycles import LIVE
from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.models import Fit, Post, PostCounterpart, PostRelease, PostTerms
from portal.features.exchanges.queries.sight import visible
from portal.features.people.models import Person
from portal.infra.db import db, first
from portal.kernel.policy import Actor
from portal.kernel.reference import parse_reference


def loaded(query: Select[Any]) -> Select[Any]:
    """With agency, State, topics, languages and windows: what services and pages touch."""
    return query.options(
        joinedload(Post.agency).joinedload(Agency.state),
        selectinload(Post.topics),
        selectinload(Post.languages),
        selectinload(Post.windows),
    )


def by_id(post_id: int) -> Post | None:
    """For services that already decided who may see it."""
    return first(loaded(select(Post).where(Post.id == post_id)))


def find(actor: Actor | None, ref: str, kind: PostKind | None = None) -> Post | None:
    """The post behind a reference if the actor may know of it, with how they are connected to it."""
    known = parse_reference(ref)
    if known is None:
        return None
    query = select(Post).where(Post.ref == known, visible(actor))
    post = first(loaded(query if kind is None else query.where(Post.kind == kind)))
    return with_seen(post, actor) if post else None


def loader(kind: PostKind) -> Callable[..., Post | None]:
    """Finds the post of an address if this reader may know of it."""

    def load(actor: Actor | None, ref: str, **_rest: Any) -> Post | None:
        return find(actor, ref, kind)

    return load


def with_seen(post: Post, actor: Actor | None) -> Post:
    """Tell the post how the actor is connected to it, for the rules that ask."""
    if actor is not None:
        post.seen = _seen(post, actor)
    return post


def terms_versions(post_id: int) -> Sequence[PostTerms]:
    """Newest first."""
    query = select(PostTerms).where(PostTerms.post_id == post_id).order_by(PostTerms.number.desc())
    return db.session.scalars(query).all()


def released_to(post_id: int) -> Sequence[Any]:
    """The agencies (key) and people (name) to whom a post was released, in order."""
    query = (
        select(Agency.key, Person.name, PostRelease.at)
        .select_from(PostRelease)
        .outerjoin(Agency, Agency.id == PostRelease.agency_id)
        .outerjoin(Person, Person.id == PostRelease.person_id)
        .where(PostRelease.post_id == post_id)
        .order_by(PostRelease.id)
    )
    return db.session.execute(query).all()


def _seen(post: Post, actor: Actor) -> Seen:
    counterpart = select(PostCounterpart.live, PostCounterpart.agreed).where(
        PostCounterpart.post_id == post.id, PostCounterpart.agency_id == actor.agency_id
    )
    live, agreed = db.session.execute(counterpart).first() or (0, 0)
    to_agency, to_person = db.session.execute(
        select(func.count(PostRelease.agency_id), func.count(PostRelease.person_id)).where(
            PostRelease.post_id == post.id,
            or_(PostRelease.agency_id == actor.agency_id, PostRelease.person_id == actor.person_id),
        )
    ).one()
    return Seen(
        fits=actor.agency_id is not None and _fits(post, actor.agency_id),
        live=live > 0,
        agreed=agreed > 0,
        released_to_agency=to_agency > 0,
        released_to_person=to_person > 0,
    )


def _fits(post: Post, agency_id: int) -> bool:
    own = aliased(Post)
    mine, theirs = (Fit.need_id, Fit.offer_id) if post.kind == PostKind.OFFER else (Fit.offer_id, Fit.need_id)
    query = (
        select(Fit.id)
        .join(own, own.id == mine)
        .where(theirs == post.id, own.agency_id == agency_id, own.state.in_(LIVE))
        .limit(1)
    )
    return db.session.scalar(query) is not None
