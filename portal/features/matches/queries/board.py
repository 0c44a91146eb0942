"""Live posts in the engine's index, kept by each process until fits change: for near misses and single changes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select

from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.models import Post
from portal.features.exchanges.queries.sight import readable
from portal.features.matches.queries.programme import board_mark, id_of, key_of, newest_posts, posts_by_id, topic_tree
from portal.infra.db import db
from portal.kernel.policy import Actor
from portal.matching.changes import Change, single_changes
from portal.matching.index import Index, of_needs, of_offers
from portal.matching.types import NearMiss, Need, Offer

CHUNK = 200


@dataclass(frozen=True, slots=True)
class Board:
    """The index of each kind, as of one mark."""

    mark: str | None
    offers: Index[Offer, Need]
    needs: Index[Need, Offer]


_kept: WeakKeyDictionary[Engine, Board] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Misses:
    """One page of posts that break exactly one rule: (post id, rule); and where its neighbours start."""

    rows: Sequence[NearMiss]
    after: int | None
    before: int | None


def near_misses(actor: Actor, post: Post, *, start: int = 0, size: int = 20) -> Misses:
    """Posts that the actor may read and that break exactly one rule together with this one, by rule.

    `start` is a place in the whole list, so that a page looks at no more of it than it needs.
    """
    every = _near(post)
    start = min(max(start, 0), len(every))
    shown = list(islice(_readable(actor, range(start, len(every)), every), size + 1))
    back = list(islice(_readable(actor, range(start - 1, -1, -1), every), size))
    return Misses(
        rows=[every[place] for place in shown[:size]],
        after=shown[size] if len(shown) > size else None,
        before=back[-1] if back else None,
    )


def best_changes(actor: Actor, need: Post) -> list[Change]:
    """For a need without a fit: what it could change, the change that opens most readable offers first."""
    every = _near(need)
    offers = board().offers
    seen = (offers[every[place].key] for place in _readable(actor, range(len(every)), every))
    mine = posts_by_id([need.id])[need.id]
    return single_changes(mine, seen, topic_tree()) if isinstance(mine, Need) else []


def board() -> Board:
    mark = board_mark()
    kept = _kept.get(db.engine)
    if kept is None or mark is None or kept.mark != mark:
        offers: Iterable[Any] = newest_posts(PostKind.OFFER)
        needs: Iterable[Any] = newest_posts(PostKind.NEED)
        kept = _kept[db.engine] = Board(mark, of_offers(offers, topic_tree()), of_needs(needs, topic_tree()))
    return kept


def _near(post: Post) -> list[NearMiss]:
    mine = posts_by_id([post.id])[post.id]
    if isinstance(mine, Need):
        return board().offers.near_misses(mine)
    return board().needs.near_misses(mine)


def _readable(actor: Actor, places: range, every: Sequence[NearMiss]) -> Iterator[int]:
    """The places that the actor may read, in order, asked of the database a few at a time."""
    left = iter(places)
    while chunk := list(islice(left, CHUNK)):
        ids = [id_of(every[place].key) for place in chunk]
        seen = {key_of(found) for found in db.session.scalars(select(Post.id).where(Post.id.in_(ids), readable(actor)))}
        yield from (place for place in chunk if every[place].key in seen)
