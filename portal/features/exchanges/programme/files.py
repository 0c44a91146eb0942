"""Judges a file by what is in it, never by its name, and turns its bytes into text or into a safe workbook."""

import io
import re
import zipfile
import zlib
from enum import StrEnum

from portal.infra.texts import Refused, decoded

__all__ = ["Extent", "Kind", "Refused", "checked_workbook", "decoded", "kind_of"]

LARGEST_FILE = 50 * 1024 * 1024
LARGEST_UNPACKED = 100 * 1024 * 1024
MOST_MEMBERS = 2_000
MOST_CELLS = 1_000_000
"""Of one sheet, from its first to its last cell, empty ones counted: a reader makes room for all of them."""

_STARTS = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"RIFF", "WEBP"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"{\\rtf", "RTF"),
    (b"\x1f\x8b", "GZIP"),
    (b"7z\xbc\xaf\x27\x1c", "7Z"),
    (b"Rar!", "RAR"),
    (b"BZh", "BZIP2"),
    (b"\xfd7zXZ", "XZ"),
    (b"SQLite format 3", "SQLite"),
)
_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP = re.compile(rb"\s*<(!doctype|html|\?xml|svg|script)", re.IGNORECASE)
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe")
_CELL = re.compile(rb'<(?:\w+:)?c\b[^<>]*?\sr\s*=\s*["\']([A-Za-z]{1,3})(\d{1,7})["\']')
_CHUNK = 1024 * 1024


class Kind(StrEnum):
    TEXT = "text"
    WORKBOOK = "workbook"


def kind_of(content: bytes) -> Kind:
    """Text or a workbook; everything else is refused with the name of what it is."""
    if not content.strip(b"\x00\t\r\n \xef\xbb\xbf\xff\xfe"):
        raise Refused("file_empty")
    if len(content) > LARGEST_FILE:
        raise Refused("file_too_large", limit=LARGEST_FILE // 1024 // 1024)
    if content.startswith(_OLD_EXCEL):
        raise Refused("file_old_excel")
    if content.startswith(b"PK"):
        return Kind.WORKBOOK
    if name := _other_kind(content):
        raise Refused("file_of_other_kind", kind=name)
    if content.startswith(_PROGRAMS):
        raise Refused("file_not_a_table")
    return Kind.TEXT


def _other_kind(content: bytes) -> str | None:
    """The name of what this is, when it is something that starts in a way of its own."""
    if _MARKUP.match(content):
        return "HTML/XML"
    if content.lstrip()[:1] in {b"{", b"["}:
        return "JSON"
    return next((name for start, name in _STARTS if content.startswith(start)), None)


# --------------------------------------------------------------------------------------------------------- workbook


def checked_workbook(content: bytes) -> bytes:
    """The same bytes, once it is sure that unpacking them is safe: an XLSX of honest size and no other archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _is_xlsx(archive)
            _unpacks_to_bearable_size(archive)
    except (zipfile.BadZipFile, NotImplementedError, zlib.error, EOFError, ValueError, RuntimeError):
        raise Refused("file_damaged") from None
    return content


def _is_xlsx(archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    names = {member.filename.lower() for member in members}
    if any(member.flag_bits & 0x1 for member in members):
        raise Refused("file_old_excel")
    if "xl/workbook.xml" not in names:
        if "xl/workbook.bin" in names:
            raise Refused("file_of_other_kind", kind="XLSB")
        if "content.xml" in names:
            raise Refused("file_of_other_kind", kind="ODS")
        if "word/document.xml" in names:
            raise Refused("file_of_other_kind", kind="DOCX")
        raise Refused("file_zip")
    if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > LARGEST_UNPACKED:
        raise Refused("file_unpacks_too_large", limit=LARGEST_UNPACKED // 1024 // 1024)


def _unpacks_to_bearable_size(archive: zipfile.ZipFile) -> None:
    """Sizes that an archive declares can lie, so every member is really unpacked, up to the limit."""
    left = LARGEST_UNPACKED
    for member in archive.infolist():
        declared, member.file_size = member.file_size, LARGEST_UNPACKED + 1
        is_sheet = "worksheets/" in member.filename.lower()
        extent = Extent() if is_sheet else None
        with archive.open(member) as stream:
            size = 0
            while chunk := stream.read(_CHUNK):
                size += len(chunk)
                left -= len(chunk)
                if left < 0:
                    raise Refused("file_unpacks_too_large", limit=LARGEST_UNPACKED // 1024 // 1024)
                if extent:
                    extent.see(chunk)
        if size != declared:
            raise Refused("file_damaged")


class Extent:
    """How far the cells of a sheet reach: one cell in the last corner would make a reader take all memory."""

    def __init__(self) -> None:
        self.last_row = self.last_column = 0
        self._rest = b""

    def see(self, chunk: bytes) -> None:
        if b"\x00" in chunk:
            raise Refused("file_damaged")  # not UTF-8, so the cells could not be found
        text = self._rest + chunk
        for found in _CELL.finditer(text):
            self.last_row = max(self.last_row, int(found[2]))
            self.last_column = max(self.last_column, _column_number(found[1]))
        if self.last_row * self.last_column > MOST_CELLS:
            raise Refused("sheet_too_wide")
        self._rest = text[max(text.rfind(b"<"), 0) :]
        if len(self._rest) > _CHUNK // 2:
            raise Refused("file_damaged")


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
