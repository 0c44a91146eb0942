"""Programme files are judged by what is in them: encodings, delimiters, columns, and files that are no tables."""

import csv
import io
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from portal.features.exchanges.programme import files
from portal.features.exchanges.programme.sheets import MOST_ROWS, Reading, SentFile, read
from portal.features.exchanges.programme.tables import SHAPES, TableName
from portal.infra.tables import guarded, unguarded

PROGRAMME = Path(__file__).parents[3] / "portal" / "data" / "programme"
NEEDS = (PROGRAMME / "needs.csv").read_text(encoding="utf-8")
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "'=1", "'", "''", "\tx", "\rx", "=HYPERLINK(1)")


def codes(reading: Reading) -> list[str]:
    return [one.problem.code for one in reading.findings]


def sent(content: bytes, name: str = "needs.csv") -> Reading:
    return read([SentFile(name, content)])


def with_delimiter(text: str, delimiter: str) -> str:
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=delimiter).writerows(csv.reader(io.StringIO(text, newline="")))
    return written.getvalue()


def workbook(sheets: dict[str, list[list[object]]]) -> bytes:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"strings_to_formulas": False}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return written.getvalue()


def rows_of(name: str) -> list[list[object]]:
    return [list(row) for row in csv.reader(io.StringIO((PROGRAMME / name).read_text(encoding="utf-8"), newline=""))]


def test_the_programme_is_read_whole_and_without_remarks() -> None:
    reading = read([SentFile(path.name, path.read_bytes()) for path in sorted(PROGRAMME.glob("*.csv"))])
    assert {name.value: len(table.rows) for name, table in reading.tables.items()} == {
        "agencies": 83,
        "offers": 90,
        "needs": 140,
    }
    assert codes(reading) == []


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_is_recognised_with_every_delimiter(encoding: str, delimiter: str) -> None:
    reading = sent(with_delimiter(NEEDS, delimiter).encode(encoding))
    assert codes(reading) == []
    assert reading.tables[TableName.NEEDS].rows == sent(NEEDS.encode()).tables[TableName.NEEDS].rows


@pytest.mark.parametrize(
    ("encoding", "called", "word"),
    [
        ("cp1252", "Windows-1252", "Procédures d'identification"),
        ("cp1251", "Windows-1251", "Системы видеонаблюдения"),
        ("cp1256", "Windows-1256", "وثائق السفر"),
    ],
)
def test_old_windows_encodings_are_read_and_told(encoding: str, called: str, word: str) -> None:
    head, *lines = NEEDS.splitlines()
    own = [line for line in lines if word[:4] in line or word in line]
    reading = sent("\r\n".join([head, *own]).encode(encoding, errors="replace"))
    assert [(one.problem.code, one.problem.params, one.warning) for one in reading.findings] == [
        ("encoding_guessed", {"encoding": called}, True)
    ]
    assert any(word in cells["title"] for _, cells in reading.tables[TableName.NEEDS].rows)


def test_utf_16_without_a_mark_is_read_and_told() -> None:
    reading = sent(NEEDS.encode("utf-16-le"))
    assert codes(reading) == ["encoding_guessed"]
    assert len(reading.tables[TableName.NEEDS].rows) == 140


def test_a_line_that_names_the_separator_is_no_header() -> None:
    assert len(sent(("sep=;\r\n" + with_delimiter(NEEDS, ";")).encode()).tables[TableName.NEEDS].rows) == 140


def test_quoted_cells_may_hold_delimiters_quotes_and_line_ends() -> None:
    text = NEEDS.replace("Protection of the rights of migrants – Colombo", '"A; ""B"",\nC"', 1)
    rows = sent(text.encode()).tables[TableName.NEEDS].rows
    assert rows[0][1]["title"] == 'A; "B",\nC'
    assert rows[1][0] == 3


