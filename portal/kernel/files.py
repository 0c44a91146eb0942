"""Files that people attach: the kinds the portal takes, what it keeps of each, and a field of a command for one."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from portal.kernel.contract import has_hidden_characters

LONGEST_NAME = 120
_UNSAFE = re.compile(r'[<>:"|?*]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
"""Names that a Windows machine cannot save."""


class FileKind(StrEnum):
    """What a file is by its content. The first ending is the one it gets when its name has none that fits."""

    PDF = "pdf"
    PNG = "png"
    JPEG = "jpeg"
    WEBP = "webp"
    XLSX = "xlsx"
    DOCX = "docx"
    TEXT = "text"

    @property
    def endings(self) -> tuple[str, ...]:
        return _ENDINGS[self]

    @property
    def is_picture(self) -> bool:
        return self in {FileKind.PNG, FileKind.JPEG, FileKind.WEBP}


_ENDINGS = {
    FileKind.PDF: (".pdf",),
    FileKind.PNG: (".png",),
    FileKind.JPEG: (".jpg", ".jpeg"),
    FileKind.WEBP: (".webp",),
    FileKind.XLSX: (".xlsx",),
    FileKind.DOCX: (".docx",),
    FileKind.TEXT: (".txt", ".csv", ".tsv"),
}
_ALL_ENDINGS = tuple(ending for endings in _ENDINGS.values() for ending in endings)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that was judged and stored: under `digest`, the SHA-256 of what is kept, which pictures re-encoded are."""

    digest: str
    name: str
    kind: FileKind
    size: int


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A file that was sent and is not taken; `code` and `params` say why."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


class NameRefused(ValueError):
    """The name itself could mislead people; the code is its only argument."""


def safe_name(sent: str, kind: FileKind) -> str:
    """The last part of a path, with the ending of what the file is. Misleading characters are refused."""
    if has_hidden_characters(sent) or any(unicodedata.category(c) == "Cc" for c in sent):
        raise NameRefused("file_name_hidden")
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", sent)[-1])
    stem = _UNSAFE.sub("_", name).strip(" .")
    ending = next((e for e in _ALL_ENDINGS if stem.lower().endswith(e)), "")
    if ending in kind.endings:
        ending = stem[-len(ending) :]
        stem = stem[: -len(ending)]
    else:
        stem, ending = stem.removesuffix(stem[len(stem) - len(ending) :]) if ending else stem, kind.endings[0]
    stem = stem.rstrip(" .") or kind.value
    if _RESERVED.fullmatch(stem):
        stem = f"_{stem}"
    return stem[: LONGEST_NAME - len(ending)].rstrip(" .") + ending


def _stored(value: object) -> StoredFile:
    if isinstance(value, RefusedFile):
        raise PydanticCustomError(value.code, "", dict(value.params))
    if not isinstance(value, StoredFile):
        raise PydanticCustomError("not_a_file", "")  # a program sends files to the form's door, never as JSON
    return value


def attachment() -> Any:
    """A field of a command that holds one file, judged and stored before the command is made."""
    return Annotated[StoredFile, BeforeValidator(_stored)]
