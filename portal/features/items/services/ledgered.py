"""What this slice says about its entries in the ledger: how one is corrected, and whether the columns agree with them."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import func, select, update

from portal.features.items.domain.lifecycles import KEPT, ItemState
from portal.features.items.models import Item
from portal.features.ledger.domain import Difference
from portal.features.ledger.models import LedgerEntry
from portal.infra.db import db
from portal.kernel.errors import Problem, Rejected
from portal.kernel.money import Money
from portal.ledger.entries import Subject

AT_ONCE = 500
WEIGHTY = frozenset({"quantity", "value"})
STANDING = ("state", "holder", "owner", "condition", "quantity", "value")
"""What an entry repeats of its item, and what is compared."""


def standing_of_item(item: Item) -> dict[str, Any]:
    """As the latest entry must have it."""
    value = Money(item.value_minor, item.currency)
    return {
        "state": item.state.value,
        "holder": item.agency_id,
        "owner": item.owner_id,
        "condition": item.condition.value,
        "quantity": item.quantity,
        "value": {"amount": value.canonical, "currency": value.currency},
    }


def correct(subject: Subject, content: Mapping[str, Any]) -> None:
    """Quantity and value follow a corrected entry, if it tells of the item as it stands now."""
    item = db.session.scalars(select(Item).where(Item.ref == subject.ref)).one()
    stands = standing_of_item(item)
    if any(content.get(name) != stands[name] for name in STANDING if name not in WEIGHTY):
        raise Rejected(Problem("correct_latest_entry"))
    value = Money.of(content["value"]["amount"], content["value"]["currency"])
    fits = update(Item).where(
        Item.id == item.id, (Item.serial_norm.is_(None) & Item.vin.is_(None)) | (content["quantity"] == 1)
    )
    done = db.session.execute(
        fits.values(quantity=content["quantity"], value_minor=value.minor, currency=value.currency,
                    version=Item.version + 1).execution_options(synchronize_session=False)
    )  # fmt: skip
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise Rejected(Problem("serial_of_many"))
    db.session.expire(item)


def compare() -> Iterable[Difference]:
    """Items whose columns the latest entry in their holder's chain does not bear out, a few hundred at a time."""
    after = 0
    while True:
        query = select(Item).where(Item.id > after).order_by(Item.id).limit(AT_ONCE)
        items = db.session.scalars(query.execution_options(populate_existing=True)).all()
        if not items:
            return
        after = items[-1].id
        yield from _differences(items)
        db.session.expunge_all()


def _differences(items: Iterable[Item]) -> Iterator[Difference]:
    refs = [item.ref for item in items]
    last = (
        select(func.max(LedgerEntry.sequence))
        .where(LedgerEntry.subject_type == "item", LedgerEntry.subject_ref.in_(refs))
        .group_by(LedgerEntry.agency_id, LedgerEntry.subject_ref)
        .add_columns(LedgerEntry.agency_id, LedgerEntry.subject_ref)
    ).subquery()
    query = select(LedgerEntry.agency_id, LedgerEntry.subject_ref, LedgerEntry.content).join(
        last, (LedgerEntry.agency_id == last.c.agency_id) & (LedgerEntry.sequence == last.c[0])
    )
    latest = {(row.agency_id, row.subject_ref): json.loads(row.content) for row in db.session.execute(query)}
    for item in items:
        told = latest.get((item.agency_id, item.ref), {})
        for name, kept in standing_of_item(item).items():
            waits = name == "state" and item.state == ItemState.TRANSFER_PENDING and told.get(name) in KEPT
            if told.get(name) != kept and not waits:  # a wish to hand an item on changes nothing yet
                yield Difference(Subject("item", item.ref), name, str(kept), str(told.get(name)))
