"""Who sees which item, as SQL: the twin of `domain.disclosure.disclosed`."""

from sqlalchemy import ColumnElement, exists, false, or_

from portal.features.items.domain.disclosure import OVERSEERS
from portal.features.items.models import Finding, Item, ItemParty
from portal.kernel.labels import Tlp
from portal.kernel.policy import Actor


def visible(actor: Actor | None) -> ColumnElement[bool]:
    """Items that the actor may see."""
    if actor is None:
        return false()
    ways: list[ColumnElement[bool]] = []
    if actor.agency_id is not None:
        ways.append(exists().where(ItemParty.item_id == Item.id, ItemParty.agency_id == actor.agency_id))
    if actor.role in OVERSEERS:
        ways.append(Item.label == Tlp.AMBER)
    return or_(*ways) if ways else false()


def findings_seen(actor: Actor | None) -> ColumnElement[bool]:
    """Findings that the actor may see, joined with their items."""
    if actor is None or actor.agency_id is None:
        return false()
    return or_(Finding.agency_id == actor.agency_id, visible(actor))
