"""The figures of a portfolio are those that a slow sum over all records finds, for every reader and side."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal.features.assistance.domain.gaps import WITHHELD
from portal.features.assistance.domain.lifecycles import HOLDING
from portal.features.assistance.domain.rungs import COMMITTED, held
from portal.features.assistance.models import Pledge, Request
from portal.features.assistance.queries.rows import tell_all
from portal.features.items.domain.lifecycles import LIVE
from portal.features.items.models import Finding, Item
from portal.features.portfolios.domain.figures import (
    RUNGS,
    Figure,
    Part,
    Side,
    heading_of,
    in_original,
    rated_on,
    split,
    unconverted,
)
from portal.features.portfolios.queries import records, standing, sums
from portal.features.rates.queries import convert
from portal.features.shipments.domain.lifecycle import SENT
from portal.features.shipments.models import ReceiptLine, Shipment, ShipmentLine
from portal.infra.db import db
from portal.kernel.money import Money
from portal.kernel.policy import Actor
from tests.features.assistance.pledging import today
from tests.features.exchanges.acting import acting
from tests.features.portfolios.given import everything
from tests.world import World

READERS = [
    *(("donor_officer", Side.GIVEN), ("donor_approver", Side.GIVEN), ("host_donor", Side.GIVEN)),
    *(("sender_editor", Side.RECEIVED), ("stranger_editor", Side.RECEIVED), ("stranger_editor", Side.GIVEN)),
    *(("secretariat", Side.ALL), ("auditor", Side.ALL)),
]
Key = tuple[Figure, str, str, int, str]


class Slow:
    """Every record, looked at one by one with the rules in Python."""

    def __init__(self, actor: Actor, side: Side) -> None:
        self.actor, self.side = actor, side
        self.found: dict[Key, list[int]] = defaultdict(lambda: [0, 0, 0])
        self.pledges = {pledge.id: pledge for pledge in self._pledges()}
        self.shipments = db.session.scalars(
            select(Shipment).options(joinedload(Shipment.agency), joinedload(Shipment.recipient),
                                     selectinload(Shipment.lines).joinedload(ShipmentLine.pledge))
        ).unique().all()  # fmt: skip
        for pledge in self.pledges.values():
            if self.sees(pledge):
                self.count_pledge(pledge)
        for shipment in self.shipments:
            self.count_gifts(shipment)
        for item in self.items():
            self.count_item(item)

    def _pledges(self) -> list[Pledge]:
        options = (joinedload(Pledge.request).joinedload(Request.agency), joinedload(Pledge.request).selectinload(
            Request.fields), joinedload(Pledge.line), joinedload(Pledge.agency))  # fmt: skip
        found = list(db.session.scalars(select(Pledge).options(*options)).unique())
        tell_all([pledge.request for pledge in found], self.actor)
        return found

    def ours(self, given: int, received: int) -> bool:
        return self.side is Side.ALL or self.actor.agency_id == (given if self.side is Side.GIVEN else received)

    def sees(self, pledge: Pledge) -> bool:
        return self.ours(pledge.agency_id, pledge.request.agency_id) and pledge.disclosed_to(self.actor)

    def heading(self, pledge: Pledge) -> str:
        rules = {one.field for one in pledge.request.fields}
        withheld = pledge.request.agency_id != self.actor.agency_id and pledge.line.field in rules
        return heading_of(pledge.line.category, pledge.line.kind, withheld=withheld)

    def add(self, figure: Figure, state: str | None, heading: str, year: int, units: int, each: Money | None) -> None:
        if units:
            one = self.found[figure, state or "", heading, year, each.currency if each else ""]
            for place, amount in enumerate((1, units, units * each.minor if each else 0)):
                one[place] += amount

    def count_pledge(self, pledge: Pledge) -> None:
        if pledge.state not in HOLDING:
            return
        other = pledge.agency if self.side is Side.RECEIVED else pledge.request.agency
        units = {
            Figure.PLEDGED: held(pledge),
            Figure.COMMITTED: held(pledge) if pledge.state in COMMITTED else 0,
            Figure.SHIPPED: min(pledge.shipped, pledge.quantity),
            Figure.RECEIVED: pledge.received,
        }
        for figure, number in units.items():
            year = pledge.pledged_at.year
            self.add(figure, other.state_iso2, self.heading(pledge), year, number, pledge.unit_value)

    def count_gifts(self, shipment: Shipment) -> None:
        for line in shipment.lines:
            if line.pledge_id is not None:
                line.pledge = self.pledges[line.pledge_id]
        if not self.ours(shipment.agency_id, shipment.recipient_id) or not shipment.disclosed_to(self.actor):
            return
        other = shipment.agency if self.side is Side.RECEIVED else shipment.recipient
        for line in shipment.lines:
            if line.pledge is None and shipment.state in SENT and shipment.dispatched_on:
                heading, year = heading_of(line.category, "equipment", withheld=False), shipment.dispatched_on.year
                self.add(Figure.SHIPPED, other.state_iso2, heading, year, line.sent, line.unit_value)
                self.add(Figure.RECEIVED, other.state_iso2, heading, year, line.received, line.unit_value)

    def items(self) -> list[Item]:
        found = db.session.scalars(select(Item).options(selectinload(Item.parties), selectinload(Item.moves))).all()
        return [one for one in found if self.ours(one.funder_id, one.owner_id) and one.disclosed_to(self.actor)]

    def count_item(self, item: Item) -> None:
        if item.receipt_line_id is None or not item.verified(today()):
            return
        line = db.session.get_one(ShipmentLine, db.session.get_one(ReceiptLine, item.receipt_line_id).line_id)
        shipment = next(one for one in self.shipments if one.id == line.shipment_id)
        pledge = self.pledges.get(line.pledge_id or 0)
        if pledge is not None and not pledge.disclosed_to(self.actor):
            return
        other = shipment.agency if self.side is Side.RECEIVED else shipment.recipient
        assert shipment.dispatched_on
        heading = self.heading(pledge) if pledge else heading_of(line.category, "equipment", withheld=False)
        year = pledge.pledged_at.year if pledge else shipment.dispatched_on.year
        one = self.found[Figure.VERIFIED, other.state_iso2 or "", heading, year, item.currency]
        for place, amount in enumerate((1, item.quantity, item.value_minor)):
            one[place] += amount


@pytest.fixture
def given(app: Flask, world: World) -> dict[str, Any]:
    return everything(world)


def found(actor: Actor, side: Side, part: Part = Part()) -> list[Any]:  # noqa: B008 - frozen
    return sums.cells(actor, side, part, today=today(), to="USD")


def test_each_figure_is_what_a_slow_sum_over_all_records_finds_and_opens_as_many(world: World, given: Any) -> None:
    for who, side in READERS:  # in one test: what they read takes longer to make than to read
        sums_are_right(acting(world, who), side, full=who in {"donor_officer", "sender_editor", "secretariat"})
        lists_are_as_long(acting(world, who), side)
        items_are_right(acting(world, who), side)


def sums_are_right(actor: Actor, side: Side, *, full: bool) -> None:
    db.session.expire_all()
    fast: dict[Key, list[int]] = defaultdict(lambda: [0, 0, 0])
    for cell in found(actor, side):
        one = fast[cell.figure, cell.state, cell.heading, cell.year, cell.currency]
        for place, amount in enumerate((cell.records, cell.units, cell.minor)):
            one[place] += amount
    slow = {key: value for key, value in Slow(actor, side).found.items() if value[0]}
    assert dict(fast) == slow
    assert not full or {key[0] for key in slow} == set(RUNGS), "otherwise this shows nothing"


def lists_are_as_long(actor: Actor, side: Side) -> None:
    cells = found(actor, side)
    parts = {Part()} | {Part(state=one.state or "other") for one in cells} | {Part(what=one.heading) for one in cells}
    parts |= {Part(year=one.year) for one in cells} | {Part(currency=one.currency) for one in cells if one.currency}
    for part in parts:
        inside = found(actor, side, part)
        for figure in RUNGS:
            query, _ = records.listed(actor, side, figure, part, today=today())
            rows = db.session.execute(query).all()
            total = sum(one.records for one in inside if one.figure is figure)
            assert len(rows) == total == records.counted(actor, side, figure, part, today=today()), (figure, part)
            assert sum(row.minor for row in rows) == sum(one.minor for one in inside if one.figure is figure)


def items_are_right(actor: Actor, side: Side) -> None:
    items = [one for one in Slow(actor, side).items() if one.state in LIVE]
    months = {"a": 6, "b": 12, "c": 24}
    year_ago = today() - timedelta(days=366)
    # Within a few days of a year the months decide; the records of this test keep away from that.
    seen = [
        one
        for one in items
        if one.verified_until and one.verified_until - timedelta(days=round(30.4 * months[one.risk_class])) > year_ago
    ]
    visible = {one.id for one in Slow(actor, side).items()}
    findings = [one for one in db.session.scalars(select(Finding)) if one.open and one.item_id in visible]
    now_ = standing.standing(actor, side, today=today())
    assert (now_.items, now_.working, now_.findings) == (len(items), len(seen), len(findings))
    for figure, number in (
        (Figure.ITEMS, now_.items),
        (Figure.WORKING, now_.working),
        (Figure.FINDINGS, now_.findings),
    ):
        query, _ = records.listed(actor, side, figure, Part(), today=today())
        assert len(db.session.execute(query).all()) == number


def test_each_sum_is_converted_at_the_rate_of_its_year_and_no_other_is_made_up(world: World, given: Any) -> None:
    cells = found(acting(world, "donor_officer"), Side.GIVEN)
    for cell in cells:
        there = convert(cell.money, on=rated_on(cell.year, today()), to="USD") if cell.money else None
        assert cell.reported == (there.money.minor if there else None)
    named = unconverted(cells)
    assert {(figure, money.currency) for _, figure, money in named} >= {
        (Figure.PLEDGED, "TND"),
        (Figure.RECEIVED, "TND"),
    }
    assert (today().year - 1, Figure.PLEDGED, Money(7400000, "EUR")) in named, "there was no rate last year"
    for figure in RUNGS:
        money = [cell.money for cell in cells if cell.figure is figure and cell.money]
        whole = {one: sum(m.minor for m in money if m.currency == one) for one in {m.currency for m in money}}
        original = {currency: by[figure].minor for currency, by in in_original(cells).items() if figure in by}
        assert original == whole

    every_split_adds_up(found(acting(world, "secretariat"), Side.ALL))
    days_run_from_the_pledge_to_the_last_that_arrived(world, given)


def days_run_from_the_pledge_to_the_last_that_arrived(world: World, given: Any) -> None:
    days = standing.days_to_delivery(acting(world, "donor_officer"), Side.GIVEN)
    assert days == {today().year: [0, 0]}
    db.session.execute(db.update(Pledge).where(Pledge.id == given["sent"].id).values(
        pledged_at=given["sent"].pledged_at - timedelta(days=11)))  # fmt: skip
    later = standing.days_to_delivery(acting(world, "donor_officer"), Side.GIVEN)
    assert sorted(day for some in later.values() for day in some) == [0, 11]


def every_split_adds_up(cells: list[Any]) -> None:
    wholes = []
    for key in (lambda one: one.state, lambda one: one.heading, lambda one: str(one.year), lambda _: ""):
        parts = split(cells, key).values()
        wholes.append([sum(one[figure].reported for one in parts if figure in one) for figure in RUNGS])
    assert wholes[0] == wholes[1] == wholes[2] == wholes[3]
    assert wholes[0][0] > 0


def test_what_is_withheld_stays_in_the_sums_and_a_red_request_counts_for_the_people_it_names(
    world: World, given: Any
) -> None:
    cells = found(acting(world, "donor_officer"), Side.GIVEN)
    hidden = [one for one in cells if one.heading == WITHHELD]
    assert sum(one.records for one in hidden if one.figure is Figure.PLEDGED) == 2
    assert not [one for one in found(acting(world, "sender_editor"), Side.RECEIVED) if one.heading == WITHHELD]
    officer, approver = (
        sum(one.records for one in found(acting(world, who), Side.GIVEN) if one.figure is Figure.PLEDGED)
        for who in ("donor_officer", "donor_approver")
    )
    assert approver == officer + 1


def test_the_rate_of_a_year_is_that_of_its_last_day() -> None:
    assert rated_on(2025, date(2026, 11, 26)) == date(2025, 12, 31)
    assert rated_on(2026, date(2026, 11, 26)) == date(2026, 11, 26)
