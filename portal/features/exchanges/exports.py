"""Exports of the lists: the programme file's columns, as far as the reader may see, streamed as CSV or XLSX."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from sqlalchemy import select

from portal.features.exchanges.domain.filters import Filters, Sort
from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.models import Post
from portal.features.exchanges.programme import standing
from portal.features.exchanges.programme.cells import label_cell
from portal.features.exchanges.programme.findings import Finding
from portal.features.exchanges.programme.sheets import MOST_ROWS
from portal.features.exchanges.programme.standing import Standing
from portal.features.exchanges.programme.tables import SHAPES, TABLE_OF
from portal.features.exchanges.queries.listing import page
from portal.features.exchanges.queries.sight import exactly_visible, readable, visible
from portal.infra.db import db
from portal.infra.ranges import Place
from portal.infra.tables import as_csv, as_table
from portal.kernel.errors import Problem
from portal.kernel.labels import Tlp
from portal.kernel.policy import Actor

FIGURES = frozenset({"places", "officers", "min_days", "max_days", "band", "band_min", "band_max"})
CHUNK = 200


def columns(kind: PostKind) -> tuple[str, ...]:
    """The programme's own columns (the label is one of them), then reference and state."""
    return (*SHAPES[TABLE_OF[kind]].order, "ref", "state")


def found_ids(actor: Actor, kind: PostKind, filters: Filters, sort: Sort) -> Iterator[int]:
    """The ids of the list with its filters, page after page, no more than a programme may have."""
    return islice(_every_id(actor, kind, filters, sort), MOST_ROWS)


def _every_id(actor: Actor, kind: PostKind, filters: Filters, sort: Sort) -> Iterator[int]:
    place: Place | None = None
    while True:
        found = page(actor, kind, filters, sort, place)
        yield from found.ids
        if found.next is None:
            return
        place = found.next


def rows(actor: Actor, kind: PostKind, ids: Iterable[int]) -> Iterator[list[str]]:
    """One row of plain texts for each post that the actor may know of, each field as far as they may see it."""
    left, names = iter(ids), columns(kind)
    while chunk := list(islice(left, CHUNK)):
        known, read, exact = (
            set(db.session.scalars(select(Post.id).where(Post.id.in_(chunk), sight(actor))))
            for sight in (visible, readable, exactly_visible)
        )
        for post in standing.by_ids(id_ for id_ in chunk if id_ in known):
            cells = disclosed_cells(post, content=post.id in read, exact=post.id in exact)
            yield [cells.get(name, "") for name in names]


def disclosed_cells(post: Standing, *, content: bool, exact: bool) -> dict[str, str]:
    """Reference, label and state always; the content, and the exact site, only where the reader may see them."""
    bare = {"ref": post.ref, "state": post.state.value, "label": label_cell(post.label)}
    if not content:
        return bare
    cells = dict(post.cells) | bare | {"key": post.key, "agency": post.agency_key}
    if not exact and post.label != Tlp.CLEAR:
        cells["site"] = ""
    return cells


def as_file(form: str, kind: PostKind, found: Iterable[list[str]]) -> Iterator[bytes]:
    return as_table(form, columns(kind), found, sheet=TABLE_OF[kind].value, figures=FIGURES)


def findings_csv(found: Iterable[Finding], *, words: Callable[[Problem], str]) -> Iterator[bytes]:
    """What was found in a programme file, each line with its place."""
    names = ("kind", "file", "row", "column", "problem", "value")
    rows = (
        ["warning" if f.warning else "error", f.file, str(f.row or ""), f.column or "", words(f.problem), f.value]
        for f in found
    )
    return as_csv(names, rows)
