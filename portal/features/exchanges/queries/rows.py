"""The rows of a list: only the columns shown, a constant number of statements for a page."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BindParameter, Date, String, bindparam, cast, literal, null, select, union_all

from portal.features.agencies.models import Agency
from portal.features.exchanges.domain.disclosure import NAMED_ONLY
from portal.features.exchanges.domain.lifecycles import PostState
from portal.features.exchanges.domain.vocabulary import Direction, PostKind
from portal.features.exchanges.models import Post, PostLanguage, PostRelease, PostTopic, PostWindow
from portal.features.exchanges.queries.scores import fits_of_page
from portal.infra.db import db
from portal.kernel.labels import Tlp
from portal.kernel.policy import Actor

COLUMNS = (
    *(Post.id, Post.ref, Post.kind, Post.label, Post.state, Post.agency_id, Post.title, Post.title_language),
    *(Post.direction, Post.formats, Post.capacity, Post.claimed, Post.published_at),
    *(Agency.key, Agency.names, Agency.name_language, Agency.state_iso2),
)


IDS: BindParameter[int] = bindparam("ids", expanding=True)
# Built once: putting a statement together costs more than running it.
_POSTS = select(*COLUMNS).join(Agency, Agency.id == Post.agency_id).where(Post.id.in_(IDS))
_NO_WORD, _NO_LEVEL, _NO_DAY = (cast(null(), of) for of in (String(), PostLanguage.level.type, Date()))
_TOPICS, _LANGUAGES, _WINDOWS = range(3)
# The three lists of a post in one statement, each in its order: a statement costs more than its rows.
_LISTS = union_all(
    select(
        *(PostTopic.post_id, literal(_TOPICS).label("part"), PostTopic.id.label("place")),
        *(
            PostTopic.topic.label("word"),
            _NO_LEVEL.label("level"),
            _NO_DAY.label("starts_on"),
            _NO_DAY.label("ends_on"),
        ),
    ).where(PostTopic.post_id.in_(IDS)),
    select(
        *(PostLanguage.post_id, literal(_LANGUAGES), PostLanguage.id),
        *(PostLanguage.language, PostLanguage.level, _NO_DAY, _NO_DAY),
    ).where(PostLanguage.post_id.in_(IDS)),
    select(
        *(PostWindow.post_id, literal(_WINDOWS), PostWindow.id),
        *(_NO_WORD, _NO_LEVEL, PostWindow.starts_on, PostWindow.ends_on),
    ).where(PostWindow.post_id.in_(IDS)),
).order_by("starts_on", "place")
_REFS = select(Post.id, Post.ref).where(Post.id.in_(IDS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One post of a list. `bare` ones show reference, label and state only. Hashable: what is drawn of it is kept."""

    ref: str
    kind: PostKind
    label: Tlp
    state: PostState
    bare: bool
    title: str
    title_language: str
    direction: Direction | None
    formats: tuple[str, ...]
    capacity: int
    claimed: int
    published_at: datetime | None
    agency_key: str
    agency_names: tuple[tuple[str, str], ...] = ()
    """By language."""
    agency_language: str = "en"
    state_iso2: str | None = None
    topics: tuple[str, ...] = ()
    languages: tuple[tuple[str, str], ...] = ()
    windows: tuple[tuple[date, date], ...] = ()
    score: int | None = None

    @property
    def free(self) -> int:
        return self.capacity - self.claimed

    def agency_name(self, language: str) -> str:
        names = dict(self.agency_names)
        return names.get(language) or names.get(self.agency_language, "")

    def agency_said_in(self, language: str) -> str:
        return language if language in dict(self.agency_names) else self.agency_language


def rows(actor: Actor | None, kind: PostKind, ids: Sequence[int]) -> list[Row]:
    """The rows of posts that the reader may see, in the order of `ids`."""
    if not ids:
        return []
    found = {row.id: row for row in db.session.execute(_POSTS, {"ids": ids})}
    topics, languages, windows = _lists(ids)
    scores = fits_of_page(actor, kind, ids)
    bare = _bare(actor, [row for row in found.values() if row.label in NAMED_ONLY])
    return [
        _row(found[id_], id_ in bare, topics[id_], languages[id_], windows[id_], scores.get(id_))
        for id_ in ids
        if id_ in found
    ]


def refs(ids: Sequence[int]) -> dict[int, str]:
    """The references behind places of a list."""
    return dict(db.session.execute(select(Post.id, Post.ref).where(Post.id.in_(ids))).all()) if ids else {}


def _lists(ids: Sequence[int]) -> tuple[defaultdict[int, tuple[Any, ...]], ...]:
    """Topics, languages with their level, and windows, each by the id of its post."""
    found = tuple(defaultdict[int, tuple[Any, ...]](tuple) for _ in range(3))
    for id_, part, _place, word, level, starts_on, ends_on in db.session.execute(_LISTS, {"ids": ids}):
        value = word if part == _TOPICS else (word, level) if part == _LANGUAGES else (starts_on, ends_on)
        found[part][id_] += (value,)
    return found


def _bare(actor: Actor | None, named: Sequence[Any]) -> set[int]:
    """Of posts released by name only: those that this reader knows by reference alone."""
    others = [row for row in named if actor is None or row.agency_id != actor.agency_id]
    if not others or actor is None:
        return {row.id for row in others}
    mine = select(PostRelease.post_id, PostRelease.person_id).where(
        PostRelease.post_id.in_([row.id for row in others]),
        (PostRelease.agency_id == actor.agency_id) | (PostRelease.person_id == actor.person_id),
    )
    released = {(id_, person is not None) for id_, person in db.session.execute(mine)}
    return {
        row.id
        for row in others
        if (row.id, True) not in released and not (row.label != Tlp.RED and (row.id, False) in released)
    }


def _row(  # noqa: PLR0917
    of: Any,
    bare: bool,
    topics: tuple[str, ...],
    languages: tuple[tuple[str, str], ...],
    windows: tuple[tuple[date, date], ...],
    score: int | None,
) -> Row:
    known = {"ref": of.ref, "kind": of.kind, "label": of.label, "state": of.state, "bare": bare, "agency_key": ""}
    if bare:
        hidden: dict[str, Any] = {"title": "", "title_language": "", "direction": None, "formats": (), "capacity": 0}
        return Row(**known, **hidden, claimed=0, published_at=None)
    return Row(
        **known | {"agency_key": of.key},
        title=of.title,
        title_language=of.title_language,
        direction=of.direction,
        formats=tuple(of.formats),
        capacity=of.capacity,
        claimed=of.claimed,
        published_at=of.published_at,
        agency_names=tuple(of.names.items()),
        agency_language=of.name_language,
        state_iso2=of.state_iso2,
        topics=topics,
        languages=languages,
        windows=windows,
        score=score,
    )
