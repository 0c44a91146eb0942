"""The life of an item: who may take which step, what each asks for, and what follows from it."""

from datetime import timedelta
from itertools import pairwise

import pytest

from portal.features.items import services
from portal.features.items.domain.checking import Result
from portal.features.items.domain.commands import (
    ConfirmHandover,
    FindItem,
    RefuseMove,
    ReportDestroyed,
    ReportStolen,
    TakeOver,
)
from portal.features.items.domain.lifecycles import FINDING, ITEM, FindingState, ItemState
from portal.features.items.models import ItemCheck
from portal.features.items.policy import GRANTS, Findings, Items
from portal.features.items.queries.records import custody_of, findings_of, open_findings_counted
from portal.features.ledger.models import LedgerEntry
from portal.features.ledger.queries import standing_of
from portal.infra.db import db, now
from portal.infra.history import advance
from portal.kernel.errors import Conflict, Frozen, IllegalTransition, Rejected
from portal.ledger.entries import Subject
from tests.features.exchanges.acting import acting
from tests.features.items.acts import (
    checked,
    consented,
    delivered,
    found_wrong,
    fresh,
    in_use,
    offered,
    registered,
    retirement_asked,
    taken_over,
    today,
    transfer_asked,
    undertaken,
)
from tests.world import World


def codes(refusal: pytest.ExceptionInfo[Rejected]) -> set[str]:
    return {problem.code for problem in refusal.value.problems}


def test_an_item_comes_into_use_by_receipt_handover_and_undertaking(world: World) -> None:
    item = registered(world)
    assert item.state == ItemState.REGISTERED
    item = services.deliver(item, by=acting(world, "sender_editor"), at=now())
    with pytest.raises(Rejected) as refusal:
        services.put_to_use(item, by=acting(world, "sender_editor"), at=now())
    assert codes(refusal) == {"undertaking_first"}
    item = offered(world, item)
    assert item.custodian_id == world.people["sender_editor"], "nothing moves before the second signature"
    assert item.handover is not None
    command = ConfirmHandover(number=1, received=True, undertaking=True)
    item = services.confirm_handover(command, item=item, by=acting(world, "sender_officer"), at=now())
    assert (item.custodian_id, item.site) == (world.people["sender_officer"], "Poste d’Arlit")
    assert item.undertaken_by == world.people["sender_officer"]
    assert services.put_to_use(item, by=acting(world, "sender_editor"), at=now()).state == ItemState.IN_USE


def test_nothing_is_delivered_before_its_receipt(world: World) -> None:
    item = registered(world, who="donor_officer", received_on=None, holder=world.agency("sender").key)
    with pytest.raises(Rejected) as refusal:
        services.deliver(item, by=acting(world, "sender_editor"), at=now())
    assert codes(refusal) == {"receipt_first"}
    assert custody_of(item.id)[0].agency_id == world.agencies["donor"]


def test_only_the_named_colleague_signs_for_a_handover(world: World) -> None:
    item = offered(world, delivered(world))
    command = ConfirmHandover(number=1, received=True, undertaking=True)
    assert not GRANTS[Items.CONFIRM].holds(acting(world, "sender_approver"), item)
    assert GRANTS[Items.CONFIRM].holds(acting(world, "sender_officer"), item)
    with pytest.raises(Conflict):
        services.confirm_handover(command, item=item, by=acting(world, "sender_approver"), at=now())


def test_nobody_signs_for_both_sides(world: World) -> None:
    with pytest.raises(Rejected) as refusal:
        offered(world, delivered(world), to="sender_editor", by="sender_editor")
    assert codes(refusal) == {"handover_to_oneself"}


def test_one_handover_waits_at_a_time(world: World) -> None:
    item = offered(world, delivered(world))
    with pytest.raises(Conflict):
        offered(world, item, to="sender_approver")


def test_the_chain_of_custody_has_no_gap(world: World) -> None:
    item = in_use(world)
    item = taken_over(world, consented(world, transfer_asked(world, item)))
    links = list(reversed(custody_of(item.id)))
    assert [link.number for link in links] == list(range(1, len(links) + 1))
    assert all(before.ended_at == after.began_at for before, after in pairwise(links))
    assert [link.ended_at is None for link in links] == [False] * (len(links) - 1) + [True]
    assert links[-1].agency_id == world.agencies["stranger"]


