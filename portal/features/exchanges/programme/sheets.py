"""Reads the tables out of files: which table it is, its delimiter, its columns, and its rows as plain text cells."""

import csv
import difflib
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from portal.features.exchanges.programme.files import (
    LARGEST_UNPACKED,
    Kind,
    Refused,
    checked_workbook,
    decoded,
    kind_of,
)
from portal.features.exchanges.programme.findings import Findings, Place, shortened
from portal.features.exchanges.programme.tables import SHAPES, TableName
from portal.features.exchanges.programme.unpacking import Damaged, TooLarge, sheets_of
from portal.infra.tables import unguarded

MOST_ROWS = 20_000
MOST_FILES = 3
_FEWEST_KNOWN = 3
"""A table is recognised by at least this many of its columns."""
_DELIMITERS = (",", ";", "\t")
_LONGEST_CELL = 20_000
MOST_DELIMITERS = 2_000_000
"""Commas stand in texts too, but every one may be a cell: a file of nothing else would take gigabytes."""
_SEPARATOR_LINE = re.compile(r"sep=.\r?\n", re.IGNORECASE)

Row = tuple[int, dict[str, str]]


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as it came: its name only helps people to find it again."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Table:
    """One table: where it was found, its columns, and its rows with their numbers in the spreadsheet."""

    name: TableName
    file: str
    columns: frozenset[str]
    rows: Sequence[Row]


@dataclass
class Reading:
    """What the files hold, as far as it could be read."""

    tables: dict[TableName, Table] = field(default_factory=dict)
    findings: Findings = field(default_factory=Findings)


def read(files: Iterable[SentFile]) -> Reading:
    """Read one XLSX, or one to three CSV files, in any order. What is wrong is told, never raised."""
    reading = Reading()
    sent = list(files)
    if not sent:
        reading.findings.error("no_file", Place("–"))
    for one in sent:
        name = shown_name(one.name)
        try:
            for found_in, grid in _grids(one, name, reading):
                _take(reading, found_in, one.name if found_in == name else found_in.rpartition(": ")[2], grid)
        except Refused as refusal:
            reading.findings.error(refusal.code, Place(name), **refusal.params)
    if not reading.tables and not reading.findings.errors:
        reading.findings.error("no_table", Place(shown_name(sent[0].name)))
    return reading


def shown_name(name: str) -> str:
    """The last part of the name, without characters that could mislead."""
    return shortened(re.split(r"[/\\]", name)[-1]) or "file"


def _grids(sent: SentFile, name: str, reading: Reading) -> Iterator[tuple[str, list[list[str]]]]:
    if kind_of(sent.content) == Kind.WORKBOOK:
        yield from _sheets(checked_workbook(sent.content), name)
        return
    text = decoded(sent.content)
    if text.guessed:
        reading.findings.warn("encoding_guessed", Place(name), encoding=text.guessed)
    yield name, _csv_rows(text.text)


# -------------------------------------------------------------------------------------------------------------- CSV


def _csv_rows(text: str) -> list[list[str]]:
    text = _SEPARATOR_LINE.sub("", text, count=1) if _SEPARATOR_LINE.match(text) else text
    delimiter = _delimiter(text)
    if text.count(delimiter) > MOST_DELIMITERS:
        raise Refused("sheet_too_wide")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return list(islice(reader, MOST_ROWS + 2))
    except csv.Error:
        raise Refused("quoting_broken", line=reader.line_num) from None


def _delimiter(text: str) -> str:
    """The one that finds most columns that we know in the first line."""
    first = text[:_LONGEST_CELL].lstrip("\r\n").splitlines()[:1] or [""]

    def known(delimiter: str) -> int:
        try:
            names = {_column_name(cell) for cell in next(csv.reader(first, delimiter=delimiter), [])}
        except csv.Error:
            return 0
        return max(len(names & shape.known) for shape in SHAPES.values())

    return max(_DELIMITERS, key=known)


# ------------------------------------------------------------------------------------------------------------- XLSX


