"""What every change of an item has in common: the lock before it, and what is kept in step after it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, select, update

from portal.features.items.domain.checking import standing
from portal.features.items.domain.lifecycles import CHECKED, ITEM
from portal.features.items.domain.vocabulary import Condition, Ending, SiteKind
from portal.features.items.models import Item, ItemCustody, ItemParty
from portal.features.items.models.items import keys_of_list
from portal.features.items.queries.records import checks_of, loaded
from portal.infra.db import db
from portal.infra.history import advance
from portal.kernel.errors import Frozen
from portal.kernel.policy import Actor


def held(item_id: int, *, by: Actor) -> Item:
    """The item as it is now, held until the transaction ends: whoever else changes it waits. Refuses what is frozen."""
    db.session.flush()
    db.session.execute(select(Item.id).where(Item.id == item_id).with_for_update(key_share=True))
    query = loaded(select(Item).where(Item.id == item_id)).execution_options(populate_existing=True)
    item = db.session.scalars(query).one()
    if item.frozen or by.suspended:
        raise Frozen
    return item


def take(
    item: Item,
    name: str,
    *,
    by: Actor,
    at: datetime,
    reason: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Take a step of a held item, and keep in step what follows from it."""
    advance(ITEM, item, name, by=by, at=at, reason=reason, details=details)
    follow(item)


def follow(item: Item) -> None:
    """What is derived from an item and kept with it: when the next check is due, and who has to do with it."""
    db.session.flush()
    counted = checks_of(item.id, after=item.checks_before)
    found = standing(counted, item.risk_class, counted_from=item.counted_from)
    item.verified_until = found.verified_until
    item.next_check_on = found.next_check_on if item.state in CHECKED else None
    db.session.flush()
    _keep_parties(item)


def count_anew(item: Item, day: date) -> None:
    """A new holder, or a find: what earlier checks said no longer counts, and the first interval begins."""
    item.counted_from = day
    item.checks_before = max((check.number for check in checks_of(item.id)), default=0)


def pass_into_hands(
    item: Item,
    *,
    at: datetime,
    agency_id: int,
    person_id: int | None,
    place: tuple[str, str, SiteKind],
    condition: Condition,
) -> ItemCustody:
    """End the open link of the chain of custody and begin the next one at the same instant."""
    unit, site, site_kind = place
    open_link = update(ItemCustody).where(ItemCustody.item_id == item.id, ItemCustody.ended_at.is_(None))
    db.session.execute(open_link.values(ended_at=at).execution_options(synchronize_session="fetch"))
    last = db.session.scalar(select(func.max(ItemCustody.number)).where(ItemCustody.item_id == item.id))
    link = ItemCustody(
        item_id=item.id,
        number=(last or 0) + 1,
        agency_id=agency_id,
        person_id=person_id,
        unit=unit,
        site=site,
        site_kind=site_kind,
        condition=condition,
        began_at=at,
    )
    db.session.add(link)
    item.unit, item.site, item.site_kind, item.condition = unit, site, site_kind, condition
    item.custodian_id = person_id if agency_id == item.agency_id else None
    db.session.flush()
    return link


def undertake(item: Item, *, by: Actor, at: datetime) -> None:
    """The end-use undertaking, signed by this person for the holder."""
    item.undertaken_at, item.undertaken_by = at, by.person_id


def overtake(item: Item, *, at: datetime) -> None:
    """End what waits for an answer, because something else happened to the item."""
    for waiting in (item.handover, item.move):
        if waiting is not None:
            waiting.ended_at, waiting.ending = at, Ending.OVERTAKEN


def _keep_parties(item: Item) -> None:
    wanted = item.party_ids
    of_item = ItemParty.item_id == item.id
    known = set(db.session.scalars(select(ItemParty.agency_id).where(of_item)))
    if gone := known - wanted:
        db.session.execute(delete(ItemParty).where(of_item, ItemParty.agency_id.in_(gone)))
    keys = keys_of_list(item)
    db.session.execute(update(ItemParty).where(of_item).values(**keys))
    db.session.add_all(ItemParty(item_id=item.id, agency_id=agency_id, **keys) for agency_id in wanted - known)
    db.session.flush()
