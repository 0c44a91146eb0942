"""A shipment from its packing to its close: sums fit, both sides' figures stay, and what was lost may be found."""

from datetime import timedelta

import pytest
from flask import Flask

from portal.features.assistance import services as assistance
from portal.features.assistance.domain.lifecycles import PledgeState, RequestState
from portal.features.assistance.domain.pledging import AnswerReduction, ClosePledge, ReducePledge
from portal.features.assistance.models import Pledge
from portal.features.ledger.queries import standing_of
from portal.features.shipments import services
from portal.features.shipments.domain.lifecycle import ShipmentState
from portal.features.shipments.domain.moved import ReceiptTaken, ShipmentMoved
from portal.features.shipments.domain.moving import (
    Acknowledge,
    CancelShipment,
    CloseShipment,
    DispatchShipment,
    LinkLine,
    LoseShipment,
    ReachBorder,
    ReturnShipment,
)
from portal.features.shipments.domain.preparing import PrepareShipment
from portal.features.shipments.domain.receiving import CountedLine, RecordReceipt
from portal.features.shipments.domain.vocabulary import ReceiptKind
from portal.features.shipments.models import ShipmentLine
from portal.features.shipments.queries import receipts_of
from portal.features.shipments.queries.books import differences
from portal.infra.db import db, now
from portal.infra.history import history_of
from portal.kernel.contract import decode
from portal.kernel.errors import Conflict, Frozen, IllegalTransition, NotAllowed, NothingLeft, Rejected
from portal.ledger.entries import Subject
from tests.features.assistance.pledging import committed, second_donor, today
from tests.features.exchanges.acting import acting
from tests.features.shipments.acts import (
    WHY,
    a_gift,
    arrived,
    closed,
    counted,
    dispatched,
    lost,
    prepared,
    reopened,
    rest,
    two_lines,
    typed_shipment,
    with_commitment,
)
from tests.world import World


def codes(refusal: pytest.ExceptionInfo[Rejected]) -> set[tuple[str | None, str]]:
    return {(problem.field, problem.code) for problem in refusal.value.problems}


def pledge_now(pledge: Pledge) -> tuple[int, int, int]:
    db.session.flush()
    db.session.refresh(pledge)
    return pledge.shipped, pledge.short, pledge.received


def test_the_journey_of_six_readers(app: Flask, world: World) -> None:
    """Six are sent, five arrive well, one is crushed: closed, told to the donor, and one may be sent again."""
    pledge = with_commitment(world, 6)
    shipment = arrived(world, pledge)
    assert pledge_now(pledge) == (6, 0, 0)
    receipt = counted(world, shipment, {"received": 5, "damaged": 1, "reason": "damaged", "words": "Crushed"})
    assert pledge_now(pledge) == (6, 0, 5)
    assert pledge.line.received == 5
    assert (shipment.differs, receipt.lines[0].words, receipt.lines[0].counted) == (1, "Crushed", 5)
    closed(world, shipment)
    assert pledge_now(pledge) == (6, 1, 5)
    assert pledge.to_ship == 1
    second = arrived(world, pledge, sent=1)
    rest(world, second)
    assert pledge_now(pledge) == (7, 1, 6)
    assert pledge.state is PledgeState.FULFILLED
    details = [step.details for step in history_of("shipment", shipment.id) if step.transition == "close"]
    assert details == [{"sent": 6, "received": 5, "short": 1}]


def test_no_more_is_sent_than_was_committed(app: Flask, world: World) -> None:
    pledge = with_commitment(world, 4)
    one, other = prepared(world, pledge, sent=3), prepared(world, pledge, sent=3)
    by = acting(world, "donor_officer")
    services.dispatch(DispatchShipment(version=one.version, dispatched_on=today()), shipment=one, by=by, at=now())
    db.session.flush()
    with pytest.raises(NothingLeft) as refusal:
        services.dispatch(
            DispatchShipment(version=other.version, dispatched_on=today()), shipment=other, by=by, at=now()
        )
    assert refusal.value.remaining == 1
    assert pledge_now(pledge) == (3, 0, 0)
    with pytest.raises(Rejected) as too_many:
        prepared(world, pledge, sent=2)
    assert codes(too_many) == {("lines-0-quantity", "too_large")}


def test_it_leaves_only_with_a_contact_at_its_destination(app: Flask, world: World) -> None:
    shipment = prepared(world, with_commitment(world), contact="")
    command = DispatchShipment(version=shipment.version, dispatched_on=today())
    with pytest.raises(Rejected) as refusal:
        services.dispatch(command, shipment=shipment, by=acting(world, "donor_officer"), at=now())
    assert codes(refusal) == {(None, "destination_contact_first")}