def _sheets(content: bytes, file: str) -> Iterator[tuple[str, list[list[str]]]]:
    try:
        grids = sheets_of(content, most_rows=MOST_ROWS + 2)
    except Damaged:
        raise Refused("file_damaged") from None
    except TooLarge:
        raise Refused("file_unpacks_too_large", limit=LARGEST_UNPACKED // 1024 // 1024) from None
    for sheet, grid in grids:
        yield f"{file}: {shortened(sheet)}", grid


# ------------------------------------------------------------------------------------------------------- any of both


def _take(reading: Reading, found_in: str, called: str, grid: list[list[str]]) -> None:
    """Add the table that `grid` is; a sheet that is none of ours is left out, which is told."""
    start = next((i for i, row in enumerate(grid) if any(cell.strip() for cell in row)), None)
    if start is None:
        reading.findings.warn("sheet_empty", Place(found_in))
        return
    header = [_column_name(cell) for cell in grid[start]]
    table = _recognised(header, called)
    place = Place(found_in, start + 1)
    if table is None:
        reading.findings.error("columns_unknown", place, columns=shortened(", ".join(filter(None, header))))
        return
    if table in reading.tables:
        reading.findings.error("table_twice", place, table=table.value, other=reading.tables[table].file)
        return
    if len(grid) - start - 1 > MOST_ROWS:
        reading.findings.error("too_many_rows", place, limit=MOST_ROWS)
        return
    if _header_is_usable(reading.findings, table, header, place):
        rows = list(_rows(reading.findings, found_in, header, grid[start + 1 :], start + 2))
        if not rows:
            reading.findings.warn("table_without_rows", place)
        reading.tables[table] = Table(table, found_in, frozenset(header) & SHAPES[table].known, rows)


def _column_name(cell: str) -> str:
    return re.sub(r"[\s\-]+", "_", unguarded(cell.strip()).strip().lower())


def _recognised(header: Sequence[str], called: str) -> TableName | None:
    """The table with most of these columns; the name of file or sheet decides where two have as many."""
    names = set(header)

    def score(table: TableName) -> tuple[int, bool]:
        return len(names & SHAPES[table].known), table.value[:-1] in called.lower()

    best = max(TableName, key=score)
    return best if score(best)[0] >= _FEWEST_KNOWN else None


def _header_is_usable(findings: Findings, table: TableName, header: Sequence[str], place: Place) -> bool:
    """Tell about missing, repeated and unknown columns; False when rows cannot be read."""
    shape, names = SHAPES[table], [name for name in header if name]
    unknown = [name for name in dict.fromkeys(names) if name not in shape.known]
    usable = True
    for column in dict.fromkeys(name for name in names if names.count(name) > 1):
        usable = False
        findings.error("column_twice", place.cell(column))
    for column in shape.required:
        if column not in names:
            usable = False
            _tell_missing(findings, place.cell(column), unknown)
    for column in shape.optional:
        if column not in names:
            findings.warn("column_left_out", place.cell(column))
    for column in unknown:
        findings.warn("column_unknown", place.cell(shortened(column)))
    return usable


def _tell_missing(findings: Findings, place: Place, unknown: Sequence[str]) -> None:
    similar = difflib.get_close_matches(place.column or "", unknown, 1, 0.6)
    if similar:
        findings.error("column_missing_similar", place, similar=shortened(similar[0]))
    else:
        findings.error("column_missing", place)


def _rows(
    findings: Findings, file: str, header: Sequence[str], grid: Sequence[Sequence[str]], first: int
) -> Iterator[Row]:
    """Rows as column -> text. Wholly empty ones are left out, and count all the same."""
    for number, cells in enumerate(grid, start=first):
        if not any(cell.strip() for cell in cells):
            continue
        if any(cell.strip() for cell in cells[len(header) :]):
            findings.error("too_many_cells", Place(file, number), columns=len(header))
            continue
        if long := next((name for name, cell in zip(header, cells, strict=False) if len(cell) > _LONGEST_CELL), None):
            findings.error("cell_too_long", Place(file, number, long), max=_LONGEST_CELL)
            continue
        yield number, {name: unguarded(cell).strip() for name, cell in zip(header, cells, strict=False) if name}
