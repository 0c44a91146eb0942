"""Writes the rows of a file of items, each with its history, its custody and its entry in the ledger. Never commits."""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import Table, bindparam, select, update

from portal.features.items.domain.entries import ItemEntry
from portal.features.items.domain.lifecycles import ITEM
from portal.features.items.intake.comparing import AT_ONCE, Batch, Change, Intake, New
from portal.features.items.models import Item, ItemCustody, ItemParty
from portal.features.items.services.receipts import claim
from portal.features.ledger.services import New as Entry
from portal.features.ledger.services import hold, record_many
from portal.features.shipments.models import ReceiptLine
from portal.infra.bulk import among, claim_ids, insert_rows
from portal.infra.db import db
from portal.infra.history import StateChange
from portal.kernel.equipment import EQUIPMENT
from portal.kernel.errors import Problem, Stale
from portal.kernel.policy import Actor
from portal.kernel.reference import Kind, new_references
from portal.ledger.entries import Subject

_ITEM = (
    *("id", "version", "ref", "agency_id", "owner_id", "funder_id", "implementer_id", "line_id", "receipt_line_id"),
    *("state", "label", "category", "category_group", "manufacturer", "maker_norm", "model", "serial", "serial_norm"),
    *("serial_copy", "serial_reason", "vin", "engine_no", "tag", "made_year", "quantity", "value_minor", "currency"),
    *("condition", "unit", "site", "site_kind", "received_on", "warranty_until", "licence_until", "stores_data"),
    *("risk_class", "operators_required", "operators_trained", "checks_before", "open_findings", "attributes"),
    *("report_number", "registered_by", "registered_at"),
)
_PARTY = ("item_id", "agency_id", "state", "category_group")
_CUSTODY = ("item_id", "number", "agency_id", "unit", "site", "site_kind", "condition", "began_at")
_HISTORY = (
    *("lifecycle", "subject_id", "transition", "came_from", "went_to", "details", "person_id", "agency_id"),
    *("role", "at"),
)  # fmt: skip
_NUMBERS = ("serial_norm", "vin")
_in_order = itemgetter(*_ITEM)
BEGIN = ITEM.initial


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes, when, and under which key the history finds the file."""

    by: Actor
    at: datetime
    key: str

    def claim(self, units: Mapping[str, int]) -> None:
        """Take what the rows register from what was received, by line of a receipt."""
        for receipt_line_id, number in sorted(units.items()):
            claim(db.session.get_one(ReceiptLine, int(receipt_line_id)), number)

    def change(self, intake: Intake, tell: Callable[[int], None]) -> None:
        """First what is known already: nothing of it stands in the ledger, so that no chain is held meanwhile.

        Items that get other numbers have none until all of them gave theirs back, so that two may swap theirs.
        """
        numbers: list[dict[str, Any]] = []
        for batch in intake.batches():
            self._change(batch.changed, intake, numbers)
            tell(batch.last)
        for start in range(0, len(numbers), AT_ONCE):
            table = cast("Table", Item.__table__)
            given: dict[str, Any] = {name: bindparam(f"new_{name}") for name in _NUMBERS}
            settled = update(table).where(table.c.id == bindparam("at_id")).values(given)
            db.session.connection().execute(settled, numbers[start : start + AT_ONCE])

    def add(self, intake: Intake, chains: Collection[int], tell: Callable[[int], None]) -> None:
        """Then what is new. The chains of all agencies are taken first, in the one order everyone keeps."""
        hold(*chains)
        for batch in intake.batches():
            self._add(batch)
            tell(batch.last)

    def _change(self, changes: list[Change], intake: Intake, numbers: list[dict[str, Any]]) -> None:
        if not changes:
            return
        columns, table, rows = _changed_columns(intake.reader.editable), cast("Table", Item.__table__), []
        for one in changes:
            values = _values(one.line, one.copy)
            if one.line.ref in intake.moving:
                numbers.append({"at_id": one.stands.id} | {f"new_{name}": values[name] for name in _NUMBERS})
                values |= dict.fromkeys(_NUMBERS)
            version = one.stands.version
            rows.append(
                {f"new_{name}": values[name] for name in columns}
                | {"at_id": one.stands.id, "at_version": version, "new_version": version + 1}
            )
        given: dict[str, Any] = {name: bindparam(f"new_{name}") for name in (*columns, "version")}
        as_shown = (table.c.id == bindparam("at_id")) & (table.c.version == bindparam("at_version"))
        done = db.session.connection().execute(update(table).where(as_shown).values(given), rows)
        if done.rowcount not in {-1, len(rows)}:
            raise Stale(Problem("import_changed_meanwhile"))
        told = (
            self._history(one.stands.id, "edit", one.stands.state, {"fields": list(one.fields), "file": self.key})
            for one in changes
        )
        insert_rows(StateChange.__table__, _HISTORY, told)

    def _add(self, batch: Batch) -> None:
        if not batch.new:
            return
        ids, refs = claim_ids(Item.__table__, len(batch.new)), _fresh_references(len(batch.new), self.at.year)
        items, parties, custody, history, entries = [], [], [], [], []
        for id_, ref, new in zip(ids, refs, batch.new, strict=True):
            origin, line = new.origin, new.line
            if origin.holder is None or origin.funder is None:
                raise Stale(Problem("import_changed_meanwhile"))
            holder, funder = origin.holder.id, origin.funder.id
            implementer = origin.implementer.id if origin.implementer else None
            values = _values(line, new.copy)
            if origin.receipt_line is not None and values["received_on"] is None:
                values["received_on"] = origin.receipt_line.receipt.received_on
            group = EQUIPMENT[line.category].group
            items.append(self._item(id_, ref, new, values, (holder, funder, implementer), group))
            parties += [(id_, one, BEGIN.value, group) for one in {holder, funder, implementer} if one is not None]
            here = bool(values["received_on"]) or self.by.agency_id == holder
            giver = holder if here else (self.by.agency_id or funder)
            place = (line.unit, line.site, line.site_kind.value, line.condition.value)
            custody.append((id_, 1, giver, *place, self.at))
            history.append(self._history(id_, "begin", BEGIN, {"quantity": line.quantity, "file": self.key}))
            entries.append(self._entry(ref, new, holder, funder, giver if giver != holder else None))
        insert_rows(Item.__table__, _ITEM, items)
        insert_rows(ItemParty.__table__, _PARTY, parties)
        insert_rows(ItemCustody.__table__, _CUSTODY, custody)
        insert_rows(StateChange.__table__, _HISTORY, history)
        record_many(entries, by=self.by, at=self.at)

    def _item(  # noqa: PLR0917 - one row, from everything that is known of it
        self, id_: int, ref: str, new: New, values: Mapping[str, Any], agencies: tuple[int, int, int | None], group: str
    ) -> tuple[Any, ...]:  # fmt: skip
        holder, funder, implementer = agencies
        line, origin = new.line, new.origin
        receipt = origin.receipt_line
        known = dict(values) | {
            "id": id_, "version": 1, "ref": ref, "agency_id": holder, "owner_id": holder, "funder_id": funder,
            "implementer_id": implementer, "line_id": origin.line_id,
            "receipt_line_id": receipt.id if receipt is not None else None, "state": BEGIN.value,
            "category": line.category, "category_group": group, "quantity": line.quantity,
            "value_minor": line.value.minor, "currency": line.value.currency, "condition": line.condition.value,
            "unit": line.unit, "site": line.site, "site_kind": line.site_kind.value, "risk_class": line.risk.value,
            "operators_trained": 0, "checks_before": 0, "open_findings": 0, "report_number": "",
            "registered_by": self.by.person_id, "registered_at": self.at, "attributes": _json(values["attributes"]),
        }  # fmt: skip
        row: tuple[Any, ...] = _in_order(known)
        return row

    def _history(self, id_: int, name: str, state: Any, details: Mapping[str, Any]) -> tuple[Any, ...]:
        by = self.by
        return ("item", id_, name, str(state.value), str(state.value), _json(details), by.person_id, by.agency_id,
                by.role.value, self.at)  # fmt: skip

    def _entry(self, ref: str, new: New, holder: int, funder: int, giver: int | None) -> Entry:
        """The same that one item entered by hand says: holder, quantity and totals follow from entries alone."""
        line = new.line
        content = {
            "state": BEGIN.value, "holder": holder, "owner": holder, "custodian": None,
            "site_kind": line.site_kind.value, "condition": line.condition.value, "quantity": line.quantity,
            "value": line.value, "category": line.category, "with_agency": giver,
        }  # fmt: skip
        return Entry(ItemEntry.REGISTERED, Subject("item", ref), content, holder, funder)


def _values(line: Any, copy: int) -> dict[str, Any]:
    """The columns that a file may fill, identifiers also in the form in which they are compared."""
    return {
        "manufacturer": line.manufacturer, "maker_norm": line.maker_norm, "model": line.model,
        "serial": line.serial or None, "serial_norm": line.serial_norm, "serial_copy": copy,
        "serial_reason": line.same_serial_reason, "vin": line.vin or None, "engine_no": line.engine_no,
        "tag": line.tag, "made_year": line.made_year, "received_on": line.received_on,
        "warranty_until": line.warranty_until, "licence_until": line.licence_until, "stores_data": line.stores_data,
        "operators_required": line.operators_required, "label": line.label.value,
        "attributes": {name: value for name, value in line.attributes.items() if value},
    }  # fmt: skip


def _changed_columns(editable: Collection[str]) -> list[str]:
    """Of the table, for these columns of the file."""
    numbers = ["maker_norm", "serial", "serial_norm", "serial_copy", "serial_reason", "vin"]
    return [*numbers, *(name for name in editable if name not in {"serial", "vin", "same_serial_reason"})]


def _fresh_references(number: int, year: int) -> list[str]:
    """References that no item has. Of some thousand at once a few are always taken."""
    found = new_references(Kind.ITEM, year, number)
    while taken := set(db.session.scalars(select(Item.ref).where(among(Item.ref, found)))):
        found = [one for one in found if one not in taken]
        found += new_references(Kind.ITEM, year, number - len(found))
        found = list(dict.fromkeys(found))
    return found


_encode = json.JSONEncoder(ensure_ascii=True).encode


def _json(value: Mapping[str, Any]) -> str:
    """Most rows say the same in these columns. Their values are texts and counts, or lists that are not remembered."""
    if not value:
        return "{}"
    try:
        return _encoded(tuple(value.items()))
    except TypeError:
        return _encode(value)


@lru_cache(maxsize=1_000)
def _encoded(items: tuple[tuple[str, Any], ...]) -> str:
    return _encode(dict(items))
