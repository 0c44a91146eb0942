"""Live posts as the matching engine wants them, read as columns: one query for the posts and one for each list."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from portal.features.agencies.models import Agency
from portal.features.exchanges.domain.lifecycles import LIVE
from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.models import Post, PostLanguage, PostTopic, PostWindow
from portal.features.matches.models import FitBoard
from portal.infra.db import db
from portal.matching.source import read_topics
from portal.matching.types import Need, Offer, Topics

EnginePost = Need | Offer
MOST_KEPT = 20_000
_COLUMNS = (
    Post.id,
    Post.kind,
    Post.agency_id,
    Agency.state_iso2,
    Post.capacity,
    Post.interpreter,
    Post.min_days,
    Post.max_days,
    Post.band_min,
    Post.band_max,
    Post.clearance,
    Post.costs,
    Post.accepts_states,
    Post.excludes_states,
    Post.prefers_states,
)


@dataclass(slots=True)
class _Lists:
    """What a post has several of, by post."""

    topics: defaultdict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    languages: defaultdict[int, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    windows: defaultdict[int, list[tuple[date, date]]] = field(default_factory=lambda: defaultdict(list))


def topic_tree() -> Topics:
    return read_topics()


def key_of(post_id: int) -> str:
    """The engine's key; sorted as text it sorts as the number does."""
    return f"{post_id:012d}"


def id_of(key: str) -> int:
    return int(key)


def live_posts(kind: PostKind, *, sharing_topics_of: EnginePost | None = None) -> list[EnginePost]:
    """Live posts of a kind; with `sharing_topics_of`, only those that the rule on topics could let through."""
    chosen = [Post.kind == kind, Post.state.in_(LIVE)]
    if sharing_topics_of is not None:
        tree = topic_tree()
        related = {other for topic in sharing_topics_of.topics for other in tree.related(topic)}
        chosen.append(Post.id.in_(select(PostTopic.post_id).where(PostTopic.topic.in_(sorted(related)))))
    return _load(*chosen)


def newest_posts(kind: PostKind) -> list[EnginePost]:
    """The live posts that a process keeps in its index: all of them, up to a number that it can hold."""
    newest = select(Post.id).where(Post.kind == kind, Post.state.in_(LIVE)).order_by(Post.id.desc()).limit(MOST_KEPT)
    return _load(Post.id.in_(newest.scalar_subquery()))


def posts_by_id(ids: Iterable[int]) -> dict[int, EnginePost]:
    """Posts in whatever state, as the engine sees them."""
    return {id_of(post.key): post for post in _load(Post.id.in_(sorted(ids)))}


def board_mark() -> str | None:
    """Another one whenever fits change, so that a process knows whether what it keeps is still right."""
    return db.session.scalar(select(FitBoard.mark))


def _load(*chosen: ColumnElement[bool]) -> list[EnginePost]:
    ids: Select[Any] = select(Post.id).where(*chosen)
    lists = _Lists()
    for post_id, topic in _rows(select(PostTopic.post_id, PostTopic.topic).where(PostTopic.post_id.in_(ids))):
        lists.topics[post_id].add(topic)
    spoken = select(PostLanguage.post_id, PostLanguage.language, PostLanguage.level)
    for post_id, language, level in _rows(spoken.where(PostLanguage.post_id.in_(ids))):
        lists.languages[post_id][language] = level.value
    opening = select(PostWindow.post_id, PostWindow.starts_on, PostWindow.ends_on)
    for post_id, starts_on, ends_on in _rows(opening.where(PostWindow.post_id.in_(ids))):
        lists.windows[post_id].append((starts_on, ends_on))
    rows = _rows(select(*_COLUMNS).join(Agency, Agency.id == Post.agency_id).where(*chosen).order_by(Post.id))
    return [_engine_post(row, lists) for row in rows]


def _rows(query: Any) -> Iterable[Any]:
    return db.session.execute(query)


def _engine_post(row: Any, lists: _Lists) -> EnginePost:
    common = {
        "key": key_of(row.id),
        "agency": str(row.agency_id),
        "state": row.state_iso2,
        "topics": frozenset(lists.topics[row.id]),
        "languages": lists.languages[row.id],
        "windows": tuple(sorted(lists.windows[row.id])),
        "min_days": row.min_days,
        "max_days": row.max_days,
        "accepts_states": frozenset(row.accepts_states),
        "excludes_states": frozenset(row.excludes_states),
        "clearance": row.clearance.value,
    }
    if row.kind == PostKind.NEED:
        return Need(
            **common,
            officers=row.capacity,
            band=row.band_min,
            prefers_states=tuple(row.prefers_states),
            requires_costs=frozenset(row.costs),
        )
    return Offer(
        **common,
        places=row.capacity,
        interpreter=row.interpreter,
        band_min=row.band_min,
        band_max=row.band_max,
        covers_costs=frozenset(row.costs),
    )
