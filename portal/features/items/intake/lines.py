"""One row of a file of items, checked by itself."""

from collections.abc import Iterator, Sequence
from typing import Any

from portal.features.items.domain.commands import EditItem, RegisterItem
from portal.features.items.domain.disclosure import LABELS
from portal.features.items.domain.serials import normal_maker, normal_serial
from portal.features.items.domain.vocabulary import RiskClass, risk_class_of
from portal.features.items.intake.cells import DEFAULTS, Column, Wrong, column, money_of
from portal.features.items.intake.columns import EDITABLE
from portal.kernel.errors import Problem
from portal.kernel.labels import Tlp
from portal.kernel.money import Money


class Line:
    """A row whose cells are right: answers whatever the rules ask of the command that the form would send."""

    # The rules themselves, asked of a row. A command for each of 100,000 rows would take longer than all the rest.
    wrong_for: Any = RegisterItem.wrong_for
    _wrong_for_many: Any = RegisterItem._wrong_for_many  # noqa: SLF001
    out_of_time: Any = RegisterItem.out_of_time
    _joint: Any = RegisterItem.problems
    ref: str
    category: str
    manufacturer: str
    model: str
    serial: str
    vin: str
    quantity: int
    value: Money
    label: Tlp
    risk_class: RiskClass | None
    same_serial_reason: str
    attributes: dict[str, str]

    def __init__(self, row: int, values: dict[str, Any]) -> None:
        self.__dict__.update(values)
        self.row = row
        self.maker_norm = normal_maker(self.manufacturer)
        self.serial_norm = normal_serial(self.serial) or None

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)

    @property
    def risk(self) -> RiskClass:
        return self.risk_class or risk_class_of(self.category)

    def wrong_as_new(self, today: Any) -> Iterator[Problem]:
        """The rules between cells, as they are for an item that is registered."""
        yield from self._joint()
        yield from self._common(today)

    def wrong_as_change(self, category: str, quantity: int, today: Any) -> Iterator[Problem]:
        """The same for an item that is known: its category and quantity stay."""
        yield from EditItem.wrong_for(self, category, quantity=quantity)  # type: ignore[arg-type]
        yield from self._common(today)

    def _common(self, today: Any) -> Iterator[Problem]:
        yield from self.out_of_time(today=today)
        if self.label not in LABELS:
            yield Problem("not_in_list", "label")


class Broken:
    """A row with a wrong cell: what else of it can be told in the same pass, whether its numbers are free."""

    def __init__(self, row: int, values: dict[str, Any]) -> None:
        texts = {name: values[name] if type(values[name]) is str else "" for name in ("ref", "serial", "vin")}
        self.row, self.ref, self.serial, self.vin = row, texts["ref"], texts["serial"], texts["vin"]
        maker = values["manufacturer"]
        self.maker_norm = normal_maker(maker) if type(maker) is str else ""
        self.serial_norm = (normal_serial(self.serial) or None) if self.maker_norm else None
        self.same_serial_reason = values["same_serial_reason"]


class Reader:
    """Makes lines of the rows of one sheet."""

    def __init__(self, columns: Sequence[str]) -> None:
        self.columns = tuple(columns)
        self._readers: list[Column] = [column(name) if name != "state" else Column(str) for name in columns]
        self._money: dict[tuple[str, str], Money | Wrong] = {}
        self.given = frozenset(columns)

    @property
    def editable(self) -> tuple[str, ...]:
        """What this file may change of an item: its columns that a file may change."""
        return tuple(name for name in EDITABLE if name in self.given)

    def line(self, row: int, cells: Sequence[str]) -> tuple[Line | Broken, list[Problem], dict[str, str]]:
        """The line; or what is left of it, every problem of its cells, and what stands in those that are wrong."""
        read = [reader[cell] for reader, cell in zip(self._readers, cells, strict=True)]
        wrong = [one for one in read if type(one) is Wrong]
        values = dict(DEFAULTS) | dict(zip(self.columns, read, strict=True))
        if values["ref"] and type(values["ref"]) is str:  # what no file changes may be left empty
            left_out = [one for one in wrong if not one.value and one.problems[0].field not in EDITABLE]
            wrong = [one for one in wrong if one not in left_out]
            values = {name: None if value in left_out else value for name, value in values.items()}
        if type(values["value"]) is str and type(values["currency"]) is str:
            value = self._amount(values["value"], values["currency"])
            if type(value) is Wrong:
                wrong.append(value)
            values["value"] = value
        if wrong:
            shown = {problem.field or "": one.value for one in wrong for problem in one.problems}
            return Broken(row, values), [problem for one in wrong for problem in one.problems], shown
        return Line(row, values), [], {}

    def _amount(self, text: str, currency: str) -> Money | Wrong:
        key = (text, currency)
        found = self._money.get(key)
        if found is None:
            found = money_of(text, currency)
            if len(self._money) < 10_000:  # noqa: PLR2004
                self._money[key] = found
        return found