def test_a_transfer_takes_the_donor_and_the_new_holder(world: World) -> None:
    item = transfer_asked(world, in_use(world))
    assert item.state == ItemState.TRANSFER_PENDING
    with pytest.raises(Rejected) as refusal:
        taken_over(world, item)
    assert codes(refusal) == {"consent_first"}
    item = fresh(item)
    item = taken_over(world, consented(world, item))
    assert (item.state, item.agency_id, item.owner_id) == (ItemState.IN_USE, *[world.agencies["stranger"]] * 2)
    assert item.undertaken_by == world.people["stranger_approver"]
    assert not item.disclosed_to(acting(world, "sender_editor"))


def test_an_item_with_an_open_finding_goes_nowhere(world: World) -> None:
    item = in_use(world)
    finding = found_wrong(world, item)
    for asks in (transfer_asked, retirement_asked):
        with pytest.raises(Rejected) as refusal:
            asks(world, fresh(item))
        assert codes(refusal) == {"findings_first"}
    services.explain(finding, by=acting(world, "sender_editor"), at=now(), reason="Moved to Assamakka.")
    services.close(finding, by=acting(world, "secretariat"), at=now(), reason="Seen there.")
    assert transfer_asked(world, fresh(item)).state == ItemState.TRANSFER_PENDING


def test_a_finding_opened_while_a_transfer_waits_stops_it(world: World) -> None:
    item = transfer_asked(world, in_use(world))
    found_wrong(world, item)
    with pytest.raises(Rejected) as refusal:
        consented(world, fresh(item))
    assert codes(refusal) == {"findings_first"}


def test_a_refused_transfer_goes_back_to_where_it_was(world: World) -> None:
    item = services.store(undertaken(world), by=acting(world, "sender_editor"), at=now())
    item = transfer_asked(world, item)
    command = RefuseMove(number=1, reason="It was given for this post.")
    assert item.disclosed_to(acting(world, "stranger_approver"))
    item = services.refuse_move(command, item=item, by=acting(world, "donor_approver"), at=now())
    assert item.state == ItemState.IN_STORAGE
    assert not fresh(item).disclosed_to(acting(world, "stranger_approver"))


def test_the_other_agency_alone_takes_it_over(world: World) -> None:
    item = consented(world, transfer_asked(world, in_use(world)))
    assert not GRANTS[Items.TAKE_OVER].holds(acting(world, "host_approver"), item)
    with pytest.raises(Conflict):
        services.take_over(TakeOver(number=1, received=True, undertaking=True), item=item,
                           by=acting(world, "host_approver"), at=now())  # fmt: skip


def test_what_stores_data_is_retired_only_when_they_are_wiped(world: World) -> None:
    item = in_use(world, stores_data=True)
    with pytest.raises(Rejected) as refusal:
        retirement_asked(world, item)
    assert codes(refusal) == {"data_first"}
    item = retirement_asked(world, fresh(item), data_wiped=True)
    assert item.state == ItemState.IN_USE
    assert consented(world, item).state == ItemState.RETIRED


def test_missing_opens_a_finding_and_ends_what_waits(world: World) -> None:
    item = transfer_asked(world, in_use(world))
    item = services.report_missing(item, by=acting(world, "sender_editor"), at=now(), reason="Not at its post.")
    item = fresh(item)
    assert (item.state, item.move, item.open_findings) == (ItemState.MISSING, None, 1)
    assert [one.what for one in findings_of(item.id)] == ["item.missing"]


def test_what_was_found_again_must_be_checked_anew(world: World) -> None:
    item = in_use(world)
    checked(world, item)
    item = services.report_missing(fresh(item), by=acting(world, "sender_editor"), at=now(), reason="Not at its post.")
    command = FindItem(stored=False, condition="fair", evidence="Serial number read again.")
    item = services.find_item(command, item=item, by=acting(world, "sender_approver"), at=now())
    assert (item.state, item.verified_until) == (ItemState.IN_USE, None)
    assert item.condition == "fair"


def test_a_report_number_goes_with_a_theft_and_with_an_end(world: World) -> None:
    item = in_use(world)
    stolen = ReportStolen(report_number="PV-114", reason="Broken into at night.")
    item = services.report_stolen(stolen, item=item, by=acting(world, "sender_approver"), at=now())
    assert (item.state, item.report_number) == (ItemState.STOLEN, "PV-114")
    command = ReportDestroyed(record="R-1", reason="Burnt.")
    with pytest.raises(IllegalTransition):
        services.report_destroyed(command, item=item, by=acting(world, "sender_approver"), at=now())


def test_a_suspended_agency_changes_nothing(world: World) -> None:
    item = in_use(world)
    world.agency("donor").status = "suspended"
    db.session.flush()
    with pytest.raises(Frozen):
        services.store(item, by=acting(world, "sender_editor"), at=now())


