"""Serial numbers and vehicle numbers: how they are compared, and when one cannot be right.

The check digit of a vehicle number follows ISO 3779 as North America and China ask for it; elsewhere its ninth place
is free.
"""

import re
import unicodedata

_LEFT_OUT = re.compile(r"[\s\-‐-―._/\\]+")
_VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
_WITH_CHECK_DIGIT = frozenset("12345L")
"""First characters of the regions that use it: North America, and China."""
_VALUES = {str(digit): digit for digit in range(10)} | dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", [*range(1, 9), *range(1, 6), 7, 9, *range(2, 10)], strict=True)
)
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_CHECK_PLACE = 8


def normal_serial(text: str) -> str:
    """As serial numbers are compared: case, spaces, hyphens and the like do not count."""
    return _LEFT_OUT.sub("", unicodedata.normalize("NFKC", text)).upper()


def normal_maker(text: str) -> str:
    """As manufacturers are compared: also without marks on letters."""
    plain = unicodedata.normalize("NFKD", text)
    return normal_serial("".join(c for c in plain if not unicodedata.combining(c)))


def vin_problem(vin: str) -> str | None:
    """What is wrong with a vehicle number in its normal form: a code, or None."""
    if not _VIN.fullmatch(vin):
        return "vin_shape"
    if vin[0] in _WITH_CHECK_DIGIT and vin[_CHECK_PLACE] != check_digit(vin):
        return "vin_check_digit"
    return None


def check_digit(vin: str) -> str:
    """What the ninth place of a vehicle number must be, from its other sixteen."""
    rest = sum(_VALUES[c] * weight for c, weight in zip(vin, _WEIGHTS, strict=True)) % 11
    return "X" if rest == 10 else str(rest)  # noqa: PLR2004
