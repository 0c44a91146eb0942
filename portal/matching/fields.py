"""One cell of a programme table, written as in CSV or as a JSON value, read strictly into what the engine needs."""

import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date

from portal.matching.types import LEVEL_RANK, Window

MOST = 1_000_000
"""No count of people or days is larger: keeps the sums of the solve far inside 64 bits."""

_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,18}")
_STATE = re.compile(r"[A-Z]{2}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SHOWN = 60


class BadSource(ValueError):
    """The programme cannot be used; the message is one line that names table, key and column where there are any."""


def shown(value: object) -> str:
    """Quote a value for a message: on one line, not too long, and in characters that can be printed anywhere."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    text = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in text)


def is_text(value: object) -> bool:
    """Whether a value is a text that can be written in UTF-8, which a lone half of a surrogate pair cannot."""
    return isinstance(value, str) and not any("\ud800" <= sign <= "\udfff" for sign in value)


def require_whole(where: str, value: object, lowest: int, highest: int) -> None:
    """Refuse what is not a whole number between both ends, which are included."""
    if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
        raise BadSource(f"{where}: {shown(value)} is not a whole number from {lowest} to {highest}")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, with the place that messages name."""

    table: str
    key: str
    values: Mapping[str, object]

    def refuse(self, column: str, value: object, why: str) -> BadSource:
        return BadSource(f"{self.table} {shown(self.key)}, column {column}: {shown(value)} {why}")

    def text(self, column: str) -> str:
        """Return a text without the blanks around it; empty when absent."""
        value = self.values.get(column)
        if value is None:
            return ""
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if not isinstance(value, str):
            raise self.refuse(column, value, "is not a text")
        return value.strip()

    def whole_number(self, column: str, lowest: int, highest: int = MOST) -> int:
        value = self.values.get(column)
        number = _whole(value)
        if number is None or not lowest <= number <= highest:
            raise self.refuse(column, value, f"is not a whole number from {lowest} to {highest}")
        return number

    def flag(self, column: str) -> bool:
        value = self.values.get(column)
        answer = {"yes": True, "no": False, "": False}.get(self.text(column)) if not isinstance(value, bool) else value
        if answer is None:
            raise self.refuse(column, value, "is neither yes nor no")
        return answer

    def listed(self, column: str) -> list[str]:
        """Return the texts of a list: parted by semicolons in CSV, a list of texts in JSON."""
        value = self.values.get(column)
        if value is None or value == "":
            return []
        items = value.split(";") if isinstance(value, str) else value
        if not isinstance(items, list) or not all(isinstance(item, str) and item.strip() for item in items):
            raise self.refuse(column, value, "is not a list of texts parted by semicolons")
        return [item.strip() for item in items]

    def choice(self, column: str, choices: Collection[str], default: str) -> str:
        value = self.text(column) or default
        if value not in choices:
            raise self.refuse(column, value, f"is none of: {', '.join(choices)}")
        return value

    def chosen(self, column: str, known: Callable[[str], bool], what: str) -> list[str]:
        """Return a list whose every item `known` accepts, without repetitions."""
        items = self.listed(column)
        for item in items:
            if not known(item):
                raise self.refuse(column, item, f"is not {what}")
        if len(set(items)) < len(items):
            raise self.refuse(column, ";".join(items), "names something twice")
        return items

    def states(self, column: str) -> list[str]:
        return self.chosen(column, lambda item: bool(_STATE.fullmatch(item)), "a State code of two capital letters")

    def state(self, column: str) -> str | None:
        value = self.text(column)
        if value and not _STATE.fullmatch(value):
            raise self.refuse(column, value, "is not a State code of two capital letters")
        return value or None

    def languages(self, column: str) -> dict[str, str]:
        """Language code -> CEFR level: `en:B1;fr:C2` or, in JSON, a list of such texts or an object."""
        value = self.values.get(column)
        if isinstance(value, dict):
            pairs = [(str(code), str(level)) for code, level in value.items()]
        else:
            parted = (item.partition(":") for item in self.listed(column))
            pairs = [(code.strip(), level.strip()) for code, _, level in parted]
        for code, level in pairs:
            if not _LANGUAGE.fullmatch(code) or level not in LEVEL_RANK:
                raise self.refuse(column, f"{code}:{level}", "is not a language and its level, such as en:B1")
        if len(dict(pairs)) < len(pairs):
            raise self.refuse(column, value, "names a language twice")
        return {code: "C2" if level == "native" else level for code, level in sorted(pairs)}

    def windows(self, column: str) -> tuple[Window, ...]:
        """Return the windows: `2027-03-01/2027-03-26` parted by semicolons or, in JSON, also pairs of days."""
        value = self.values.get(column)
        if isinstance(value, list):
            value = [f"{item[0]}/{item[1]}" if _is_pair(item) else item for item in value]
        items = Row(self.table, self.key, {column: value}).listed(column)
        return tuple(sorted({self._window(column, item) for item in items}))

    def _window(self, column: str, text: str) -> Window:
        days = [part.strip() for part in text.split("/")]
        try:
            first, last = (date.fromisoformat(day) for day in days if _DAY.fullmatch(day))
        except ValueError:
            raise self.refuse(column, text, "is not a period such as 2027-03-01/2027-03-26") from None
        if last < first:
            raise self.refuse(column, text, "ends before it begins")
        return first, last


def _whole(value: object) -> int | None:
    if isinstance(value, str):
        return int(value) if _WHOLE_NUMBER.fullmatch(value.strip()) else None
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
        return None
    return int(value)


def _is_pair(item: object) -> bool:
    return isinstance(item, list) and len(item) == len(Window.__args__)  # type: ignore[attr-defined]
