"""Goes through a file of items once: each row alone, against the other rows, and against what the portal has."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from portal.features.exchanges.programme.findings import Findings, Place
from portal.features.items.domain.lifecycles import GONE
from portal.features.items.domain.serials import normal_maker, normal_serial
from portal.features.items.intake import standing
from portal.features.items.intake.columns import ORIGIN
from portal.features.items.intake.lines import Broken, Line, Reader
from portal.features.items.intake.reading import Row, Sheet
from portal.features.items.intake.standing import Standing
from portal.features.items.policy import GRANTS, Items
from portal.features.items.services.receipts import left_of
from portal.features.items.services.registering import Origin, origin_of
from portal.kernel.errors import Problem
from portal.kernel.policy import Actor

AT_ONCE = 2_500
_PARTIES = ("holder", "funder", "implementer")
Key = tuple[str, str]


class New(NamedTuple):
    """A row that becomes an item, where it comes from, and which copy of its serial number it has."""

    line: Line
    origin: Origin
    copy: int


class Change(NamedTuple):
    """A row that changes an item: what stands there now, and the columns that differ."""

    line: Line
    stands: Standing
    fields: tuple[str, ...]
    copy: int


@dataclass(slots=True)
class Batch:
    """What a stretch of rows would do."""

    new: list[New] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    last: int = 0
    """The number of its last row."""


@dataclass
class Intake:
    """One pass over the rows. What is wrong is added to `findings`; `batches` yields what is right."""

    sheet: Sheet
    by: Actor
    at: datetime
    findings: Findings
    moving: Collection[str] = frozenset()
    """References of the items that get other numbers by this file: their old ones are free."""
    counts_receipts: bool = True
    """Whether to look how much of a receipt is left; who writes has claimed it already."""
    figures: Counter[str] = field(default_factory=Counter)
    chains: set[int] = field(default_factory=set)
    """The agencies whose ledgers tell of it."""

    def __post_init__(self) -> None:
        self.reader = Reader(self.sheet.columns)
        self._seen: dict[str, dict[Any, int]] = {"serial": {}, "vin": {}, "ref": {}}
        self._copies: Counter[Key] = Counter()
        self._origins: dict[tuple[Any, ...], tuple[Origin, list[Problem]]] = {}
        self._claimed: Counter[int] = Counter()
        self._digest = hashlib.sha256()

    @property
    def fingerprint(self) -> str:
        return self._digest.hexdigest()

    def batches(self) -> Iterator[Batch]:
        while rows := list(islice(self.sheet.rows, AT_ONCE)):
            batch = self._compared([line for row in rows if (line := self._line(row)) is not None])
            batch.last = rows[-1][0]
            self.figures["lines"] += len(rows)
            yield batch

    def _line(self, row: Row) -> Line | Broken | None:
        number, cells = row
        line, problems, shown = self.reader.line(number, cells)
        for problem in problems:
            self._tell(number, problem, shown.get(problem.field or "", ""))
        return None if line.ref and self._again("ref", line.ref, line, "reference_twice") else line

    def _compared(self, lines: list[Line | Broken]) -> Batch:
        known = standing.by_reference(self.by, [line.ref for line in lines if line.ref])
        for line in lines:
            if line.ref in known and isinstance(line, Line):
                _keep_what_is_not_said(line, known[line.ref], self.reader.given)
        serials = standing.taken_serials({(one.maker_norm, one.serial_norm) for one in lines if one.serial_norm})
        vins = standing.taken_vins({one.vin for one in lines if one.vin})
        batch = Batch()
        for line in lines:
            before, stands = len(self.findings.found), known.get(line.ref)
            copy = self._numbers(line, stands, serials, vins)
            if isinstance(line, Broken):
                continue
            if line.ref:
                change = self._change(line, stands, copy)
                if change is not None and len(self.findings.found) == before:
                    batch.changed.append(change)
                    self.figures["changed"] += 1
                    version = change.stands.version
                    self._digest.update(f"c{change.stands.id}:{version}:{','.join(change.fields)}\n".encode())
                continue
            origin = self._origin(line)
            self._tell_all(line, line.wrong_as_new(self.at.date()))
            if len(self.findings.found) == before:
                batch.new.append(New(line, origin, copy))
                self.figures["new"] += 1
                self._digest.update(b"n%d\n" % line.row)
        return batch

    def _numbers(
        self, line: Line | Broken, stands: Standing | None, serials: Mapping[Key, Any], vins: Mapping[str, str]
    ) -> int:
        """Whether serial and vehicle number are free, in the file and in the portal; the number of the copy.

        What an item has already is not asked about again: whoever else wants it finds it in the portal.
        """
        if line.vin and not (stands and stands.vin == line.vin):
            self._again("vin", line.vin, line, "vin_twice_in_file")
            if (other := vins.get(line.vin)) and other != line.ref and other not in self.moving:
                self._tell(line.row, Problem("vin_taken", "vin"), line.vin)
        key = (line.maker_norm, line.serial_norm or "")
        if not line.serial_norm or (stands and key == (stands.maker_norm, stands.serial_norm)):
            return 0
        others = [one for one in serials.get(key, ()) if one.ref != line.ref and one.ref not in self.moving]
        if not line.same_serial_reason:
            if not self._again("serial", key, line, "serial_twice_in_file") and others:
                self._tell(line.row, Problem("serial_taken", "serial"), line.serial)
            return 0
        earlier = self._copies.get(key, 1 if key in self._seen["serial"] else 0)
        self._seen["serial"].setdefault(key, line.row)
        copy = max((one.copy + 1 for one in others), default=0) + earlier
        self._copies[key] = earlier + 1
        return copy

    def _again(self, name: str, key: Any, line: Line | Broken, code: str) -> bool:
        """Whether an earlier row has the same; the two are told together."""
        first = self._seen[name].setdefault(key, line.row)
        if first != line.row:
            self._tell(line.row, Problem(code, name, {"row": first}), str(getattr(line, name)))
        return first != line.row

    def _change(self, line: Line, stands: Standing | None, copy: int) -> Change | None:
        if stands is None:
            self._tell(line.row, Problem("unknown_item", "ref"), line.ref)
            return None
        given = self.reader.given
        for name in standing.fixed_differences(line, stands, given):
            self._tell(line.row, Problem("by_steps", name), str(getattr(line, name)))
        for name in ORIGIN:
            if name in given and getattr(line, name):
                self._tell(line.row, Problem("by_steps", name), str(getattr(line, name)))
        fields = standing.changed_fields(line, stands, self.reader.editable)
        if not fields:
            self.figures["unchanged"] += 1
            return None
        if obstacle := self._obstacle(stands):
            self._tell(line.row, Problem(obstacle, "ref"), line.ref)
        self._tell_all(line, line.wrong_as_change(stands.category, stands.quantity, self.at.date()))
        same = (stands.maker_norm, stands.serial_norm) == (line.maker_norm, line.serial_norm)
        return Change(line, stands, fields, stands.serial_copy if same else copy)

    def _obstacle(self, stands: Standing) -> str | None:
        """Why this item cannot be changed by this person now, if it cannot."""
        if not GRANTS[Items.EDIT].holds(self.by, stands):
            return "not_a_party"
        if standing.frozen(stands):
            return "agency_suspended"
        return "item_ended" if stands.state in GONE else None

    def _origin(self, line: Line) -> Origin:
        """Most rows come from the same place, which is looked up once."""
        key = (line.category if line.shipment else "", *(getattr(line, name) for name in (*_PARTIES, *ORIGIN)))
        if key not in self._origins:
            problems: list[Problem] = []
            origin = origin_of(line, by=self.by, problems=problems)
            if any(one and one.suspended for one in (origin.holder, origin.funder)):
                problems.append(Problem("agency_suspended", "holder"))
            self._origins[key] = origin, problems
        origin, problems = self._origins[key]
        self._tell_all(line, problems)
        if origin.receipt_line is not None and self.counts_receipts:
            self._claim(line, origin)
        self.chains |= {one.id for one in (origin.holder, origin.funder) if one is not None}
        return origin

    def _claim(self, line: Line, origin: Origin) -> None:
        receipt_line = origin.receipt_line
        if receipt_line is None:
            return
        left = left_of(receipt_line) - self._claimed[receipt_line.id]
        if line.quantity > left:
            self._tell(line.row, Problem("receipt_has_less", "quantity", {"left": max(left, 0)}), str(line.quantity))
        else:
            self._claimed[receipt_line.id] += line.quantity

    @property
    def claimed(self) -> Mapping[int, int]:
        """By line of a receipt, how many of its units these rows register."""
        return self._claimed

    def _tell_all(self, line: Line, problems: Any) -> None:
        for problem in problems:
            column = (problem.field or "").partition("-")[0]
            self._tell(line.row, problem, str(getattr(line, column, "") or "") if column != "attributes" else "")

    def _tell(self, row: int, problem: Problem, value: str) -> None:
        column = (problem.field or "").partition("-")[0]
        self.findings.error(problem.code, Place(self.sheet.file, row, column, value), **problem.params)
        self.figures["errors"] += 1


def moving(sheet: Sheet, *, by: Actor) -> set[str]:
    """References of the items that get another serial or vehicle number by this file."""
    columns = {name: place for place, name in enumerate(sheet.columns)}
    found: set[str] = set()
    if "ref" not in columns:
        return found
    reader = Reader(sheet.columns)
    while rows := list(islice(sheet.rows, AT_ONCE)):
        named = (reader.line(number, cells)[0] for number, cells in rows if cells[columns["ref"]])
        lines = [line for line in named if isinstance(line, Line)]
        known = standing.by_reference(by, [line.ref for line in lines if line.ref])
        for line in lines:
            stands = known.get(line.ref)
            if stands is not None and _moves(line, stands, reader.given):
                found.add(line.ref)
    return found


def _moves(line: Line, stands: Standing, given: Collection[str]) -> bool:
    _keep_what_is_not_said(line, stands, given)
    serial = normal_serial(line.serial) or None
    return (normal_maker(line.manufacturer), serial, line.vin or None) != (
        stands.maker_norm,
        stands.serial_norm,
        stands.vin,
    )


def _keep_what_is_not_said(line: Line, stands: Standing, given: Collection[str]) -> None:
    """A column that the file lacks stays as it is."""
    for name in ("serial", "vin", "engine_no", "tag", "attributes", "same_serial_reason"):
        if name not in given:
            setattr(line, name, getattr(stands, name) or ({} if name == "attributes" else ""))
    line.serial_norm = normal_serial(line.serial) or None