def test_one_shipment_carries_several_commitments_of_one_donor(app: Flask, world: World) -> None:
    one, other = two_lines(world)
    first, second = committed(world, one, 2), committed(world, other, 1)
    shipment = dispatched(world, first, second, gifts=[a_gift()])
    assert [(line.number, line.sent, line.pledge_id) for line in shipment.lines] == [
        (1, 2, first.id),
        (2, 1, second.id),
        (3, 3, None),
    ]
    assert pledge_now(first)[0] == 2
    assert pledge_now(second)[0] == 1


def test_nobody_sends_from_the_commitment_of_another_donor(app: Flask, world: World) -> None:
    second_donor(world)
    ours = with_commitment(world, 2)
    stranger = decode(PrepareShipment, typed_shipment(ours))
    with pytest.raises(Rejected) as refusal:
        services.prepare(stranger, recipient=world.agency("sender"), by=acting(world, "host_donor"), at=now())
    assert codes(refusal) == {("lines-0-quantity", "commitment_not_open")}


def test_what_was_typed_can_be_said_anew_until_it_leaves(app: Flask, world: World) -> None:
    pledge = with_commitment(world)
    shipment = prepared(world, pledge, sent=2)
    by, before = acting(world, "donor_officer"), shipment.version
    command = decode(PrepareShipment, typed_shipment(pledge, sent=4, version=str(before)))
    services.change(command, shipment=shipment, by=by, at=now())
    db.session.flush()
    assert shipment.sent == 4
    assert shipment.version > before
    with pytest.raises(ShipmentMoved):
        services.change(command, shipment=shipment, by=by, at=now())


def test_a_cancelled_shipment_claims_nothing(app: Flask, world: World) -> None:
    pledge = with_commitment(world)
    shipment = prepared(world, pledge)
    command = CancelShipment(version=shipment.version, reason="Other plans.")
    services.cancel(command, shipment=shipment, by=acting(world, "donor_officer"), at=now())
    assert shipment.state is ShipmentState.CANCELLED
    assert pledge_now(pledge) == (0, 0, 0)


def test_seven_of_six_are_refused_at_their_field(app: Flask, world: World) -> None:
    shipment = arrived(world, with_commitment(world, 6))
    with pytest.raises(Rejected) as refusal:
        counted(world, shipment, {"received": 7})
    assert codes(refusal) == {("lines-0-received", "too_large")}
    db.session.rollback()


def test_partial_and_repeated_receipts_add_up(app: Flask, world: World) -> None:
    shipment = arrived(world, with_commitment(world, 6))
    counted(world, shipment, {"received": 2})
    counted(world, shipment, {"received": 1, "refused": 1, "reason": "wrong_item"})
    with pytest.raises(Rejected) as refusal:
        counted(world, shipment, {"received": 3})
    assert codes(refusal) == {("lines-0-received", "too_large")}


def test_the_second_of_two_storekeepers_is_told(app: Flask, world: World) -> None:
    shipment = arrived(world, with_commitment(world, 6))
    counted(world, shipment, {"received": 2}, after=0)
    with pytest.raises(ReceiptTaken):
        counted(world, shipment, {"received": 2}, after=0)
    assert shipment.lines[0].received == 2
    assert len(receipts_of(shipment.id)) == 1


def test_everything_well_in_one_press_and_everything_missing_with_one_reason(app: Flask, world: World) -> None:
    well, gone = (arrived(world, with_commitment(world, 3)) for _ in range(2))
    rest(world, well)
    assert well.lines[0].received == 3
    with pytest.raises(Rejected) as refusal:
        rest(world, gone, outcome="missing")
    assert codes(refusal) == {("reason", "required")}
    rest(world, gone, outcome="missing", reason="customs_held")
    assert (gone.lines[0].missing, gone.differs) == (3, 1)
    with pytest.raises(Rejected) as nothing:
        rest(world, gone)
    assert codes(nothing) == {(None, "nothing_counted")}


def test_it_closes_only_when_each_line_is_accounted_for(app: Flask, world: World) -> None:
    shipment = arrived(world, with_commitment(world, 3))
    counted(world, shipment, {"received": 2})
    command = CloseShipment(version=shipment.version)
    with pytest.raises(Rejected) as refusal:
        services.close(command, shipment=shipment, by=acting(world, "sender_approver"), at=now())
    assert codes(refusal) == {(None, "line_not_reconciled")}
    rest(world, shipment)
    assert closed(world, shipment).state is ShipmentState.CLOSED


def test_nothing_is_received_before_it_arrives(app: Flask, world: World) -> None:
    shipment = dispatched(world, with_commitment(world, 3))
    with pytest.raises(IllegalTransition):
        rest(world, shipment)


