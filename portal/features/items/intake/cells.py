"""What each cell of a row of items must be: the rules of the form's own fields, each text checked once."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.features.items.domain.commands import RegisterItem
from portal.features.items.domain.vocabulary import Condition, RiskClass, SiteKind
from portal.features.items.intake.columns import LABELS, ORDER, parted
from portal.infra.tables import unguarded
from portal.kernel import amounts
from portal.kernel.contract import FieldReader
from portal.kernel.errors import Problem, Rejected
from portal.kernel.money import CURRENCIES, Money
from portal.kernel.reference import parse_reference

REMEMBERED = 2_000
"""Texts of one column; serial numbers never come again, so more would only fill the memory."""
_CHOICES: Mapping[str, Iterable[str]] = {
    "condition": tuple(Condition),
    "site_kind": tuple(SiteKind),
    "risk_class": tuple(RiskClass),
    "label": tuple(LABELS),
    "stores_data": ("yes", "no"),
}
_YES_NO = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class Wrong:
    """In place of a value: what is wrong with the cell."""

    problems: tuple[Problem, ...]
    value: str


class Column(dict[str, Any]):
    """By the text of a cell its value, or `Wrong`. Remembers those that come again."""

    def __init__(self, read: Callable[[str], Any]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, cell: str) -> Any:
        text = unguarded(cell.strip()).strip()
        try:
            value = self._read(text)
        except Rejected as refusal:
            value = Wrong(tuple(refusal.problems), text)
        if len(self) < REMEMBERED:
            self[cell] = value
        return value


def column(name: str) -> Column:
    """How the cells of one column are read."""
    special = {"ref": _reference, "value": _amount, "currency": _currency, "attributes": _attributes}
    if name in special:
        return Column(special[name])
    reader = FieldReader(RegisterItem, name)
    if name not in _CHOICES:
        return Column(reader.read)
    return Column(lambda text: _chosen(name, text, reader))


def default_of(name: str) -> Any:
    """What a new item has where the file lacks the column."""
    return None if name in {"ref", "value", "currency"} else FieldReader(RegisterItem, name).default


DEFAULTS: Mapping[str, Any] = {name: default_of(name) for name in ORDER}


def _chosen(name: str, text: str, reader: FieldReader) -> Any:
    """One of a list, however it is written; a cell that is none of them is told all that may stand there."""
    known = {one.lower(): one for one in _CHOICES[name]}
    if text and text.lower() not in known:
        raise Rejected(Problem("not_one_of", name, {"choices": ", ".join(_CHOICES[name])}))
    if name == "stores_data":
        return _YES_NO.get(text.lower(), False)
    return reader.read(LABELS[text.upper()] if name == "label" and text else text.lower())


def _reference(text: str) -> str:
    found = parse_reference(text) if text else ""
    if found is None or (found and not found.startswith("EQ-")):
        raise Rejected(Problem("unknown_item", "ref"))
    return found


def _currency(text: str) -> str:
    code = text.upper()
    if code not in CURRENCIES:
        raise Rejected(Problem("not_in_list" if code else "required", "currency"))
    return code


def _amount(text: str) -> str:
    """Kept as it is: what it says depends on the currency beside it."""
    if not text:
        raise Rejected(Problem("required", "value"))
    return text


def money_of(text: str, currency: str) -> Money | Wrong:
    """As exports write it, `18500.00`; else as people do, where only one reading is possible."""
    figure = amounts.canonical(text)
    exact = figure is not None and figure.places in {0, CURRENCIES[currency].places}
    given = {"amount" if exact else "typed": text, "currency": currency}
    try:
        found: Money = _money.read(given)
    except Rejected as refusal:
        return Wrong(tuple(Problem(one.code, "value", one.params) for one in refusal.problems), text)
    return found


_money = FieldReader(RegisterItem, "value")
_each = FieldReader(RegisterItem, "attributes")


def _attributes(text: str) -> dict[str, str]:
    found = parted(text)
    if found is None:
        raise Rejected(Problem("attributes_unread", "attributes"))
    values: dict[str, str] = _each.read(found) if found else {}
    return values
