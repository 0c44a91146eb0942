"""Lists of items and of findings: each walks one index, whichever part of it is asked for."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import joinedload

from portal.features.agencies.models import Agency
from portal.features.items.domain.checking import DUE_SOON, ESCALATED_AFTER
from portal.features.items.domain.disclosure import OVERSEERS
from portal.features.items.domain.lifecycles import FindingState
from portal.features.items.domain.parts import Box, Part, Standing
from portal.features.items.models import Finding, Item, ItemParty
from portal.features.items.queries.sight import findings_seen, visible
from portal.kernel.policy import Actor
from portal.web.pagination import Key


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
