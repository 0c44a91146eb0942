"""Lists of items and of findings: each walks one index, whichever part of it is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import joinedload

from portal.features.agencies.models import Agency
from portal.features.items.domain.checking import DUE_SOON, ESCALATED_AFTER
from portal.features.items.domain.disclosure import OVERSEERS
from portal.features.items.domain.lifecycles import FindingState, ItemState
from portal.features.items.models import Finding, Item, ItemParty
from portal.features.items.queries.sight import findings_seen, visible
from portal.kernel.equipment import GROUPS
from portal.kernel.policy import Actor
from portal.web.pagination import Key


class Box(StrEnum):
    """What of the items is shown, beside those in one state and those of one group."""

    ALL = "all"
    DUE = "due"
    OVERDUE = "overdue"


class Standing(StrEnum):
    """Which findings are shown."""

    OPEN = "open"
    OVERDUE = "overdue"
    ESCALATED = "escalated"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the list: a box, or all in one state, or all of one group of equipment."""

    box: Box = Box.ALL
    state: ItemState | None = None
    group: str | None = None

    @classmethod
    def read(cls, text: str) -> "Part":
        """From an address; what is not known means all."""
        kind, _, rest = text.partition("-")
        if kind == "state" and rest in {one.value for one in ItemState}:
            return cls(state=ItemState(rest))
        if kind == "group" and rest in GROUPS:
            return cls(group=rest)
        return cls(box=Box(text)) if text in {one.value for one in Box} else cls()

    @property
    def key(self) -> str:
        if self.state:
            return f"state-{self.state}"
        return f"group-{self.group}" if self.group else self.box.value

    @property
    def by_check(self) -> bool:
        return self.box is not Box.ALL


def listed(actor: Actor, part: Part, *, today: date) -> tuple[Select[Any], Sequence[Key]]:
    """The query of a page, with the columns of its order last: newest first, or by the day of the check."""
    overseen = actor.role in OVERSEERS or actor.agency_id is None
    table: Any = Item if overseen else ItemParty
    id_: Any = Item.id if overseen else ItemParty.item_id
    query = select(Item).options(joinedload(Item.agency).joinedload(Agency.state), joinedload(Item.funder))
    if overseen:
        query = query.where(visible(actor))
    else:
        query = query.join(ItemParty, and_(ItemParty.item_id == Item.id)).where(ItemParty.agency_id == actor.agency_id)
    if part.state:
        query = query.where(table.state == part.state)
    if part.group:
        query = query.where(table.category_group == part.group)
    if not part.by_check:
        return query.add_columns(id_), [Key(id_, descending=True)]
    last = today + DUE_SOON if part.box is Box.DUE else today - timedelta(days=1)
    query = query.where(table.next_check_on <= last)
    return query.add_columns(table.next_check_on, id_), [Key(table.next_check_on), Key(id_)]


def findings_listed(actor: Actor, standing: Standing, *, today: date) -> tuple[Select[Any], Sequence[Key]]:
    query = select(Finding).join(Item, Item.id == Finding.item_id).where(findings_seen(actor))
    query = query.options(joinedload(Finding.item), joinedload(Finding.agency))
    if standing is Standing.CLOSED:
        query = query.where(Finding.state == FindingState.CLOSED)
        return query.add_columns(Finding.id), [Key(Finding.id, descending=True)]
    query = query.where(Finding.state != FindingState.CLOSED)
    if standing is Standing.OVERDUE:
        query = query.where(Finding.due_on < today)
    if standing is Standing.ESCALATED:
        query = query.where(Finding.due_on < today - ESCALATED_AFTER)
    return query.add_columns(Finding.due_on, Finding.id), [Key(Finding.due_on), Key(Finding.id)]
