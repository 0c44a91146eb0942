"""What waits for someone, derived from items and findings themselves."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import and_, or_, select

from portal.features.items.domain.checking import DUE_SOON, ESCALATED_AFTER
from portal.features.items.domain.lifecycles import CHECKED, FindingState, ItemState
from portal.features.items.domain.vocabulary import MoveKind
from portal.features.items.models import Finding, Item, ItemHandover, ItemMove, ItemParty
from portal.features.items.policy import DONORS, STAFF
from portal.features.items.queries.sight import findings_seen
from portal.infra.db import db
from portal.kernel.labels import Tlp
from portal.kernel.policy import Actor, Role
from portal.kernel.tasks import Task

MOST = 20
"""Of each kind: the lists show all."""
F = FindingState


def tasks(actor: Actor, *, at: datetime) -> list[Task]:
    """Handovers to sign, wishes to answer, items to put to use, checks that are due, findings to answer or close."""
    if actor.agency_id is None or actor.suspended:
        return []
    today = at.date()
    found = [*_handovers(actor), *_moves(actor), *_deliveries(actor), *_checks(actor, today), *_findings(actor, today)]
    return sorted(found, key=lambda task: task.since)


def _handovers(actor: Actor) -> Iterator[Task]:
    query = (
        select(Item.ref, Item.manufacturer, Item.model, ItemHandover.offered_at)
        .join(ItemHandover, ItemHandover.item_id == Item.id)
        .where(ItemHandover.to_person_id == actor.person_id, ItemHandover.ended_at.is_(None))
        .where(ItemHandover.agency_id == actor.agency_id)
    )
    for row in db.session.execute(query.limit(MOST)):
        yield _task("confirm_handover", row, row.offered_at, icon="hand")


def _moves(actor: Actor) -> Iterator[Task]:
    """For the donor's approver, and for the approver of the agency that shall take the item."""
    ways = []
    if actor.role == Role.DONOR_APPROVER:
        ways.append(and_(Item.funder_id == actor.agency_id, ItemMove.consented_at.is_(None)))
    if actor.role == Role.APPROVER:
        ways.append(and_(ItemMove.to_agency_id == actor.agency_id, ItemMove.consented_at.is_not(None)))
        ways.append(and_(ItemMove.from_agency_id == actor.agency_id))
    if not ways:
        return
    query = (
        select(Item.ref, Item.manufacturer, Item.model, Item.funder_id, ItemMove.kind, ItemMove.asked_at)
        .add_columns(ItemMove.from_agency_id, ItemMove.consented_at)
        .join(ItemMove, ItemMove.item_id == Item.id)
        .where(ItemMove.ended_at.is_(None), or_(*ways))
    )
    for row in db.session.execute(query.order_by(ItemMove.id).limit(MOST)):
        if row.from_agency_id == actor.agency_id and actor.role == Role.APPROVER:
            yield _task("move_waits", row, row.asked_at, icon="clock", waits_on_us=False)
        elif row.consented_at is None:
            kind = "transfer" if row.kind == MoveKind.TRANSFER else "ending"
            yield _task(f"consent_to_{kind}", row, row.asked_at, icon="hand")
        else:
            yield _task("take_over_item", row, row.consented_at, icon="box")


def _deliveries(actor: Actor) -> Iterator[Task]:
    if not STAFF.holds(actor, None):
        return
    query = (
        select(Item.ref, Item.manufacturer, Item.model, Item.registered_at)
        .join(ItemParty, ItemParty.item_id == Item.id)
        .where(ItemParty.agency_id == actor.agency_id, ItemParty.state == ItemState.DELIVERED)
        .where(Item.agency_id == actor.agency_id)
    )
    for row in db.session.execute(query.order_by(ItemParty.item_id).limit(MOST)):
        yield _task("put_item_to_use", row, row.registered_at, icon="box")


def _checks(actor: Actor, today: date) -> Iterator[Task]:
    """For those whose word counts: the agency that was named, else the donor; the secretariat sees what is overdue."""
    own = Item.agency_id != actor.agency_id
    if DONORS.holds(actor, None) or actor.role == Role.INSPECTOR:
        mine = or_(
            Item.checker_id == actor.agency_id, and_(Item.checker_id.is_(None), Item.funder_id == actor.agency_id)
        )
        last, rows = today + DUE_SOON, select(Item).join(ItemParty, ItemParty.item_id == Item.id)
        query = rows.where(ItemParty.agency_id == actor.agency_id, ItemParty.next_check_on <= last, own, mine)
        order: Any = (ItemParty.next_check_on, ItemParty.item_id)
    elif actor.role == Role.SECRETARIAT:
        last = today - ESCALATED_AFTER
        query = select(Item).where(Item.next_check_on < last, Item.label == Tlp.AMBER)
        order = (Item.next_check_on, Item.id)
    else:
        return
    columns = query.with_only_columns(Item.ref, Item.manufacturer, Item.model, Item.next_check_on)
    for row in db.session.execute(columns.where(Item.state.in_(sorted(CHECKED))).order_by(*order).limit(MOST)):
        due = _midnight(row.next_check_on)
        yield _task("check_item", row, due, icon="eye", due_at=due)


def _findings(actor: Actor, today: date) -> Iterator[Task]:
    answers = STAFF.holds(actor, None)
    closes = DONORS.holds(actor, None) or actor.role in {Role.SECRETARIAT, Role.INSPECTOR}
    if not answers and not closes:
        return
    query = (
        select(Finding.ref, Item.manufacturer, Item.model, Finding.agency_id, Finding.state, Finding.due_on)
        .add_columns(Finding.opened_at)
        .join(Item, Item.id == Finding.item_id)
    )
    if closes:
        late = Finding.due_on < today - ESCALATED_AFTER
        query = query.where(findings_seen(actor), Finding.agency_id != actor.agency_id)
        query = query.where(or_(Finding.state.in_([F.EXPLAINED, F.REMEDIED]), and_(Finding.state == F.OPEN, late)))
    else:
        query = query.where(Finding.agency_id == actor.agency_id, Finding.state != F.CLOSED)
    for row in db.session.execute(query.order_by(Finding.due_on, Finding.id).limit(MOST)):
        yield _of_finding(row, closes=closes)


def _of_finding(row: Any, *, closes: bool) -> Task:
    waits = row.state in {F.EXPLAINED, F.REMEDIED}
    of_closing = "close_finding" if waits else "follow_up_finding"
    code = of_closing if closes else "finding_waits" if waits else "answer_finding"
    due = _midnight(row.due_on)
    return _task(code, row, row.opened_at, icon="flag", due_at=due, waits_on_us=closes or not waits, of="finding")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _task(code: str, row: Any, since: datetime, *, icon: str, due_at: datetime | None = None,
          waits_on_us: bool = True, of: str = "item") -> Task:  # fmt: skip
    return Task(
        code=code,
        ref=row.ref,
        endpoint=f"items.{of}",
        args={"ref": row.ref},
        params={"what": f"{row.manufacturer} {row.model}"},
        since=since,
        due_at=due_at,
        icon=icon,
        waits_on_us=waits_on_us,
    )
