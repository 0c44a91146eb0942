"""The list of items as a file, streamed, with the columns that an import reads: it comes back unchanged."""

from collections.abc import Iterator
from datetime import date
from enum import Enum
from typing import Any

from portal.features.items.intake.columns import EXPORTED, LABELS, joined
from portal.features.items.intake.standing import Standing, standing
from portal.features.items.models import Item
from portal.infra.db import db
from portal.infra.tables import as_table
from portal.kernel.money import Money
from portal.kernel.policy import Actor

AT_ONCE = 1_000
_LABEL_CELLS = {value: cell for cell, value in LABELS.items()}


def export(actor: Actor, form: str) -> Iterator[bytes]:
    """Every item that the actor sees, oldest first."""
    return as_table(form, EXPORTED, _rows(actor), sheet="items")


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
