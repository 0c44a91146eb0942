"""Files are judged by what is in them: only kinds on the list, nothing that acts, and no place in a photo."""

import io
import struct
import zlib
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from portal.infra.db import now
from portal.infra.files import LARGEST_FILE, Store, judged, take
from portal.infra.files.pictures import LONGEST_SIDE
from portal.infra.texts import Refused
from portal.kernel.files import FileKind, NameRefused, RefusedFile, StoredFile, safe_name
from tests.files import GPS, PDF, archive, office, picture

DOCX = "word/document.xml"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, FileKind.PDF),
        (PDF.replace(b"1.7", b"2.0"), FileKind.PDF),
        (picture("PNG"), FileKind.PNG),
        (picture("JPEG"), FileKind.JPEG),
        (picture("WEBP"), FileKind.WEBP),
        (office(), FileKind.XLSX),
        (office(DOCX), FileKind.DOCX),
        (b"serial;model\nA1;Reader\n", FileKind.TEXT),
        ("رقم,طراز\n".encode(), FileKind.TEXT),
        ("числа\n".encode("utf-16"), FileKind.TEXT),
    ],
)
def test_what_is_on_the_list_is_taken(content: bytes, kind: FileKind) -> None:
    found, kept = judged(content)
    assert found == kind
    assert kept == content or kind.is_picture


def bomb_of_pixels() -> bytes:
    """A PNG of a few bytes that says it is 60,000 by 60,000."""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunks = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b""))
    )
    return b"\x89PNG\r\n\x1a\n" + chunks


def lying_archive() -> bytes:
    """Says that a member unpacks to ten bytes, and it unpacks to far more."""
    content = bytearray(office(**{"xl/media.bin": b"0" * 500_000}))
    at = content.rindex(b"PK\x01\x02")
    struct.pack_into("<I", content, at + 24, 10)
    return bytes(content)


