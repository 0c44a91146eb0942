"""Writes what happened to an item into the ledger: the last thing a service does, in the same transaction."""

from datetime import datetime
from typing import Any

from portal.features.items.domain.entries import ItemEntry
from portal.features.items.models import Item
from portal.features.ledger.services import record
from portal.infra.db import db
from portal.kernel.policy import Actor
from portal.ledger.entries import Subject


def book(
    item: Item,
    kind: ItemEntry,
    *,
    by: Actor,
    at: datetime,
    agency: int | None = None,
    other: int | None = None,
    **more: Any,
) -> None:
    """One entry in the chain of the holder and one in the donor's, unless two others are named.

    The whole standing goes with every entry, so that holder, quantity and totals follow from entries alone.
    """
    db.session.flush()
    content = {
        "state": item.state.value,
        "holder": item.agency_id,
        "owner": item.owner_id,
        "custodian": item.custodian_id,
        "site_kind": item.site_kind.value,
        "condition": item.condition.value,
        "quantity": item.quantity,
        "value": item.value,
    }
    record(
        kind=kind,
        subject=Subject("item", item.ref),
        agency=item.agency_id if agency is None else agency,
        other=item.funder_id if other is None else other,
        content=content | more,
        by=by,
        at=at,
    )