def test_both_sides_say_that_it_is_lost_and_both_that_it_was_found(app: Flask, world: World) -> None:
    pledge = with_commitment(world, 4)
    shipment = dispatched(world, pledge)
    db.session.flush()
    services.lose(
        LoseShipment(version=shipment.version, reason=WHY),
        shipment=shipment,
        by=acting(world, "donor_officer"),
        at=now(),
    )
    assert shipment.state is ShipmentState.DISPATCHED
    db.session.flush()
    with pytest.raises(Conflict):
        services.lose(
            LoseShipment(version=shipment.version, reason=WHY),
            shipment=shipment,
            by=acting(world, "donor_officer"),
            at=now(),
        )
    services.lose(
        LoseShipment(version=shipment.version, reason=WHY),
        shipment=shipment,
        by=acting(world, "sender_editor"),
        at=now(),
    )
    assert (shipment.state, shipment.lines[0].missing) == (ShipmentState.LOST, 4)
    assert pledge_now(pledge) == (4, 4, 0)
    reopened(world, shipment)
    assert (shipment.state, shipment.lines[0].missing) == (ShipmentState.RECEIVING, 0)
    assert pledge_now(pledge) == (4, 0, 0)
    rest(world, shipment)
    assert pledge_now(pledge) == (4, 0, 4)
    kinds = [(one.kind, one.lines[0].missing) for one in reversed(receipts_of(shipment.id))]
    assert kinds == [(ReceiptKind.LOST, 4), (ReceiptKind.FOUND, -4), (ReceiptKind.COUNT, 0)]


def test_what_is_found_after_its_replacement_came_is_kept_but_fills_no_commitment(app: Flask, world: World) -> None:
    pledge = with_commitment(world, 2)
    gone = lost(world, dispatched(world, pledge))
    rest(world, arrived(world, pledge))
    assert pledge_now(pledge) == (4, 2, 2)
    reopened(world, gone)
    receipt = rest(world, gone)
    assert (receipt.lines[0].received, receipt.lines[0].counted) == (2, 0)
    closed(world, gone)
    assert pledge_now(pledge) == (4, 2, 2)
    assert pledge.line.received == 2


def test_what_is_left_goes_back_when_both_sides_say_so(app: Flask, world: World) -> None:
    pledge = with_commitment(world, 3)
    shipment = arrived(world, pledge)
    counted(world, shipment, {"received": 1})
    for who in ("sender_approver", "donor_officer"):
        command = ReturnShipment(version=shipment.version, reason="Wrong voltage.")
        services.give_back(command, shipment=shipment, by=acting(world, who), at=now())
        db.session.flush()
    line = shipment.lines[0]
    assert (shipment.state, line.received, line.returned) == (ShipmentState.RETURNED, 1, 2)
    assert pledge_now(pledge) == (3, 2, 1)


def test_a_gift_is_linked_to_a_commitment_made_since(app: Flask, world: World) -> None:
    shipment = arrived(world, gifts=[a_gift(quantity="3")])
    counted(world, shipment, {"received": 2, "missing": 1, "reason": "missing"})
    closed(world, shipment)
    pledge = with_commitment(world, 5)
    command = LinkLine(version=shipment.version, pledge=pledge.ref)
    services.link(command, shipment=shipment, number=1, by=acting(world, "donor_officer"), at=now())
    assert pledge_now(pledge) == (3, 1, 2)
    assert shipment.lines[0].pledge_id == pledge.id
    again = LinkLine(version=shipment.version, pledge=pledge.ref)
    with pytest.raises(ShipmentMoved):
        services.link(again, shipment=shipment, number=1, by=acting(world, "donor_officer"), at=now())


def test_the_sender_reads_a_difference_once(app: Flask, world: World) -> None:
    shipment = arrived(world, with_commitment(world, 3))
    counted(world, shipment, {"missing": 1, "reason": "missing"})
    by = acting(world, "donor_officer")
    command = Acknowledge(version=shipment.version, answer="We send another one.")
    services.acknowledge(command, shipment=shipment, by=by, at=now())
    db.session.flush()
    assert shipment.acknowledged == shipment.differs == 1
    with pytest.raises(Rejected):
        services.acknowledge(Acknowledge(version=shipment.version), shipment=shipment, by=by, at=now())


@pytest.mark.parametrize(("days", "code"), [(3, "day_to_come"), (-3_000, "day_too_long_ago"), (-20, "before_dispatch")])
def test_days_follow_one_another(app: Flask, world: World, days: int, code: str) -> None:
    shipment = dispatched(world, with_commitment(world, 1))
    db.session.flush()
    command = ReachBorder(version=shipment.version, border_on=today() + timedelta(days=days))
    with pytest.raises(Rejected) as refusal:
        services.reach_border(command, shipment=shipment, by=acting(world, "donor_officer"), at=now())
    assert ("border_on", code) in codes(refusal)


