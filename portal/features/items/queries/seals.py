"""What the reader's own chain of the ledger says of an item."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from portal.features.agencies.models import Agency
from portal.features.items.domain.entries import ItemEntry
from portal.features.items.models import Item
from portal.features.ledger.models import LedgerEntry
from portal.features.ledger.queries import entries_of
from portal.infra.db import db
from portal.kernel.policy import Actor
from portal.ledger.entries import Subject


@dataclass(frozen=True, slots=True)
class Seal:
    """One entry: its place in the chain, what it says, the other party, and the beginning of its hash."""

    sequence: int
    kind: ItemEntry
    at: datetime
    names: Mapping[str, str]
    name_language: str
    hash: str

    @property
    def shown(self) -> str:
        return f"{self.hash[:4]} {self.hash[4:8]}"


def sealed(actor: Actor, item: Item, *, most: int) -> list[Seal]:
    """The newest entries, newest first."""
    found = entries_of(actor, Subject("item", item.ref)).with_only_columns(LedgerEntry.id).subquery()
    query = (
        select(LedgerEntry.sequence, LedgerEntry.kind, LedgerEntry.at, LedgerEntry.hash)
        .add_columns(Agency.names, Agency.name_language)
        .outerjoin(Agency, Agency.id == LedgerEntry.other_id)
        .where(LedgerEntry.id.in_(select(found.c.id)))
        .order_by(LedgerEntry.sequence.desc())
    )
    return [
        Seal(row.sequence, ItemEntry(row.kind), row.at, row.names or {}, row.name_language or "", row.hash)
        for row in db.session.execute(query.limit(most))
        if row.kind in {one.value for one in ItemEntry}
    ]
