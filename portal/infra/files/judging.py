"""What a file is, by its own bytes and an allow-list: its name and what the browser says of it are never asked."""

import re

from portal.infra.files.archives import office_kind
from portal.infra.files.pictures import cleaned
from portal.infra.texts import Refused, decoded
from portal.kernel.files import FileKind

LARGEST_FILE = 10 * 1024 * 1024
_PICTURES = ((b"\x89PNG\r\n\x1a\n", FileKind.PNG), (b"\xff\xd8\xff", FileKind.JPEG))
_PDF = re.compile(rb"%PDF-[12]\.\d[\r\n]")
_PDF_END = re.compile(rb"%%EOF\s*\Z")
_PDF_STREAM = re.compile(rb"\bstream\r?\n.*?\bendstream\b", re.DOTALL)
_PDF_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_PDF_ACTIVE = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData)\b")
_MARKUP = re.compile(r"\s*<(?:!doctype|!--|html|head|body|\?|svg|script|iframe|xml)", re.IGNORECASE)
_STARTS_OF_OTHERS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"PK", b"Rar!", b"GIF8", b"RIFF", b"{\\rtf")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


def judged(content: bytes) -> tuple[FileKind, bytes]:
    """The kind of a file and the bytes to keep of it; raises `Refused` with the reason."""
    if not content:
        raise Refused("file_empty")
    if len(content) > LARGEST_FILE:
        raise Refused("document_too_large", limit=LARGEST_FILE // 1024 // 1024)
    for start, kind in _PICTURES:
        if content.startswith(start):
            return kind, cleaned(content, kind)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return FileKind.WEBP, cleaned(content, FileKind.WEBP)
    if content.startswith(b"%PDF"):
        return FileKind.PDF, _sound_pdf(content)
    if content.startswith(b"PK\x03\x04"):
        return office_kind(content), content
    return FileKind.TEXT, _sound_text(content)


def _sound_pdf(content: bytes) -> bytes:
    """The same bytes: begins and ends as a PDF, with nothing behind it, and runs nothing when it is opened.

    What is packed into compressed parts is not looked at; such a file is only ever handed out for download.
    """
    if not _PDF.match(content) or not _PDF_END.search(content):
        raise Refused("file_damaged")
    plain = _PDF_ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), _PDF_STREAM.sub(b"", content))
    if _PDF_ACTIVE.search(plain):
        raise Refused("file_with_programs")
    return content


def _sound_text(content: bytes) -> bytes:
    if content.startswith(_STARTS_OF_OTHERS):
        raise Refused("file_kind_not_taken")
    try:
        text = decoded(content).text
    except Refused:
        raise Refused("file_kind_not_taken") from None
    if _MARKUP.match(text) or _CONTROLS.search(text) or not text.strip():
        raise Refused("file_kind_not_taken")
    return content
