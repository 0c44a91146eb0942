"""The list of items as a file, streamed, with the columns that an import reads: it comes back unchanged."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date
from enum import Enum
from tempfile import TemporaryFile
from typing import IO, Any

import xlsxwriter

from portal.features.exchanges.programme.tables import guarded
from portal.features.items.intake.columns import EXPORTED, LABELS, joined
from portal.features.items.intake.standing import Standing, standing
from portal.features.items.models import Item
from portal.infra.db import db
from portal.kernel.money import Money
from portal.kernel.policy import Actor

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
AT_ONCE = 1_000
_PIECE = 64 * 1024
_LABEL_CELLS = {value: cell for cell, value in LABELS.items()}


def export(actor: Actor, form: str) -> Iterator[bytes]:
    """Every item that the actor sees, oldest first."""
    return _csv(_rows(actor)) if form == "csv" else _xlsx(_rows(actor))


def _rows(actor: Actor) -> Iterator[list[str]]:
    """A thousand at once, so that memory stays flat however many there are."""
    after = 0
    while True:
        query = standing(actor).where(Item.id > after).order_by(Item.id).limit(AT_ONCE)
        found = db.session.execute(query).all()
        for one in found:
            yield cells(one)
        if len(found) < AT_ONCE:
            return
        after = found[-1].id


def cells(stands: Standing) -> list[str]:
    """One item as the cells of a row."""
    special = {
        "value": str(Money(stands.value_minor, stands.currency).canonical),
        "label": _LABEL_CELLS[stands.label.value],
        "attributes": joined(stands.attributes),
    }
    return [special[name] if name in special else _text(getattr(stands, name)) for name in EXPORTED]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()
    return str(value.value) if isinstance(value, Enum) else str(value)


def _csv(rows: Iterable[list[str]]) -> Iterator[bytes]:
    piece = io.StringIO(newline="")
    piece.write("\ufeff")  # without it, spreadsheets take UTF-8 for an encoding of old Windows
    writer = csv.writer(piece)
    writer.writerow(EXPORTED)
    for row in rows:
        writer.writerow([guarded(text) for text in row])
        if piece.tell() > _PIECE:
            yield piece.getvalue().encode()
            piece.seek(0)
            piece.truncate()
    yield piece.getvalue().encode()


def _xlsx(rows: Iterable[list[str]]) -> Iterator[bytes]:
    with TemporaryFile() as file:
        _write_workbook(file, rows)
        file.seek(0)
        while piece := file.read(_PIECE):
            yield piece


def _write_workbook(file: IO[bytes], rows: Iterable[list[str]]) -> None:
    plain = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, plain) as workbook:
        sheet = workbook.add_worksheet("items")
        sheet.freeze_panes(1, 1)
        sheet.write_row(0, 0, EXPORTED, workbook.add_format({"bold": True}))
        for number, row in enumerate(rows, start=1):
            for column, text in enumerate(row):
                if text:
                    sheet.write_string(number, column, guarded(text))
