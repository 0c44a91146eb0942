"""Posts as they stand, read as columns and in bulk: for comparing with a programme and for exports."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, func, select

from portal.features.agencies.domain import AgencyStatus
from portal.features.agencies.models import Agency
from portal.features.exchanges.domain.lifecycles import LIVE, PostState
from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.models import Post, PostCounterpart, PostLanguage, PostTopic, PostWindow
from portal.features.exchanges.programme.cells import post_cells
from portal.infra.db import db
from portal.kernel.labels import Tlp

CHUNK = 500
_VALUES = (
    *("title", "title_language", "formats", "capacity", "interpreter", "min_days", "max_days", "band_min", "band_max"),
    *("accepts_states", "excludes_states", "prefers_states", "clearance", "costs", "site", "label"),
)
_COLUMNS = (
    Post.id,
    Post.ref,
    Post.imported_key,
    Post.kind,
    Post.state,
    Post.claimed,
    Post.version,
    Post.held_for,
    Agency.key.label("agency_key"),
    Agency.status.label("agency_status"),
    *(getattr(Post, name) for name in _VALUES),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """One post, with its cells as a programme file would have them."""

    id: int
    ref: str
    imported_key: str | None
    kind: PostKind
    state: PostState
    label: Tlp
    claimed: int
    version: int
    held_for: str | None
    agency_key: str
    agency_suspended: bool
    cells: Mapping[str, str] = field(hash=False)

    @property
    def key(self) -> str:
        """What stands in the column `key`."""
        return self.imported_key or self.ref

    @property
    def live(self) -> bool:
        return self.state in LIVE


def by_ids(ids: Iterable[int]) -> Iterator[Standing]:
    """In the order of `ids`; four statements for each chunk, however long the list is."""
    left = iter(ids)
    while chunk := list(islice(left, CHUNK)):
        rows = {row.id: row for row in _rows(Post.id.in_(chunk))}
        lists = _lists(chunk)
        yield from (_standing(rows[id_], lists[id_]) for id_ in chunk if id_ in rows)


def imported(kind: PostKind) -> dict[str, Standing]:
    """Every post of a kind that came with a programme, by its key there."""
    ids = db.session.scalars(select(Post.id).where(Post.kind == kind, Post.imported_key.is_not(None)).order_by(Post.id))
    return {one.key: one for one in by_ids(ids.all())}


def published_by_reference(kind: PostKind, refs: Iterable[str]) -> dict[str, Standing]:
    """Posts behind references, as far as the secretariat may know what they say."""
    found: dict[str, Standing] = {}
    left = iter(refs)
    while chunk := list(islice(left, CHUNK)):
        readable = Post.label.in_([Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER])
        query = select(Post.id).where(Post.kind == kind, Post.ref.in_(chunk), Post.published_at.is_not(None), readable)
        found |= {one.ref: one for one in by_ids(db.session.scalars(query).all())}
    return found


def withheld_references(kind: PostKind, refs: Iterable[str]) -> set[str]:
    """Those of the references that belong to a published post, whatever its label."""
    known: set[str] = set()
    left = iter(refs)
    while chunk := list(islice(left, CHUNK)):
        query = select(Post.ref).where(Post.kind == kind, Post.ref.in_(chunk), Post.published_at.is_not(None))
        known |= set(db.session.scalars(query))
    return known


def under_negotiation(ids: Iterable[int]) -> set[int]:
    """Those of the posts that have a live proposal."""
    busy: set[int] = set()
    left = iter(ids)
    while chunk := list(islice(left, CHUNK)):
        query = (
            select(PostCounterpart.post_id)
            .where(PostCounterpart.post_id.in_(chunk))
            .group_by(PostCounterpart.post_id)
            .having(func.sum(PostCounterpart.live) > 0)
        )
        busy |= set(db.session.scalars(query))
    return busy


def _rows(where: ColumnElement[bool]) -> Iterable[Any]:
    return db.session.execute(select(*_COLUMNS).join(Agency, Agency.id == Post.agency_id).where(where))


def _lists(ids: list[int]) -> Mapping[int, dict[str, list[Any]]]:
    found: defaultdict[int, dict[str, list[Any]]] = defaultdict(lambda: {"topics": [], "languages": [], "windows": []})
    topics = select(PostTopic.post_id, PostTopic.topic).where(PostTopic.post_id.in_(ids)).order_by(PostTopic.id)
    for post_id, topic in db.session.execute(topics):
        found[post_id]["topics"].append(topic)
    spoken = select(PostLanguage.post_id, PostLanguage.language, PostLanguage.level)
    for post_id, *pair in db.session.execute(
        spoken.where(PostLanguage.post_id.in_(ids)).order_by(PostLanguage.language)
    ):
        found[post_id]["languages"].append(tuple(pair))
    windows = select(PostWindow.post_id, PostWindow.starts_on, PostWindow.ends_on).where(PostWindow.post_id.in_(ids))
    for post_id, *days in db.session.execute(windows.order_by(PostWindow.starts_on, PostWindow.ends_on)):
        found[post_id]["windows"].append(tuple(days))
    return found


def _standing(row: Any, lists: Mapping[str, list[Any]]) -> Standing:
    values = {name: getattr(row, name) for name in _VALUES} | dict(lists)
    return Standing(
        id=row.id,
        ref=row.ref,
        imported_key=row.imported_key,
        kind=row.kind,
        state=row.state,
        label=row.label,
        claimed=row.claimed,
        version=row.version,
        held_for=row.held_for,
        agency_key=row.agency_key,
        agency_suspended=row.agency_status == AgencyStatus.SUSPENDED,
        cells=post_cells(row.kind, values),
    )
