"""How the items of a portfolio are doing, and how long pledges took to arrive."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select

from portal.features.assistance.models import Pledge, Request, ServiceDelivery
from portal.features.assistance.queries.pledges import pledges_seen
from portal.features.items.domain.checking import later_by_months
from portal.features.items.domain.lifecycles import LIVE, FindingState
from portal.features.items.domain.vocabulary import RiskClass
from portal.features.items.models import Finding, Item
from portal.features.items.queries import findings_seen
from portal.features.items.queries import visible as items_visible
from portal.features.portfolios.domain.figures import Figure, Side
from portal.features.shipments.domain.vocabulary import ReceiptKind
from portal.features.shipments.models import Receipt, ReceiptLine, ShipmentLine
from portal.infra.db import db
from portal.kernel.policy import Actor

MONTHS = 12
"""An item that was seen working within these is available."""
MOST_TIMED = 500
"""The latest pledges of which something arrived: their middle one says how long it takes."""
OPEN = sorted(frozenset(FindingState) - {FindingState.CLOSED})


@dataclass(frozen=True, slots=True)
class Standing:
    """Counts of items and findings."""

    items: int
    working: int
    findings: int

    @property
    def percent(self) -> int | None:
        return 100 * self.working // self.items if self.items else None


def standing(actor: Actor, side: Side, *, today: date) -> Standing:
    figures = (Figure.ITEMS, Figure.WORKING, Figure.FINDINGS)
    return Standing(*(counted(actor, side, figure, today=today) for figure in figures))


def counted(actor: Actor, side: Side, figure: Figure, *, today: date) -> int:
    return (
        db.session.scalar(select(func.count()).select_from(records(actor, side, figure, today=today).subquery())) or 0
    )


def records(actor: Actor, side: Side, figure: Figure, *, today: date) -> Select[Any]:
    """The ids of the items or findings that a figure counts."""
    own = _own(actor, side)
    if figure is Figure.FINDINGS:
        # Open findings are few, items are many: the item of each finding is looked up, never the other way round.
        mine = select(Item.id).where(Item.id == Finding.item_id, findings_seen(actor), *own).correlate(Finding).exists()
        return select(Finding.id).where(Finding.state.in_(OPEN), mine)
    query = select(Item.id).where(Item.state.in_(sorted(LIVE)), *(own or [items_visible(actor)]))
    return query.where(_seen_working(today)) if figure is Figure.WORKING else query


def days_to_delivery(actor: Actor, side: Side) -> dict[int, list[int]]:
    """By the year of the pledge, from the pledge to the last that arrived of it, of the latest such pledges."""
    goods = (
        select(func.max(Receipt.received_on))
        .join(ReceiptLine, ReceiptLine.receipt_id == Receipt.id)
        .join(ShipmentLine, ShipmentLine.id == ReceiptLine.line_id)
        .where(ShipmentLine.pledge_id == Pledge.id, Receipt.kind == ReceiptKind.COUNT)
        .scalar_subquery()
    )
    services = (
        select(func.max(ServiceDelivery.ends_on))
        .where(ServiceDelivery.pledge_id == Pledge.id, ServiceDelivery.accepted > 0)
        .scalar_subquery()
    )
    query = select(Pledge.pledged_at, func.coalesce(goods, services)).join(Request, Request.id == Pledge.request_id)
    query = query.where(Pledge.received > 0, pledges_seen(actor))
    if side is not Side.ALL:
        query = query.where((Pledge.agency_id if side is Side.GIVEN else Request.agency_id) == actor.agency_id)
    found: dict[int, list[int]] = defaultdict(list)
    for pledged_at, last_on in db.session.execute(query.order_by(Pledge.id.desc()).limit(MOST_TIMED)):
        if last_on is not None:
            found[pledged_at.year].append(max((last_on - pledged_at.date()).days, 0))
    return dict(found)


def _own(actor: Actor, side: Side) -> list[ColumnElement[bool]]:
    if side is Side.ALL:
        return []
    return [(Item.funder_id if side is Side.GIVEN else Item.owner_id) == actor.agency_id]


def _seen_working(today: date) -> ColumnElement[bool]:
    """An independent check of the last months saw it work, and nothing was said against it since.

    An item keeps until when that check stands: its day, later by the months of the item's class of risk.
    """
    since = {risk: later_by_months(today, risk.months - MONTHS) for risk in RiskClass}
    return and_(Item.verified_until.is_not(None), Item.verified_until >= case(since, value=Item.risk_class))
