"""When enrolment ends: holds the posts, and counts what each brings beyond what is on the table elsewhere."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.features.exchanges.domain.disclosure import NAMED_ONLY
from portal.features.exchanges.models import Post
from portal.features.exchanges.services import hold, let_go
from portal.features.rounds.domain.vocabulary import LeftOut
from portal.features.rounds.models import Enrolment, Round
from portal.features.rounds.queries.enrolled import asked_for
from portal.infra.db import db


def freeze(round_: Round) -> int:
    """Hold every enrolled post that can take part, and say of each other one why it cannot. Returns how many take part.

    Officers of proposals that are open already stay set aside: they may still be agreed while the round is matched.
    """
    places = db.session.scalars(
        select(Enrolment).where(Enrolment.round_id == round_.id, Enrolment.active).order_by(Enrolment.post_id)
    ).all()
    ids = [place.post_id for place in places]
    held = hold(ids, round_.ref)
    posts = {post.id: post for post in _fresh(ids)}
    asked = asked_for(ids)
    for place in places:
        free = posts[place.post_id].free - asked.get(place.post_id, 0)
        place.left_out = _why_not(posts[place.post_id], free, held=place.post_id in held)
        place.brings = None if place.left_out else free
        place.active = place.left_out is None
    let_go([place.post_id for place in places if place.left_out], round_.ref)
    db.session.flush()
    return sum(place.active for place in places)


def _fresh(ids: list[int]) -> list[Post]:
    query = select(Post).where(Post.id.in_(ids)).options(joinedload(Post.agency))
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def _why_not(post: Post, free: int, *, held: bool) -> LeftOut | None:
    if not post.live:
        return LeftOut.ENDED
    if not held:
        return LeftOut.HELD
    if post.label in NAMED_ONLY:
        return LeftOut.TOO_CLOSED
    return LeftOut.NOTHING_FREE if free <= 0 else None
