"""Records checks, and who makes the next one."""

from datetime import datetime

from portal.features.items.domain.checking import (
    DUE_SOON,
    CheckType,
    PlanCheck,
    RecordCheck,
    severity_of,
    standing_mark,
)
from portal.features.items.domain.entries import ItemEntry
from portal.features.items.domain.lifecycles import CHECKED, ITEM, ItemState
from portal.features.items.models import Item, ItemCheck
from portal.features.items.queries.records import agency_by_key, last_check
from portal.features.items.services.booking import book
from portal.features.items.services.finding import open_by_portal
from portal.features.items.services.holding import follow, held
from portal.infra.db import db
from portal.infra.history import note
from portal.kernel.errors import Conflict, Problem, Rejected
from portal.kernel.policy import Actor


def record_check(command: RecordCheck, *, item: Item, by: Actor, at: datetime) -> ItemCheck:
    """What was found. Only the word of an agency that neither holds nor owns the item is independent."""
    item = held(item.id, by=by)
    if item.state not in CHECKED | {ItemState.MISSING}:
        raise Conflict(Problem("check_not_now"))
    last = last_check(item.id)
    if problems := _problems(command, item, last, at):
        raise Rejected(*problems)
    independent = by.agency_id not in {item.agency_id, item.owner_id}
    check = ItemCheck(
        item_id=item.id,
        number=last + 1,
        kind=_kind(command, item, by, independent=independent),
        on=command.on,
        result=command.result,
        independent=independent,
        condition=command.condition,
        odometer=command.odometer,
        note=command.note,
        agency_id=by.agency_id,
        person_id=by.person_id,
        recorded_at=at,
    )
    db.session.add(check)
    if command.condition is not None:
        item.condition = command.condition
    if command.odometer is not None:
        item.odometer = command.odometer
    details = {"check": check.number, "result": command.result.value, "independent": independent}
    note(ITEM, item, "record_check", by=by, at=at, details=details)
    if severity := severity_of(command.result, independent=independent):
        open_by_portal(item, f"check.{command.result.value}", severity, by=by, at=at)
    follow(item)
    more = {"check": check.number, "result": command.result, "independent": independent, "on": command.on}
    other = item.agency_id if independent else item.funder_id
    book(item, ItemEntry.CHECKED, by=by, at=at, agency=by.agency_id, other=other, odometer=command.odometer, **more)
    return check


def plan_check(command: PlanCheck, *, item: Item, by: Actor, at: datetime) -> Item:
    """Name the agency that makes the next check: it sees the item from now on."""
    item = held(item.id, by=by)
    if item.state not in CHECKED or item.next_check_on is None:
        raise Conflict(Problem("check_not_now"))
    other = agency_by_key(command.by_agency)
    problems = []
    if other is None or not other.verified_at or other.suspended:
        problems.append(Problem("unknown_agency", "by_agency"))
    elif other.id in {item.agency_id, item.owner_id}:
        problems.append(Problem("check_by_holder", "by_agency"))
    if command.due_on > item.next_check_on and command.due_on > at.date():
        problems.append(Problem("check_too_late", "due_on", {"day": item.next_check_on.isoformat()}))
    if command.due_on < at.date():
        problems.append(Problem("day_over", "due_on"))
    if problems or other is None:
        raise Rejected(*problems)
    item.checker_id = other.id
    details = {"by": other.key, "due_on": command.due_on.isoformat()}
    note(ITEM, item, "plan_check", by=by, at=at, details=details)
    follow(item)
    return item


def _problems(command: RecordCheck, item: Item, last: int, at: datetime) -> list[Problem]:
    found = list(command.out_of_time(today=at.date()))
    if command.seen and command.seen != standing_mark(item.version, last):
        found.append(Problem("changed_since_opened", "seen"))
    if command.odometer is not None and item.odometer is not None and command.odometer < item.odometer:
        found += [] if command.note else [Problem("odometer_back", "odometer", {"last": item.odometer})]
    return found


def _kind(command: RecordCheck, item: Item, by: Actor, *, independent: bool) -> CheckType:
    if not independent:
        return CheckType.SELF
    due = item.next_check_on is not None and command.on >= item.next_check_on - DUE_SOON
    return CheckType.SCHEDULED if due or item.checker_id == by.agency_id else CheckType.SPOT
