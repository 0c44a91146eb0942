"""Turns the bytes of a text or a table into text, whichever program wrote them."""

import io
from dataclasses import dataclass
from itertools import islice

from charset_normalizer import from_bytes

_BOMS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_OLD_ENCODINGS = {"cp1252": "Windows-1252", "cp1256": "Windows-1256", "cp1251": "Windows-1251"}
_MOST_LINES = 2_000


class Refused(Exception):
    """The file cannot be used; `code` and `params` say why."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code, self.params = code, params


@dataclass(frozen=True, slots=True)
class Text:
    """A decoded file. `guessed` names the encoding when it had to be guessed."""

    text: str
    guessed: str | None = None


def decoded(content: bytes) -> Text:
    """UTF-8, UTF-16 and UTF-32 as they say themselves; the encodings of old Windows by guessing, which is told."""
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return Text(_strictly(content, encoding))
    if b"\x00" in content:
        encoding = _without_mark(content)
        return Text(_strictly(content, encoding), encoding.upper())
    try:
        return Text(content.decode("utf-8"))
    except UnicodeDecodeError:
        return _guessed(content)


def _strictly(content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise Refused("encoding_broken", encoding=encoding.removesuffix("-sig").upper()) from None
    if "\x00" in text:
        raise Refused("file_not_a_table")
    return text.removeprefix("\ufeff")


def _without_mark(content: bytes) -> str:
    """UTF-16 leaves every second byte of plain letters zero: the even ones when the large end comes first."""
    sample = content[:4096]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if min(even, odd) > max(even, odd) // 10 or max(even, odd) < len(sample) // 8:
        raise Refused("file_not_a_table")
    return "utf-16-be" if even > odd else "utf-16-le"


def _guessed(content: bytes) -> Text:
    telling = (line for line in io.BytesIO(content) if not line.isascii())
    sample = b"".join(islice(telling, _MOST_LINES))[:65536]
    best = from_bytes(sample, cp_isolation=list(_OLD_ENCODINGS), threshold=0.6).best()
    if best is None or best.encoding not in _OLD_ENCODINGS:
        raise Refused("encoding_unknown")
    try:
        text = content.decode(best.encoding)
    except UnicodeDecodeError:
        raise Refused("encoding_unknown") from None
    return Text(text, _OLD_ENCODINGS[best.encoding])
