"""Where an item stands: delivered, stored, in use, under repair; and who can work with it."""

from datetime import datetime

from portal.features.items.domain.commands import RecordTraining
from portal.features.items.domain.entries import ItemEntry
from portal.features.items.domain.lifecycles import ITEM, LIVE
from portal.features.items.models import Item
from portal.features.items.services.booking import book
from portal.features.items.services.holding import follow, held, pass_into_hands, take
from portal.infra.history import note
from portal.kernel.errors import Conflict, Problem, Rejected
from portal.kernel.policy import Actor


def deliver(item: Item, *, by: Actor, at: datetime, reason: str | None = None) -> Item:
    """The recipient has it: its first interval begins on the day of its receipt."""
    item = held(item.id, by=by)
    item.counted_from = item.received_on
    take(item, "deliver", by=by, at=at, reason=reason)
    place = (item.unit, item.site, item.site_kind)
    pass_into_hands(item, at=at, agency_id=item.agency_id, person_id=by.person_id, place=place,
                    condition=item.condition)  # fmt: skip
    book(item, ItemEntry.DELIVERED, by=by, at=at)
    return item


_ENTRY = {
    "store": ItemEntry.STORED,
    "put_to_use": ItemEntry.IN_USE,
    "repair": ItemEntry.UNDER_REPAIR,
    "repaired": ItemEntry.REPAIRED,
}


def _simple(name: str, item: Item, by: Actor, at: datetime, reason: str | None) -> Item:
    item = held(item.id, by=by)
    take(item, name, by=by, at=at, reason=reason)
    book(item, _ENTRY[name], by=by, at=at)
    return item


def store(item: Item, *, by: Actor, at: datetime, reason: str | None = None) -> Item:
    return _simple("store", item, by, at, reason)


def put_to_use(item: Item, *, by: Actor, at: datetime, reason: str | None = None) -> Item:
    return _simple("put_to_use", item, by, at, reason)


def repair(item: Item, *, by: Actor, at: datetime, reason: str | None = None) -> Item:
    return _simple("repair", item, by, at, reason)


def repaired(item: Item, *, by: Actor, at: datetime, reason: str | None = None) -> Item:
    return _simple("repaired", item, by, at, reason)


def record_training(command: RecordTraining, *, item: Item, by: Actor, at: datetime) -> Item:
    """How many people can work with it now: below what it needs, it is not verified in use."""
    item = held(item.id, by=by)
    if item.state not in LIVE:
        raise Conflict(Problem("item_ended"))
    if command.on > at.date():
        raise Rejected(Problem("day_ahead", "on"))
    details = {"trained": command.trained, "on": command.on.isoformat(), "before": item.operators_trained}
    item.operators_trained = command.trained
    note(ITEM, item, "record_training", by=by, at=at, reason=command.training, details=details)
    follow(item)
    return item
