"""What the portal has already of the items that a file names, and of the numbers that it gives to others."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Row, select
from sqlalchemy.orm import aliased

from portal.features.agencies.domain import AgencyStatus
from portal.features.agencies.models import Agency
from portal.features.items.intake.columns import FIXED
from portal.features.items.intake.lines import Line
from portal.features.items.models import Item
from portal.features.items.queries.sight import visible
from portal.infra.bulk import among
from portal.infra.db import db
from portal.kernel.money import Money
from portal.kernel.policy import Actor

_HOLDER, _FUNDER, _IMPLEMENTER = aliased(Agency), aliased(Agency), aliased(Agency)
COLUMNS = (
    *(Item.id, Item.ref, Item.version, Item.state, Item.agency_id, Item.funder_id, Item.implementer_id),
    *(Item.category, Item.quantity, Item.value_minor, Item.currency, Item.condition, Item.unit, Item.site),
    *(Item.site_kind, Item.risk_class, Item.manufacturer, Item.model, Item.serial, Item.vin, Item.engine_no, Item.tag),
    *(Item.made_year, Item.received_on, Item.warranty_until, Item.licence_until, Item.stores_data),
    *(Item.operators_required, Item.label, Item.attributes, Item.serial_reason.label("same_serial_reason")),
    *(Item.maker_norm, Item.serial_norm, Item.serial_copy),
    *(_HOLDER.key.label("holder"), _FUNDER.key.label("funder"), _IMPLEMENTER.key.label("implementer")),
    *(_HOLDER.status.label("holder_status"), _FUNDER.status.label("funder_status")),
)
Standing = Row[Any]
"""One item with these columns, and the codes of its agencies."""


class Taken(NamedTuple):
    """An item that has a number already."""

    ref: str
    copy: int


def standing(actor: Actor) -> Any:
    """The query of items as they stand, of those that the actor may see."""
    return (
        select(*COLUMNS)
        .join(_HOLDER, _HOLDER.id == Item.agency_id)
        .join(_FUNDER, _FUNDER.id == Item.funder_id)
        .outerjoin(_IMPLEMENTER, _IMPLEMENTER.id == Item.implementer_id)
        .where(visible(actor))
    )


def by_reference(actor: Actor, refs: Collection[str]) -> Mapping[str, Standing]:
    if not refs:
        return {}
    return {row.ref: row for row in db.session.execute(standing(actor).where(among(Item.ref, refs)))}


def frozen(stands: Standing) -> bool:
    return AgencyStatus.SUSPENDED in {stands.holder_status, stands.funder_status}


def changed_fields(line: Line, stands: Standing, columns: Iterable[str]) -> tuple[str, ...]:
    """Which of these columns say something else than the portal."""
    return tuple(name for name in columns if getattr(line, name) != _plain(stands, name))


def fixed_differences(line: Line, stands: Standing, given: Collection[str]) -> list[str]:
    """Columns in which the file says something that no file can change. An empty cell says nothing."""
    found = []
    for name in FIXED:
        typed = getattr(line, name) if name in given else None
        if typed in (None, "") or name == "currency":
            continue
        if name in {"holder", "funder", "implementer"}:
            typed = typed.upper()
        if typed != (Money(stands.value_minor, stands.currency) if name == "value" else _plain(stands, name)):
            found.append(name)
    return found


def _plain(stands: Standing, name: str) -> Any:
    value = getattr(stands, name)
    return "" if value is None and name in {"serial", "vin", "implementer"} else value


def taken_serials(keys: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], Sequence[Taken]]:
    """Who has these serial numbers of these manufacturers, retired items too, whoever may see them."""
    found: dict[tuple[str, str], list[Taken]] = {}
    if keys:
        query = select(Item.maker_norm, Item.serial_norm, Item.ref, Item.serial_copy)
        for maker, serial, ref, copy in db.session.execute(
            query.where(among(Item.serial_norm, {one for _, one in keys}))
        ):
            if serial is not None and (maker, serial) in keys:
                found.setdefault((maker, serial), []).append(Taken(ref, copy))
    return found


def taken_vins(vins: Collection[str]) -> Mapping[str, str]:
    """By vehicle number the item that has it."""
    if not vins:
        return {}
    found = db.session.execute(select(Item.vin, Item.ref).where(among(Item.vin, vins)))
    return {vin: ref for vin, ref in found if vin is not None}
