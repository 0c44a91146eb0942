"""Reads the rows of a file of items one after the other, so that memory does not grow with its length."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from portal.features.exchanges.programme.files import Kind, Refused, checked_workbook, decoded, kind_of
from portal.features.exchanges.programme.findings import Findings, Place, shortened
from portal.features.exchanges.programme.unpacking import Damaged, TooLarge, sheets_of
from portal.features.items.intake.columns import KNOWN, MOST_BYTES, MOST_CSV_ROWS, MOST_XLSX_ROWS, REQUIRED
from portal.infra.tables import unguarded
from portal.infra.texts import Text

LONGEST_CELL = 5_000
_DELIMITERS = (",", ";", "\t")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_SEPARATOR_LINE = re.compile(r"sep=.\r?\n", re.IGNORECASE)
_FEWEST_KNOWN = 3

Row = tuple[int, list[str]]
"""The number in the spreadsheet, and the cells of the known columns in the order of `Sheet.columns`."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of items: where it was found, its known columns, and its rows, to be read once."""

    file: str
    columns: tuple[str, ...]
    rows: Iterator[Row]


def opened(name: str, content: bytes, findings: Findings) -> Sheet | None:
    """The table in the file, or None when what is wrong with it stands in `findings`. `rows` may raise `Refused`."""
    try:
        return _opened(name, content, findings)
    except Refused as refusal:
        findings.error(refusal.code, Place(name), **refusal.params)
        return None


def _opened(name: str, content: bytes, findings: Findings) -> Sheet | None:
    if len(content) > MOST_BYTES:
        raise Refused("file_too_large", limit=MOST_BYTES // 1024 // 1024)
    if kind_of(content) == Kind.WORKBOOK:
        found_in, grid, most = *_first_sheet(checked_workbook(content), name), MOST_XLSX_ROWS
    else:
        text = decoded(content)
        if text.guessed:
            findings.warn("encoding_guessed", Place(name), encoding=text.guessed)
        found_in, grid, most = name, _csv_rows(text), MOST_CSV_ROWS
    for number, cells in grid:
        if any(cell.strip() for cell in cells):
            header = [_column_name(cell) for cell in cells]
            if not _header_is_usable(findings, header, Place(found_in, number)):
                return None
            places = [(place, one) for place, one in enumerate(header) if one in KNOWN]
            rows = _rows(
                grid, len(header), [place for place, _one in places], findings, file=found_in, last=number + most
            )
            return Sheet(found_in, tuple(one for _place, one in places), rows)
    findings.error("sheet_empty", Place(name))
    return None


def _csv_rows(text: Text) -> Iterator[Row]:
    whole = text.text
    if _SEPARATOR_LINE.match(whole):
        whole = _SEPARATOR_LINE.sub("", whole, count=1)
    if "\n" not in whole:
        whole = whole.replace("\r", "\n")
    first = whole[:LONGEST_CELL].lstrip("\r\n").splitlines()[:1] or [""]
    delimiter = max(_DELIMITERS, key=lambda one: len({_column_name(cell) for cell in first[0].split(one)} & KNOWN))
    reader = csv.reader((line[0] for line in _LINE.finditer(whole)), delimiter=delimiter, strict=True)
    try:
        yield from enumerate(reader, start=1)
    except csv.Error:
        raise Refused("quoting_broken", line=reader.line_num) from None


def _first_sheet(content: bytes, file: str) -> tuple[str, Iterator[Row]]:
    """The first sheet with something in it; notes on others are nobody's items."""
    try:
        grids = sheets_of(content, most_rows=MOST_XLSX_ROWS + 2)
    except Damaged:
        raise Refused("file_damaged") from None
    except TooLarge:
        raise Refused("file_unpacks_too_large", limit=100) from None
    for sheet, grid in grids:
        if any(cell.strip() for row in grid for cell in row):
            return f"{file}: {shortened(sheet)}", iter(list(enumerate(grid, start=1)))
    return file, iter(())


def _rows(
    grid: Iterator[Row], width: int, places: Sequence[int], findings: Findings, *, file: str, last: int
) -> Iterator[Row]:
    """Wholly empty rows are left out, and count all the same."""
    widest, everything = max(places) + 1, places == list(range(width))
    for number, cells in grid:
        if len(cells) != width:
            if not any(cell.strip() for cell in cells):
                continue
            if any(cell.strip() for cell in cells[width:]):
                findings.error("too_many_cells", Place(file, number), columns=width)
                continue
            cells.extend([""] * (widest - len(cells)))
        elif not any(cells):
            continue
        if number > last:
            raise Refused("too_many_rows", limit=last - 1)
        yield number, cells[:width] if everything else [cells[place] for place in places]


def _column_name(cell: str) -> str:
    return re.sub(r"[\s\-]+", "_", unguarded(cell.strip().strip('"')).strip().lower())


def _header_is_usable(findings: Findings, header: Sequence[str], place: Place) -> bool:
    """Tell about missing, repeated and unknown columns; False when rows cannot be read."""
    names = [name for name in header if name]
    if len(KNOWN & set(names)) < _FEWEST_KNOWN:
        findings.error("columns_unknown", place, columns=shortened(", ".join(names)))
        return False
    unknown, usable = [name for name in dict.fromkeys(names) if name not in KNOWN], True
    for column in dict.fromkeys(name for name in names if names.count(name) > 1):
        usable = False
        findings.error("column_twice", place.cell(shortened(column)))
    for column in REQUIRED:
        if column not in names:
            usable = False
            similar = get_close_matches(column, unknown, 1, 0.6)
            more = {"similar": shortened(similar[0])} if similar else {}
            findings.error("column_missing_similar" if similar else "column_missing", place.cell(column), **more)
    for column in unknown:
        findings.warn("column_unknown", place.cell(shortened(column)))
    return usable