def test_a_workbook_says_the_same_as_its_tables() -> None:
    names = ("agencies", "offers", "needs")
    reading = read([SentFile("p.xlsx", workbook({name: rows_of(f"{name}.csv") for name in names}))])
    assert codes(reading) == []
    for name in names:
        plain = read([SentFile(f"{name}.csv", (PROGRAMME / f"{name}.csv").read_bytes())])
        assert reading.tables[TableName(name)].rows == plain.tables[TableName(name)].rows


def test_numbers_and_answers_of_a_workbook_become_texts() -> None:
    columns = list(SHAPES[TableName.OFFERS].order)
    row: list[object] = [""] * len(columns)
    row[columns.index("key")], row[columns.index("places")] = "O1", 3.0
    row[columns.index("interpreter")], row[columns.index("min_days")] = True, 2.5
    cells = read([SentFile("o.xlsx", workbook({"Sheet1": [list(columns), row]}))]).tables[TableName.OFFERS].rows[0][1]
    assert (cells["places"], cells["interpreter"], cells["min_days"]) == ("3", "yes", "2.5")


def test_tables_are_known_by_their_columns_and_not_by_their_names() -> None:
    assert list(sent(NEEDS.encode(), "offers.csv").tables) == [TableName.NEEDS]


def test_the_same_table_twice_is_refused() -> None:
    reading = read([SentFile("a.csv", NEEDS.encode()), SentFile("b.csv", NEEDS.encode())])
    assert codes(reading) == ["table_twice"]


def test_headers_are_read_generously_and_rows_counted_as_spreadsheets_do() -> None:
    head, *lines = NEEDS.splitlines()
    text = "\r\n".join(["", head.upper().replace("_", " "), "", *lines[:2]])
    rows = sent(text.encode()).tables[TableName.NEEDS].rows
    assert [number for number, _ in rows] == [4, 5]
    assert rows[0][1]["title_lang"] == "en"


@pytest.mark.parametrize(
    ("change", "code", "column"),
    [
        (lambda head: head.replace("officers", "oficers"), "column_missing_similar", "officers"),
        (lambda head: head.replace("officers", "xyz"), "column_missing", "officers"),
        (lambda head: head.replace("max_days", "min_days"), "column_twice", "min_days"),
        (lambda head: head.replace("prefers_states", "remarks"), "column_unknown", "remarks"),
        (lambda head: head.replace("prefers_states", "remarks"), "column_left_out", "prefers_states"),
    ],
)
def test_columns_that_differ_are_told_by_name(change: Callable[[str], str], code: str, column: str) -> None:
    head, *lines = NEEDS.splitlines()
    reading = sent("\n".join([change(head), *lines]).encode())
    assert (code, column) in {(one.problem.code, one.column) for one in reading.findings}


def test_a_table_of_something_else_is_told() -> None:
    assert codes(sent(b"name,age\nA,3\n", "people.csv")) == ["columns_unknown"]


def test_a_row_with_too_many_cells_is_told_and_the_others_are_read() -> None:
    lines = NEEDS.splitlines()
    lines[2] += ",surplus"
    reading = sent("\n".join(lines).encode())
    assert [(one.problem.code, one.row) for one in reading.findings] == [("too_many_cells", 3)]
    assert len(reading.tables[TableName.NEEDS].rows) == 139


def test_too_many_rows_are_refused() -> None:
    head, first, *_ = NEEDS.splitlines()
    assert codes(sent("\n".join([head, *[first] * (MOST_ROWS + 1)]).encode())) == ["too_many_rows"]


def test_an_open_quotation_mark_is_told_with_its_line() -> None:
    assert codes(sent(NEEDS.replace("N0003,", 'N0003,"', 1).encode())) == ["quoting_broken"]


# ---------------------------------------------------------------------------------------------------------- hostile