def test_a_suspended_side_changes_nothing(app: Flask, world: World) -> None:
    shipment = arrived(world, with_commitment(world, 1))
    world.agency("donor").status = "suspended"
    db.session.flush()
    with pytest.raises(Frozen):
        rest(world, shipment)


def test_only_a_side_asks_for_what_takes_both(app: Flask, world: World) -> None:
    shipment = dispatched(world, with_commitment(world, 1))
    db.session.flush()
    with pytest.raises(NotAllowed):
        services.lose(
            LoseShipment(version=shipment.version, reason=WHY),
            shipment=shipment,
            by=acting(world, "stranger_editor"),
            at=now(),
        )


def test_a_request_with_goods_on_their_way_is_not_withdrawn_and_keeps_its_commitment_when_closed(
    app: Flask, world: World
) -> None:
    pledge = with_commitment(world, 2)
    dispatched(world, pledge)
    with pytest.raises(Rejected) as refusal:
        assistance.withdraw(pledge.request, by=acting(world, "sender_approver"), at=now(), reason="Why.")
    assert codes(refusal) == {(None, "something_shipped")}
    db.session.refresh(pledge.request)
    assert pledge.request.state is RequestState.OPEN


def test_a_commitment_is_not_reduced_below_what_is_on_its_way_nor_closed_over_it(app: Flask, world: World) -> None:
    pledge = with_commitment(world, 5)
    dispatched(world, pledge, sent=3)
    db.session.refresh(pledge)
    by = acting(world, "donor_officer")
    with pytest.raises(Rejected):
        assistance.ask_reduction(
            ReducePledge(version=pledge.version, quantity=2, reason="Less."), pledge=pledge, by=by, at=now()
        )
    assistance.ask_reduction(
        ReducePledge(version=pledge.version, quantity=3, reason="Less."), pledge=pledge, by=by, at=now()
    )
    db.session.flush()
    agree = AnswerReduction(version=pledge.version, agreed=True)
    assistance.answer_reduction(agree, pledge=pledge, by=acting(world, "secretariat"), at=now())
    db.session.flush()
    close = ClosePledge(version=pledge.version, reason="Enough.")
    with pytest.raises(Conflict):
        assistance.close_short(close, pledge=pledge, by=acting(world, "donor_approver"), at=now())


def test_a_count_of_nothing_and_a_line_that_is_not_there_are_refused(app: Flask, world: World) -> None:
    with pytest.raises(Rejected) as nothing:
        decode(RecordReceipt, {"after": "0", "received_on": "2027-01-02", "lines": [{"line": "1"}]})
    assert codes(nothing) == {(None, "nothing_counted")}
    with pytest.raises(Rejected) as why:
        decode(RecordReceipt, {"after": "0", "received_on": "2027-01-02", "lines": [{"line": "1", "damaged": "١"}]})
    assert codes(why) == {("lines-0-reason", "required")}
    shipment = arrived(world, with_commitment(world, 1))
    command = RecordReceipt(after=0, received_on=today(), lines=(CountedLine(line=9, received=1),))
    with pytest.raises(Rejected) as unknown:
        services.record_receipt(command, shipment=shipment, by=acting(world, "sender_editor"), at=now())
    assert codes(unknown) == {("lines-0-received", "not_in_list")}


def test_no_table_holds_more_than_was_sent(app: Flask, world: World) -> None:
    """Behind the guarded UPDATE stands a CHECK."""
    arrived(world, with_commitment(world, 2))
    db.session.flush()
    with pytest.raises(Exception, match="no_more_than_sent"):
        db.session.execute(db.update(ShipmentLine).values(received=2, damaged=1))
    db.session.rollback()


def test_every_change_of_quantity_stands_in_the_ledger_of_both_sides(app: Flask, world: World) -> None:
    gone = dispatched(world, with_commitment(world, 4))
    lost(world, gone)
    reopened(world, gone)
    counted(world, gone, {"received": 2, "damaged": 1, "missing": 1, "reason": "other"})
    closed(world, gone)
    gift = arrived(world, gifts=[a_gift()])
    rest(world, gift)
    db.session.flush()
    assert list(differences()) == []
    for side in ("sender", "donor"):
        found = standing_of(world.agencies[side], Subject("shipment", gone.ref))
        kinds = ["dispatched", "lost", "found", "received", "closed"]
        assert [one.entry.kind.removeprefix("shipment.") for one in found] == kinds
    line = db.session.get_one(ShipmentLine, gone.lines[0].id)
    line.received, line.damaged = 3, 0
    db.session.flush()
    assert {(one.name, one.cached, one.derived) for one in differences()} == {
        ("1.received", "3", "2"),
        ("1.damaged", "0", "1"),
    }
