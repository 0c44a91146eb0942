"""What happens to an item against everyone's will: missing, stolen, destroyed, and found again."""

from datetime import datetime

from portal.features.items.domain.checking import Severity
from portal.features.items.domain.commands import FindItem, ReportDestroyed, ReportStolen
from portal.features.items.domain.entries import ItemEntry
from portal.features.items.domain.lifecycles import ITEM
from portal.features.items.models import Item
from portal.features.items.services.booking import book
from portal.features.items.services.finding import open_by_portal
from portal.features.items.services.holding import count_anew, follow, held, overtake, pass_into_hands, take
from portal.kernel.policy import Actor


def report_missing(item: Item, *, by: Actor, at: datetime, reason: str | None = None) -> Item:
    """Nobody knows where it is: a finding follows it to its end."""
    item = held(item.id, by=by)
    ITEM.step(item.state, "report_missing")
    overtake(item, at=at)
    take(item, "report_missing", by=by, at=at, reason=reason)
    open_by_portal(item, "item.missing", Severity.HIGH, by=by, at=at)
    book(item, ItemEntry.MISSING, by=by, at=at)
    return item


def report_stolen(command: ReportStolen, *, item: Item, by: Actor, at: datetime) -> Item:
    item = held(item.id, by=by)
    ITEM.step(item.state, "report_stolen")
    overtake(item, at=at)
    item.report_number = command.report_number
    details = {"report": command.report_number}
    take(item, "report_stolen", by=by, at=at, reason=command.reason, details=details)
    book(item, ItemEntry.STOLEN, by=by, at=at)
    return item


def report_destroyed(command: ReportDestroyed, *, item: Item, by: Actor, at: datetime) -> Item:
    item = held(item.id, by=by)
    ITEM.step(item.state, "report_destroyed")
    overtake(item, at=at)
    item.report_number = command.record
    details = {"report": command.record}
    take(item, "report_destroyed", by=by, at=at, reason=command.reason, details=details)
    book(item, ItemEntry.DESTROYED, by=by, at=at)
    return item


def find_item(command: FindItem, *, item: Item, by: Actor, at: datetime) -> Item:
    """It is there again: what earlier checks said no longer counts."""
    item = held(item.id, by=by)
    step = "find_to_storage" if command.stored else "find_to_use"
    ITEM.step(item.state, step)
    count_anew(item, at.date())
    take(item, step, by=by, at=at, reason=command.evidence)
    place = (item.unit, item.site, item.site_kind)
    pass_into_hands(item, at=at, agency_id=item.agency_id, person_id=by.person_id, place=place,
                    condition=command.condition)  # fmt: skip
    follow(item)
    book(item, ItemEntry.FOUND, by=by, at=at)
    return item