def _zip(members: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return written.getvalue()


def _bomb() -> bytes:
    return _zip({"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": b" " * (files.LARGEST_UNPACKED + 1)})


def _lying_bomb() -> bytes:
    """Both headers declare one byte; what unpacks is far more."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packed.compress(b" " * 2_000_000) + packed.flush()
    honest = _zip({"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": b" " * 2_000_000})
    assert body[:8] in honest
    return honest.replace(struct.pack("<I", 2_000_000), struct.pack("<I", 1))


def _far_corner() -> bytes:
    book = workbook({"needs": rows_of("needs.csv")[:2]})
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    sheet = members["xl/worksheets/sheet1.xml"]
    members["xl/worksheets/sheet1.xml"] = sheet.replace(
        b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    )
    return _zip(members)


def _with(**parts: bytes) -> bytes:
    """A workbook whose sheet or shared texts are these bytes."""
    named = {"sheet": "xl/worksheets/sheet1.xml", "texts": "xl/sharedStrings.xml"}
    with zipfile.ZipFile(io.BytesIO(workbook({"needs": rows_of("needs.csv")[:2]}))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    return _zip(members | {named[name]: content for name, content in parts.items()})


_MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OPEN, _CLOSE = b"<worksheet xmlns='" + _MAIN + b"'><sheetData>", b"</sheetData></worksheet>"
_LONG_TEXT = b"<sst xmlns='" + _MAIN + b"'><si><t>" + b"a" * 200_000 + b"</t></si></sst>"
_NAMES_IT = b"".join(
    b"<row r='%d'>" % n + b"".join(b"<c r='%c%d' t='s'><v>0</v></c>" % (65 + c, n) for c in range(10)) + b"</row>"
    for n in range(1, 20_001)
)
_ODD = (
    b"<a-b:worksheet xmlns:a-b='" + _MAIN + b"'><a-b:sheetData><a-b:row r='1'><a-b:c r='A1'><a-b:v>1</a-b:v></a-b:c>"
    b"</a-b:row><a-b:row r='9'><a-b:c r='XFD1048576'><a-b:v>1</a-b:v></a-b:c></a-b:row></a-b:sheetData></a-b:worksheet>"
)
BOMBS = {
    "cells that do not say where they are": _with(
        sheet=_OPEN
        + b"<row r='1'>"
        + b"<c><v>1</v></c>" * 16_000
        + b"</row><row r='1048576'><c><v>1</v></c></row>"
        + _CLOSE
    ),
    "the last corner behind an odd attribute": _with(
        sheet=_OPEN
        + b"<row r='1'><c r='A1'><v>1</v></c></row><row r='9'><c x='>' r='XFD1048576'><v>1</v></c></row>"
        + _CLOSE
    ),
    "the last corner behind an odd prefix": _with(sheet=_ODD),
    "one long text in every cell": _with(sheet=_OPEN + _NAMES_IT + _CLOSE, texts=_LONG_TEXT),
}


@pytest.mark.parametrize("content", BOMBS.values(), ids=BOMBS)
def test_a_workbook_that_would_take_all_memory_kills_nothing_but_its_reader(content: bytes) -> None:
    assert len(content) < 1_000_000
    assert codes(sent(content, "needs.xlsx")) == ["file_unpacks_too_large"]


def test_an_entity_of_a_workbook_is_never_followed() -> None:
    entity = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
    sheet = _OPEN + b"<row r='1'><c r='A1' t='inlineStr'><is><t>&e;</t></is></c></row>" + _CLOSE
    reading = sent(_with(sheet=entity + sheet), "needs.xlsx")
    assert reading.findings.errors
    assert Path("/etc/hostname").read_text(encoding="utf-8").strip() not in str(reading.findings)


FULL = {
    "of nothing but commas": b"ab,",
    "of short lines": b"ab\n",
    "of short lines in an old encoding": b"ab\n\xe9",
}


@pytest.mark.parametrize("piece", FULL.values(), ids=FULL)
def test_fifty_megabytes_of_text_take_a_bounded_part_of_memory(piece: bytes) -> None:
    """In a process of its own, under a limit that a list of all its cells or lines would break."""
    program = (
        "import resource, sys\n"
        "from portal.features.exchanges.programme.sheets import SentFile, read\n"
        f"content = {piece!r} * ({files.LARGEST_FILE - 8} // {len(piece)})\n"
        "limit = 1_000 * 1024 * 1024\n"
        "resource.setrlimit(resource.RLIMIT_AS, (limit, limit))\n"
        "sys.exit(0 if read([SentFile('needs.csv', content)]).findings.errors else 'read without a remark')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


HOSTILE: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "file_empty"),
    "only a mark and blanks": (b"\xef\xbb\xbf \r\n", "file_empty"),
    "a PDF called CSV": (b"%PDF-1.7\n1 0 obj", "file_of_other_kind"),
    "a PNG": (b"\x89PNG\r\n\x1a\n" + b"\x00" * 64, "file_of_other_kind"),
    "a JPEG": (b"\xff\xd8\xff\xe0" + b"\x00" * 64, "file_of_other_kind"),
    "a GIF that is script too": (b"GIF89a/*,key,agency*/=1;alert(1)", "file_of_other_kind"),
    "a web page": (b"<!DOCTYPE html><script>alert(1)</script>", "file_of_other_kind"),
    "an entity bomb": (b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaa">]><x>&a;</x>', "file_of_other_kind"),
    "JSON": (b'{"agencies": []}', "file_of_other_kind"),
    "a program": (b"MZ\x90\x00" + b"\x00" * 64, "file_not_a_table"),
    "bytes at random": (bytes(range(256)) * 8, "file_not_a_table"),
    "old Excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 512, "file_old_excel"),
    "an archive of tables": (_zip({"needs.csv": NEEDS.encode()}), "file_zip"),
    "a text document": (_zip({"word/document.xml": b"<x/>"}), "file_of_other_kind"),
    "an archive cut short": (_zip({"xl/workbook.xml": b"<x/>"})[:-30], "file_damaged"),
    "a workbook without sheets": (_zip({"xl/workbook.xml": b"<workbook/>"}), "file_damaged"),
    "broken XML in a workbook": (_zip({"xl/workbook.xml": b"<workbook><she"}), "file_damaged"),
    "a bomb": (_bomb(), "file_unpacks_too_large"),
    "a bomb that lies": (_lying_bomb(), "file_damaged"),
    "a cell in the last corner": (_far_corner(), "sheet_too_wide"),
    "UTF-8 by its mark only": (b"\xef\xbb\xbfkey,agency\n\xff\xfe\xfd", "encoding_broken"),
}


@pytest.mark.parametrize(("content", "code"), HOSTILE.values(), ids=HOSTILE)
def test_a_file_that_is_no_table_is_refused_with_a_clear_answer(content: bytes, code: str) -> None:
    reading = sent(content)
    assert code in codes(reading)
    assert not reading.tables
    assert reading.findings.errors


def test_more_than_fifty_megabytes_are_refused() -> None:
    assert codes(sent(b"a" * (files.LARGEST_FILE + 1))) == ["file_too_large"]


def test_names_of_files_cannot_mislead() -> None:
    reading = sent(b"", "..\\..\\/etc/\u202egnp.\x00evil\n.csv")
    assert [one.file for one in reading.findings] == ["gnp. evil .csv"]


# -------------------------------------------------------------------------------------------------------- apostrophe


@pytest.mark.parametrize("text", [*FORMULAS, "plain", "", "'s-Hertogenbosch", "a=b", "–1"])
def test_one_apostrophe_is_added_and_exactly_one_is_taken_away(text: str) -> None:
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("text", FORMULAS)
def test_what_would_run_as_a_formula_is_guarded(text: str) -> None:
    assert guarded(text) == "'" + text


def test_an_apostrophe_that_nobody_added_stays() -> None:
    assert unguarded("'s-Hertogenbosch") == "'s-Hertogenbosch"
