"""Spreadsheets and texts of office programs are archives: looked into before anything trusts them."""

import io
import zipfile
import zlib

from portal.infra.texts import Refused
from portal.kernel.files import FileKind

MOST_MEMBERS = 2_000
LARGEST_UNPACKED = 100 * 1024 * 1024
_KINDS = {"xl/workbook.xml": FileKind.XLSX, "word/document.xml": FileKind.DOCX}
_PROGRAMS = ("vbaproject.bin", "activex", "oleobject", "macrosheets", ".exe", ".dll", ".js", ".vbs", ".bat", ".ps1")
_CHUNK = 1024 * 1024
_END = b"PK\x05\x06"
_END_SIZE = 22


def office_kind(content: bytes) -> FileKind:
    """XLSX or DOCX; every other archive, and one that is not what it says, is refused."""
    if content[-_END_SIZE:].find(_END) != 0:
        raise Refused("file_damaged")  # something hangs behind the archive, or it was cut off
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            kind = _kind(archive)
            _unpack(archive)
    except (zipfile.BadZipFile, NotImplementedError, zlib.error, EOFError, ValueError, RuntimeError, OSError):
        raise Refused("file_damaged") from None
    return kind


def _kind(archive: zipfile.ZipFile) -> FileKind:
    names = [member.filename for member in archive.infolist()]
    if archive.start_dir and min((m.header_offset for m in archive.infolist()), default=0) != 0:
        raise Refused("file_damaged")
    if len(names) > MOST_MEMBERS or len(set(names)) != len(names):
        raise Refused("file_damaged")
    if any(name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") for name in names):
        raise Refused("file_damaged")
    kinds = {_KINDS[name] for name in names if name in _KINDS}
    if len(kinds) != 1 or "[Content_Types].xml" not in names:
        raise Refused("file_kind_not_taken")
    if any(part in name.lower() for name in names for part in _PROGRAMS):
        raise Refused("file_with_programs")
    return kinds.pop()


def _unpack(archive: zipfile.ZipFile) -> None:
    """Sizes that an archive declares can lie, so every member is really unpacked, up to the limit."""
    if sum(member.file_size for member in archive.infolist()) > LARGEST_UNPACKED:
        raise Refused("document_unpacks_too_large", limit=LARGEST_UNPACKED // 1024 // 1024)
    left = LARGEST_UNPACKED
    for member in archive.infolist():
        declared, member.file_size = member.file_size, LARGEST_UNPACKED + 1
        size = 0
        with archive.open(member) as stream:
            while chunk := stream.read(_CHUNK):
                size += len(chunk)
                left -= len(chunk)
                if left < 0:
                    raise Refused("document_unpacks_too_large", limit=LARGEST_UNPACKED // 1024 // 1024)
        if size != declared:
            raise Refused("file_damaged")
