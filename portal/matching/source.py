"""A programme read from a folder of three CSV files or from one JSON file, or refused with one clear sentence."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NoReturn

from portal.matching.fields import BadSource, Row, shown
from portal.matching.types import BANDS, CLEARANCES, COSTS, Need, Offer, Topics

TOPICS_FILE = Path(__file__).parent.parent / "data" / "topics.csv"

TABLES: Mapping[str, tuple[str, ...]] = {
    "agencies": ("key", "state"),
    "needs": (
        *("key", "agency", "topics", "officers", "languages", "windows", "min_days", "max_days", "band"),
        *("accepts_states", "excludes_states", "prefers_states", "clearance", "requires_costs"),
    ),
    "offers": (
        *("key", "agency", "topics", "places", "languages", "interpreter", "windows", "min_days", "max_days"),
        *("band_min", "band_max", "accepts_states", "excludes_states", "clearance", "covers_costs"),
    ),
}
"""Tables and the columns that the engine reads; other columns are left alone."""


@dataclass(frozen=True, slots=True)
class Programme:
    """What one round matches."""

    needs: tuple[Need, ...]
    offers: tuple[Offer, ...]
    topics: Topics


@cache
def read_topics(path: Path = TOPICS_FILE) -> Topics:
    """Return the tree of topics of the portal."""
    return Topics({row["key"]: row["parent_key"] or None for row in _csv_rows(path, ("key", "parent_key"))})


def read(source: Path, topics: Topics | None = None) -> Programme:
    """Read a programme folder or a JSON file; raises BadSource."""
    tables = _folder(source) if source.is_dir() else _json_file(source)
    return from_rows(**tables, topics=topics or read_topics())


def from_rows(
    agencies: Iterable[Mapping[str, object]],
    needs: Iterable[Mapping[str, object]],
    offers: Iterable[Mapping[str, object]],
    topics: Topics,
) -> Programme:
    """Build a programme from rows with the column names of the CSV files; raises BadSource."""
    states = {row.key: row.state("state") for row in _keyed("agencies", agencies)}
    return Programme(
        needs=tuple(_need(row, states, topics) for row in _keyed("needs", needs)),
        offers=tuple(_offer(row, states, topics) for row in _keyed("offers", offers)),
        topics=topics,
    )


# ------------------------------------------------------------------------------------------------------ the rows


def _keyed(table: str, rows: Iterable[Mapping[str, object]]) -> Iterable[Row]:
    seen: set[str] = set()
    for number, values in enumerate(rows, start=1):
        if not isinstance(values, Mapping):
            raise BadSource(f"{table}, row {number}: {shown(values)} is not an object with columns")
        key = Row(table, f"row {number}", values).text("key")
        if not key:
            raise BadSource(f"{table}, row {number}, column key: it is empty")
        if key in seen:
            raise BadSource(f"{table} {shown(key)}, column key: row {number} repeats the key of an earlier row")
        seen.add(key)
        yield Row(table, key, values)


def _common(row: Row, states: Mapping[str, str | None], topics: Topics) -> dict[str, object]:
    agency = row.text("agency")
    if agency not in states:
        raise row.refuse("agency", agency, "is not the key of an agency")
    min_days, max_days = row.whole_number("min_days", 1), row.whole_number("max_days", 1)
    if min_days > max_days:
        raise row.refuse("min_days", min_days, f"is more than max_days, {max_days}")
    return {
        "key": row.key,
        "agency": agency,
        "state": states[agency],
        "topics": frozenset(row.chosen("topics", topics.parents.__contains__, "the key of a topic")),
        "languages": row.languages("languages"),
        "windows": row.windows("windows"),
        "min_days": min_days,
        "max_days": max_days,
        "accepts_states": frozenset(row.states("accepts_states")),
        "excludes_states": frozenset(row.states("excludes_states")),
        "clearance": row.choice("clearance", CLEARANCES, CLEARANCES[0]),
    }


def _costs(row: Row, column: str) -> frozenset[str]:
    return frozenset(row.chosen(column, COSTS.__contains__, f"one of: {', '.join(COSTS)}"))


def _need(row: Row, states: Mapping[str, str | None], topics: Topics) -> Need:
    return Need(
        **_common(row, states, topics),  # type: ignore[arg-type]
        officers=row.whole_number("officers", 0),
        band=row.whole_number("band", BANDS[0], BANDS[-1]),
        prefers_states=tuple(row.states("prefers_states")),
        requires_costs=_costs(row, "requires_costs"),
    )


def _offer(row: Row, states: Mapping[str, str | None], topics: Topics) -> Offer:
    band_min = row.whole_number("band_min", BANDS[0], BANDS[-1])
    band_max = row.whole_number("band_max", BANDS[0], BANDS[-1])
    if band_min > band_max:
        raise row.refuse("band_min", band_min, f"is more than band_max, {band_max}")
    return Offer(
        **_common(row, states, topics),  # type: ignore[arg-type]
        places=row.whole_number("places", 0),
        interpreter=row.flag("interpreter"),
        band_min=band_min,
        band_max=band_max,
        covers_costs=_costs(row, "covers_costs"),
    )


# ----------------------------------------------------------------------------------------------------- the files


def _folder(folder: Path) -> dict[str, list[dict[str, str]]]:
    return {table: _csv_rows(folder / f"{table}.csv", columns) for table, columns in TABLES.items()}


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BadSource(f"{path}: {error.strerror or error}") from None
    except ValueError:
        raise BadSource(f"{path}: the file is not written in UTF-8") from None


def _csv_rows(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(_text(path), newline=""), strict=True)
    try:
        rows = list(reader)
    except csv.Error as error:
        raise BadSource(f"{path}, line {reader.line_num}: {error}") from None
    header = reader.fieldnames or []
    for column in columns:
        if column not in header:
            raise BadSource(f"{path}: the column {column} is missing")
    if len(set(header)) < len(header):
        raise BadSource(f"{path}: a column appears twice")
    for number, row in enumerate(rows, start=1):
        if None in row or None in row.values():
            raise BadSource(f"{path}, row {number} ({shown(row['key'])}): not as many cells as columns")
    return rows


def read_json(path: Path) -> object:
    """Read one JSON file, or refuse it: no NaN, no infinity, no name twice in one object; raises BadSource."""
    try:
        return json.loads(_text(path), parse_constant=_no_constant, object_pairs_hook=_once)
    except BadSource as error:
        raise BadSource(f"{path}: {error}" if not str(error).startswith(str(path)) else str(error)) from None
    except (ValueError, RecursionError) as error:
        raise BadSource(f"{path}: not JSON ({error})") from None


def tables_of(path: Path) -> dict[str, object]:
    """Return what a JSON file says, the three tables of a programme and whatever stands beside them."""
    document = read_json(path)
    if not isinstance(document, dict):
        raise BadSource(f"{path}: not an object with the lists {', '.join(TABLES)}")
    for table in TABLES:
        if not isinstance(document.get(table), list):
            raise BadSource(f"{path}: the list {table} is missing")
    return document


def _json_file(path: Path) -> dict[str, list[dict[str, object]]]:
    document = tables_of(path)
    return {table: document[table] for table in TABLES}  # type: ignore[misc]


def _no_constant(name: str) -> NoReturn:
    raise BadSource(f"{name} is not a number that can be used")


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise BadSource(f"the name {shown(twice)} appears twice in one object")
    return dict(pairs)
