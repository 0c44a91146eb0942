"""Keyset pages: each page starts after the last row of the one before, so that page 1,000 costs what page 1 does."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import request, url_for
from sqlalchemy import ColumnElement, Select, and_, or_
from sqlalchemy.orm import QueryableAttribute

from portal.infra.db import db

PAGE = 20
COUNT_CAP = 1_001
"""Counting stops here: "more than 1,000" is as useful as the exact figure and costs the same at any size."""


@dataclass(frozen=True, slots=True)
class Key:
    """One column of a list's order. The last key of every list is an id, so that the order is complete."""

    column: ColumnElement[Any] | QueryableAttribute[Any]
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """One page of rows with the addresses of its neighbours, None at the ends."""

    rows: Sequence[Any]
    next_url: str | None
    previous_url: str | None


def paged(query: Select[Any], keys: Sequence[Key], *, size: int = PAGE) -> Page:
    """Run `query` (which selects the key columns last, in order) for the page that the address asks for."""
    after, before = _cursor("after", len(keys)), _cursor("before", len(keys))
    backwards = before is not None
    start = before if backwards else after
    if start is not None:
        query = query.where(_beyond(keys, start, backwards=backwards))
    order = [k.column.desc() if k.descending != backwards else k.column.asc() for k in keys]
    rows = list(db.session.execute(query.order_by(*order).limit(size + 1)).all())
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    has_next, has_previous = (True, more) if backwards else (more, start is not None)
    return Page(
        rows,
        _url("after", rows[-1], keys) if rows and has_next else None,
        _url("before", rows[0], keys) if rows and has_previous else None,
    )


def _beyond(keys: Sequence[Key], start: Sequence[Any], *, backwards: bool) -> ColumnElement[bool]:
    """Rows after `start` in the list's order; written out, because not every key runs the same way."""
    options = []
    for i, key in enumerate(keys):
        same = [earlier.column == value for earlier, value in zip(keys[:i], start[:i], strict=True)]
        down = key.descending != backwards
        options.append(and_(*same, key.column < start[i] if down else key.column > start[i]))
    first = keys[0]
    down = first.descending != backwards
    bound = first.column <= start[0] if down else first.column >= start[0]
    return and_(bound, or_(*options))  # the bound lets the index start in the right place


def _url(name: str, row: Any, keys: Sequence[Key]) -> str:
    args: dict[str, Any] = request.args.to_dict(flat=False)
    for key in ("after", "before"):
        args.pop(key, None)
    values = [_plain(v) for v in tuple(row)[-len(keys) :]]
    token = base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")
    return url_for(request.endpoint or "", **(request.view_args or {}), **(args | {name: token}))


def _cursor(name: str, length: int) -> list[Any] | None:
    """The cursor in the address; one that is not ours is ignored, as any bad query is."""
    token = request.args.get(name, "")
    if not token:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        restored = [_restored(v) for v in values]
    except (ValueError, TypeError, AttributeError, UnicodeError):
        return None
    return restored if len(restored) == length else None


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    return {"on": value.isoformat()} if isinstance(value, date) else value


def _restored(value: Any) -> Any:
    if isinstance(value, dict):
        [(kind, text)] = value.items()
        return datetime.fromisoformat(text) if kind == "at" else date.fromisoformat(text)
    if isinstance(value, bool) or not isinstance(value, int | str) or (isinstance(value, int) and abs(value) >= 2**63):
        raise TypeError(value)
    return value