@pytest.mark.parametrize("name", list(ITEM.transitions))
def test_every_step_leaves_only_the_states_it_may(name: str) -> None:
    transition = ITEM.transitions[name]
    for state in ItemState:
        if state in transition.sources:
            assert ITEM.step(state, name) is transition
        else:
            with pytest.raises(IllegalTransition):
                ITEM.step(state, name)


def test_a_finding_is_closed_by_another_agency_only(world: World) -> None:
    finding = found_wrong(world, in_use(world))
    rule = GRANTS[Findings.CLOSE]
    assert not any(rule.holds(acting(world, who), finding) for who in ("sender_editor", "sender_approver"))
    assert all(rule.holds(acting(world, who), finding) for who in ("secretariat", "donor_officer", "inspector"))
    assert not rule.holds(acting(world, "stranger_approver"), finding)
    with pytest.raises(IllegalTransition):
        services.close(finding, by=acting(world, "secretariat"), at=now(), reason="Nobody answered.")


def test_a_finding_goes_to_its_end_and_the_item_counts_it(world: World) -> None:
    item = in_use(world)
    finding = found_wrong(world, item)
    assert (fresh(item).open_findings, open_findings_counted(item.id)) == (1, 1)
    services.explain(finding, by=acting(world, "sender_editor"), at=now(), reason="It fell.")
    services.send_back(finding, by=acting(world, "inspector"), at=now(), reason="When?")
    services.remedy(finding, by=acting(world, "sender_editor"), at=now(), reason="Sealed anew.")
    services.close(finding, by=acting(world, "inspector"), at=now(), reason="Seen.")
    assert (finding.state, fresh(item).open_findings, open_findings_counted(item.id)) == (FindingState.CLOSED, 0, 0)
    with pytest.raises(IllegalTransition):
        advance(FINDING, finding, "explain", by=acting(world, "sender_editor"), at=now(), reason="Again.")


def test_a_finding_escalates_when_it_is_two_weeks_late(world: World) -> None:
    finding = found_wrong(world, in_use(world))
    assert not finding.escalated(finding.due_on + timedelta(days=14))
    assert finding.escalated(finding.due_on + timedelta(days=15))
    assert finding.overdue(finding.due_on + timedelta(days=1))


@pytest.mark.parametrize(
    ("who", "result", "opened"),
    [
        ("inspector", Result.SEEN_WORKING, 0),
        ("inspector", Result.SEEN_NOT_WORKING, 1),
        ("inspector", Result.NOT_FOUND, 1),
        ("inspector", Result.REFUSED, 1),
        ("inspector", Result.EVIDENCE_ONLY, 0),
        ("sender_editor", Result.SEEN_NOT_WORKING, 0),
        ("sender_editor", Result.NOT_FOUND, 1),
    ],
)
def test_a_bad_check_opens_a_finding(world: World, who: str, result: Result, opened: int) -> None:
    item = in_use(world)
    checked(world, item, result.value, who)
    assert fresh(item).open_findings == opened


def test_a_check_of_the_holder_is_a_self_report(world: World) -> None:
    item = in_use(world)
    own = checked(world, item, who="sender_editor")
    other = checked(world, fresh(item), who="inspector")
    assert [(one.independent, one.kind.value) for one in (own, other)] == [(False, "self"), (True, "spot")]
    assert fresh(item).verified(today())
    assert db.session.query(ItemCheck).count() == 2


def test_every_step_is_in_the_ledger_of_both_sides(world: World) -> None:
    item = taken_over(world, consented(world, transfer_asked(world, in_use(world))))
    subject = Subject("item", item.ref)
    ours = [one.entry.kind for one in standing_of(world.agencies["sender"], subject)]
    theirs = [one.entry.kind for one in standing_of(world.agencies["donor"], subject)]
    told = ["item.registered", "item.delivered", "item.handed_over", "item.in_use", "item.consented"]
    assert ours == [*told, "item.transferred"]
    assert theirs == told
    new = standing_of(world.agencies["stranger"], subject)
    assert [one.entry.kind for one in new] == ["item.transferred"]
    assert new[-1].content["holder"] == item.agency_id
    assert new[-1].content["value"] == {"amount": "18500.00", "currency": "EUR"}


def test_the_ledger_names_nobody(world: World) -> None:
    in_use(world)
    names = {person.replace("_", " ").title() for person in world.people}
    for content in db.session.scalars(db.select(LedgerEntry.content)):
        assert not any(name in content for name in names)
