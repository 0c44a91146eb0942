"""Reads amounts as people write them in any of the six languages, and never guesses.

A mark that separates thousands in one language separates decimals in another, and people type on foreign keyboards: the
reader's language cannot decide which was meant. So the shape of what was typed decides where only one reading exists,
and where two exist both are given back, for the person to choose from.
"""

import re
import unicodedata
from decimal import Decimal

MOST_TYPED = 40
"""Characters; the largest amount that is accepted needs far fewer."""
_SAME_MARK = str.maketrans("．，،。＇’ʼ\u00a0\u202f\u2009\u2007\u3000", ".,,.'''     ")
_DIRECTION_MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u061c"))
"""Come along when an amount is copied from an Arabic page; they are no part of a number."""
_DECIMAL_MARKS = ".,٫"
_AMBIGUOUS_MARKS = ".,٫٬"
"""The last two differ by a hair on a screen: one of them before three digits is asked about like a comma."""
_SHAPE = re.compile(r"\d+(?:[.,٫٬ ']\d+)*")
_SIGNED = re.compile(r"[-−﹣－]\s*(\S.*)")
_CANONICAL = re.compile(r"(?:0|[1-9]\d*)(?:\.\d+)?", re.ASCII)
_GROUP = 3


class Figure(str):
    """An exact number in canonical form, `10005` or `10.005`, which the web writes in the reader's way."""

    __slots__ = ()

    @property
    def number(self) -> Decimal:
        return Decimal(self)

    @property
    def places(self) -> int:
        return len(self.partition(".")[2])


def canonical(text: str) -> Figure | None:
    """The figure that a program wrote: ASCII digits and a point before the decimals, nothing else."""
    return Figure(text) if len(text) <= MOST_TYPED and _CANONICAL.fullmatch(text) else None


def readings(typed: str) -> tuple[Figure, ...]:
    """Every way to read what was typed: none when it is no amount, two when one mark stands before three digits.

    Of two readings the first takes the mark for thousands, the second for decimals.
    """
    text = _plain(typed)
    if text is None or not _SHAPE.fullmatch(text):
        return ()
    digits, marks = re.findall(r"\d+", text), re.findall(r"\D", text)
    if not marks:
        return (_figure(digits),)
    if len(marks) == 1 and marks[0] in _AMBIGUOUS_MARKS and len(digits[1]) == _GROUP:
        return _figure(digits), _figure(digits[:1], digits[1])
    if marks[-1] in _DECIMAL_MARKS and marks[-1] not in marks[:-1] and _grouped(digits[:-1], marks[:-1]):
        return (_figure(digits[:-1], digits[-1]),)
    if _grouped(digits, marks):
        return (_figure(digits),)
    return ()


def is_negative(typed: str) -> bool:
    """Whether it is a minus sign and an amount: a clear refusal says that better than "not an amount"."""
    signed = _SIGNED.fullmatch(typed.translate(_DIRECTION_MARKS).strip())
    return signed is not None and bool(readings(signed[1]))


def _plain(typed: str) -> str | None:
    """With ASCII digits and one mark for each meaning; None when digits of two scripts are mixed."""
    text = typed.translate(_DIRECTION_MARKS).strip()
    if len(text) > MOST_TYPED:
        return None
    scripts = {ord(c) - unicodedata.decimal(c) for c in text if c.isdecimal()}
    if len(scripts) != 1:
        return None  # a digit of one script may look like another digit of a second
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text.translate(_SAME_MARK))


def _grouped(digits: list[str], marks: list[str]) -> bool:
    """Whether the whole part is written right: in threes, with the same mark throughout, or with none."""
    if not marks:
        return True
    first, *others = digits
    return (
        len(set(marks)) == 1
        and marks[0] != "٫"
        and first[0] != "0"
        and len(first) <= _GROUP
        and all(len(group) == _GROUP for group in others)
    )


def _figure(whole: list[str], decimals: str = "") -> Figure:
    return Figure(("".join(whole).lstrip("0") or "0") + (f".{decimals}" if decimals else ""))
