"""Tables that people take away as CSV or XLSX, written in pieces: memory stays flat, however long they are."""

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Sequence
from tempfile import TemporaryFile
from typing import IO

import xlsxwriter

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FORMULA_STARTS = ("=", "+", "-", "@", "'", "\t", "\r")
"""With one of these in front, a spreadsheet would run a text as a formula, or eat the apostrophe."""
_BYTE_ORDER_MARK = "\ufeff"
"""Without it, spreadsheets take UTF-8 for an encoding of old Windows."""
_PIECE = 64 * 1024
Rows = Iterable[Sequence[str]]


def guarded(text: str) -> str:
    """As it is written into a file: one apostrophe before what would run as a formula."""
    return "'" + text if text.startswith(FORMULA_STARTS) else text


def unguarded(text: str) -> str:
    """The inverse: takes exactly one apostrophe away, and only one that `guarded` may have put there."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA_STARTS) else text


def as_table(
    form: str, names: Sequence[str], rows: Rows, *, sheet: str, figures: Collection[str] = ()
) -> Iterator[bytes]:
    """The rows under the `names` of their columns; `form` is one of `FORMATS`.

    In a workbook called `sheet`, whole numbers in the columns `figures` are numbers; all else is text.
    """
    return as_csv(names, rows) if form == "csv" else _as_xlsx(names, rows, sheet, figures)


def as_csv(names: Sequence[str], rows: Rows) -> Iterator[bytes]:
    piece = io.StringIO(newline="")
    piece.write(_BYTE_ORDER_MARK)
    writer = csv.writer(piece)
    writer.writerow(names)
    for row in rows:
        writer.writerow([guarded(text) for text in row])
        if piece.tell() > _PIECE:
            yield piece.getvalue().encode()
            piece.seek(0)
            piece.truncate()
    yield piece.getvalue().encode()


def _as_xlsx(names: Sequence[str], rows: Rows, sheet: str, figures: Collection[str]) -> Iterator[bytes]:
    """Written row by row into a temporary file, then sent in pieces. Texts are texts, never formulas or links."""
    with TemporaryFile() as file:
        _write_workbook(file, names, rows, sheet, figures)
        file.seek(0)
        while piece := file.read(_PIECE):
            yield piece


def _write_workbook(file: IO[bytes], names: Sequence[str], rows: Rows, title: str, figures: Collection[str]) -> None:
    plain = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, plain) as workbook:
        sheet = workbook.add_worksheet(title)
        sheet.freeze_panes(1, 1)
        sheet.write_row(0, 0, names, workbook.add_format({"bold": True}))
        for number, row in enumerate(rows, start=1):
            for column, (name, text) in enumerate(zip(names, row, strict=True)):
                if name in figures and text.isdecimal():
                    sheet.write_number(number, column, int(text))
                elif text:
                    sheet.write_string(number, column, guarded(text))