BAD = {
    "nothing": (b"", "file_empty"),
    "too large": (b"a" * (LARGEST_FILE + 1), "document_too_large"),
    "only spaces": (b" \n\n\t", "file_kind_not_taken"),
    "page": (b"<!DOCTYPE html><script>alert(1)</script>", "file_kind_not_taken"),
    "page in capitals, after spaces": (b" \n\n <HTML>", "file_kind_not_taken"),
    "page as UTF-16": ("<html><script>".encode("utf-16"), "file_kind_not_taken"),
    "drawing": (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "file_kind_not_taken"),
    "XML": (b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>', "file_kind_not_taken"),
    "program": (b"MZ\x90\x00\x03", "file_kind_not_taken"),
    "program of Linux": (b"\x7fELF\x02\x01", "file_kind_not_taken"),
    "script": (b"#!/bin/sh\nrm -rf .\n", "file_kind_not_taken"),
    "GIF": (b"GIF89a\x01\x00\x01\x00", "file_kind_not_taken"),
    "sound": (b"RIFF\x24\x08\x00\x00WAVEfmt ", "file_kind_not_taken"),
    "bytes": (bytes(range(256)) * 4, "file_kind_not_taken"),
    "text with a bell": (b"ring \x07 ring", "file_kind_not_taken"),
    "old Excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "file_kind_not_taken"),
    "half a PNG": (picture("PNG")[:60], "file_damaged"),
    "half a JPEG": (picture("JPEG", (300, 300))[:200], "file_damaged"),
    "JPEG start only": (b"\xff\xd8\xff\xe0" + b"A" * 500, "file_damaged"),
    "WebP start only": (b"RIFF\x24\x00\x00\x00WEBPVP8 " + b"\0" * 30, "file_damaged"),
    "bomb of pixels": (bomb_of_pixels(), "picture_too_large"),
    "PDF behind a page": (b"<html>" + PDF, "file_kind_not_taken"),
    "page behind a PDF": (PDF + b"<html><script>alert(1)</script>", "file_damaged"),
    "archive behind a PDF": (PDF + office(), "file_damaged"),
    "PDF without an end": (PDF.replace(b"%%EOF", b""), "file_damaged"),
    "PDF with a script": (
        PDF.replace(b"/Type", b"/OpenAction << /S /JavaScript /JS (x) >> /Type"),
        "file_with_programs",
    ),
    "PDF with a script in disguise": (PDF.replace(b"/Type", b"/S /J#61vaScript /Type"), "file_with_programs"),
    "PDF that starts a program": (PDF.replace(b"/Type", b"/S /Launch /Type"), "file_with_programs"),
    "PDF with a file in it": (PDF.replace(b"/Type", b"/Type /EmbeddedFile"), "file_with_programs"),
    "archive": (archive({"a.txt": b"x"}), "file_kind_not_taken"),
    "empty archive": (archive({}), "file_kind_not_taken"),
    "program of Java": (archive({"META-INF/MANIFEST.MF": b"x", "A.class": b"x"}), "file_kind_not_taken"),
    "table and text at once": (office(**{DOCX: b"<w/>"}), "file_kind_not_taken"),
    "table without its list of parts": (archive({"xl/workbook.xml": b"<workbook/>"}), "file_kind_not_taken"),
    "table with macros": (office(**{"xl/vbaProject.bin": b"x"}), "file_with_programs"),
    "text with macros": (office(DOCX, **{"word/vbaProject.bin": b"x"}), "file_with_programs"),
    "table with a control": (office(**{"xl/activeX/activeX1.xml": b"x"}), "file_with_programs"),
    "text with a program": (office(DOCX, **{"word/embeddings/oleObject1.bin": b"x"}), "file_with_programs"),
    "way out of the archive": (office(**{"../../etc/cron.d/x": b"x"}), "file_damaged"),
    "way from the root": (office(**{"/etc/passwd": b"x"}), "file_damaged"),
    "half a table": (office()[:-30], "file_damaged"),
    "page behind a table": (office() + b"<script>alert(1)</script>", "file_damaged"),
    "bomb": (office(**{"xl/worksheets/sheet1.xml": b"0" * (101 * 1024 * 1024)}), "document_unpacks_too_large"),
    "lying archive": (lying_archive(), "file_damaged"),
}


@pytest.mark.parametrize("what", list(BAD))
def test_what_is_not_on_the_list_is_refused_with_its_reason(what: str) -> None:
    content, code = BAD[what]
    with pytest.raises(Refused) as refused:
        judged(content)
    assert refused.value.code == code


@pytest.mark.parametrize("name", ["PNG", "JPEG", "WEBP"])
def test_a_photo_loses_its_place_and_its_camera(name: str) -> None:
    sent = picture(name, place=True)
    assert b"Qzxmarker" in sent
    assert Image.open(io.BytesIO(sent)).getexif().get_ifd(GPS)
    _, kept = judged(sent)
    assert b"Qzxmarker" not in kept
    assert b"Exif" not in kept
    assert not Image.open(io.BytesIO(kept)).getexif()


def test_a_photo_taken_sideways_is_kept_upright() -> None:
    _, kept = judged(picture("JPEG", (40, 30), turned=True))
    assert Image.open(io.BytesIO(kept)).size == (30, 40)


@pytest.mark.parametrize("hidden", [b"<script>alert(1)</script>", office(), PDF])
@pytest.mark.parametrize("name", ["PNG", "JPEG", "WEBP"])
def test_of_a_picture_that_is_something_else_too_the_picture_is_kept(name: str, hidden: bytes) -> None:
    _, kept = judged(picture(name) + hidden)
    assert hidden not in kept
    assert Image.open(io.BytesIO(kept)).size == (40, 30)


def test_words_inside_a_picture_are_gone() -> None:
    out = io.BytesIO()
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Comment", "<script>Qzxmarker</script>")
    Image.new("RGB", (5, 5)).save(out, "PNG", pnginfo=info)
    assert b"Qzxmarker" in out.getvalue()
    assert b"Qzxmarker" not in judged(out.getvalue())[1]


def test_a_large_picture_is_made_smaller_and_keeps_its_shape() -> None:
    _, kept = judged(picture("JPEG", (6000, 3000)))
    assert Image.open(io.BytesIO(kept)).size == (LONGEST_SIDE, LONGEST_SIDE // 2)


def test_what_is_see_through_stays_so() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (5, 5), (10, 20, 30, 40)).save(out, "PNG")
    assert Image.open(io.BytesIO(judged(out.getvalue())[1])).getpixel((2, 2)) == (10, 20, 30, 40)


# ------------------------------------------------------------------------------------------------------------ names


@pytest.mark.parametrize(
    ("sent", "kind", "name"),
    [
        ("report.pdf", FileKind.PDF, "report.pdf"),
        ("../../etc/passwd", FileKind.TEXT, "passwd.txt"),
        ("C:\\Users\\me\\photo.JPG", FileKind.JPEG, "photo.JPG"),
        ("photo.pdf", FileKind.PNG, "photo.png"),
        ("invoice.pdf.exe", FileKind.PDF, "invoice.pdf.exe.pdf"),
        ("list.csv", FileKind.TEXT, "list.csv"),
        ("عقد.pdf", FileKind.PDF, "عقد.pdf"),
        (".htaccess", FileKind.TEXT, "htaccess.txt"),
        ("CON.txt", FileKind.TEXT, "_CON.txt"),
        ('a<b>"c|d?.pdf', FileKind.PDF, "a_b__c_d_.pdf"),
        ("...", FileKind.PDF, "pdf.pdf"),
        ("", FileKind.DOCX, "docx.docx"),
    ],
)
def test_a_name_is_only_a_name_and_ends_as_the_file_is(sent: str, kind: FileKind, name: str) -> None:
    assert safe_name(sent, kind) == name


def test_a_long_name_is_cut_before_its_ending() -> None:
    name = safe_name("é" * 400 + ".pdf", FileKind.PDF)
    assert len(name) == 120
    assert name.endswith("é.pdf")


@pytest.mark.parametrize("character", ["\u202e", "\u2066", "\u200f", "\x00", "\n", "\r", "\x1b", "\x7f", "\U000e0041"])
def test_a_name_that_misleads_is_refused(character: str) -> None:
    with pytest.raises(NameRefused):
        safe_name(f"annex{character}fdp.exe", FileKind.PDF)


# ------------------------------------------------------------------------------------------------------------ store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store("", tmp_path / "files")


def test_what_was_stored_comes_back_and_the_same_is_stored_once(store: Store, tmp_path: Path) -> None:
    one, two = store.put(b"hello"), store.put(b"hello")
    assert one == two
    assert store.get(one) == b"hello"
    assert len([p for p in (tmp_path / "files").rglob("*") if p.is_file()]) == 1
    assert (tmp_path / "files").stat().st_mode & 0o077 == 0, "readable for its own user only"


def test_what_is_absent_or_was_changed_is_not_handed_out(store: Store, tmp_path: Path) -> None:
    assert not store.holds("0" * 64)
    with pytest.raises(FileNotFoundError):
        store.get("0" * 64)
    digest = store.put(b"hello")
    (tmp_path / "files" / digest[:2] / digest).write_bytes(b"jello")
    with pytest.raises(ValueError, match="changed"):
        store.get(digest)


def test_only_what_is_old_enough_is_offered_for_deletion(store: Store) -> None:
    digest = store.put(b"hello")
    assert [d for batch in store.older_than(now() - timedelta(days=1)) for d in batch] == []
    assert [d for batch in store.older_than(now() + timedelta(days=1)) for d in batch] == [digest]
    store.delete([digest])
    assert not store.holds(digest)


def test_taking_a_file_tells_what_became_of_it(store: Store) -> None:
    found = take(store, PDF, "../agreement.txt")
    assert isinstance(found, StoredFile)
    assert (found.name, found.kind, found.size) == ("agreement.pdf", FileKind.PDF, len(PDF))
    assert store.get(found.digest) == PDF
    assert take(store, b"MZ", "x.pdf") == RefusedFile("file_kind_not_taken")
    assert take(store, PDF, "a\u202eb.pdf") == RefusedFile("file_name_hidden")
