"""The life of a pledge, from the offer to its end, on both databases."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from portal.features.agencies.domain import AgencyStatus
from portal.features.assistance import services
from portal.features.assistance.domain.lifecycles import HOLDING, PledgeState, RequestState
from portal.features.assistance.domain.moved import PledgeMoved, RequestNotOpen
from portal.features.assistance.domain.pledging import (
    AcceptPledge,
    AnswerOda,
    AnswerReduction,
    ClosePledge,
    ConfirmService,
    DeclinePledge,
    DisputePledge,
    OfferPledge,
    ReducePledge,
    SettlePledge,
    TellMe,
    WithdrawPledge,
)
from portal.features.assistance.domain.rungs import held, rungs_of
from portal.features.assistance.domain.vocabulary import FlowType
from portal.features.assistance.models import Pledge, PledgeWaiting, Request, RequestCounterpart, RequestLine
from portal.features.assistance.queries.pledges import WITH_PARTIES, pledges_seen
from portal.features.assistance.queries.records import with_seen
from portal.features.assistance.services.pledge_clock import lapse_due, remind_due
from portal.infra.db import db, now
from portal.infra.history import StateChange, history_of
from portal.infra.outbox import OutboxMail
from portal.kernel.contract import decode
from portal.kernel.errors import Conflict, Frozen, NotAllowed, NothingLeft, Rejected
from tests.features.assistance.acts import opened, pickups, training
from tests.features.assistance.pledging import (
    accepted,
    committed,
    delivered,
    offered,
    second_donor,
    to_commit,
    today,
    typed_pledge,
)
from tests.features.exchanges.acting import acting, everyone
from tests.world import World

WHY = "Plans have changed."


def codes(call: Callable[[], object]) -> set[tuple[str, str | None]]:
    with pytest.raises((Rejected, Conflict)) as refusal:
        call()
    return {(problem.code, problem.field) for problem in refusal.value.problems}


def line_of(world: World, place: int = 0, **changes: Any) -> RequestLine:
    return opened(world, **changes).lines[place]


def books(line: RequestLine) -> None:
    """Counters agree with a recount from the rows."""
    db.session.flush()
    db.session.expire(line)
    pledges = db.session.scalars(db.select(Pledge).where(Pledge.line_id == line.id)).all()
    assert line.pledged == sum(held(pledge) for pledge in pledges) <= line.quantity
    assert line.received == sum(pledge.received for pledge in pledges) <= line.pledged


def test_a_pledge_goes_from_offer_to_commitment_with_two_people_on_each_side(app: Flask, world: World) -> None:
    line = line_of(world)
    pledge = committed(world, line, 6)
    assert pledge.state is PledgeState.COMMITTED
    assert [c.transition for c in history_of("pledge", pledge.id)] == ["commit", "accept", "begin"]
    assert str(pledge.value.canonical) == "111000.00"
    assert pledge.request.first_pledged_at is not None
    books(line)


def test_the_loser_of_a_race_is_told_what_is_left(app: Flask, world: World) -> None:
    second_donor(world)
    line = line_of(world)
    offered(world, line, 6)
    offered(world, line, 3, "host_donor")
    with pytest.raises(NothingLeft) as refusal:
        offered(world, line, 2)
    assert refusal.value.remaining == 1
    books(line)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"valid_until": "today"}, ("day_over", "valid_until")),
        ({"valid_until": "9999-12-31"}, ("day_too_far", "valid_until")),
        ({"available_from": "2020-01-01"}, ("needed_by_over", "available_from")),
        ({"valuation": ""}, ("required", "valuation")),
        ({"means": "funds", "valuation": ""}, ("required", "procurer")),
        ({"means": "funds", "procurer": "implementer"}, ("required", "implementer")),
        ({"implementer": "XX-NONE"}, ("unknown_agency", "implementer")),
        ({"implementer": "ne-send"}, ("own_request", "implementer")),
        ({"quantity": "2.5"}, ("not_a_whole_number", "quantity")),
        ({"quantity": "0"}, ("too_small", "quantity")),
        ({"quantity": "-1"}, ("too_small", "quantity")),
        ({"quantity": "1e3"}, ("not_a_whole_number", "quantity")),
        ({"unit_value": {"typed": "10.005", "currency": "EUR"}}, ("amount_two_ways", "unit_value-typed")),
        ({"unit_value": {"typed": "10.5", "currency": "JPY"}}, ("no_decimals", "unit_value-typed")),
        ({"conditions": "The suspect Jean Dupont holds passport AB1234567."}, ("looks_like_case_data", "conditions")),
        ({"anonymous_reason": "9"}, ("too_large", "anonymous_reason")),
    ],
)
def test_a_wrong_offer_is_refused_at_its_field(
    app: Flask, world: World, changes: dict[str, Any], problem: tuple[str, str]
) -> None:
    line = line_of(world)
    changes = {name: today().isoformat() if value == "today" else value for name, value in changes.items()}

    def send() -> object:
        command = decode(OfferPledge, typed_pledge(**changes))
        return services.offer(command, line=line, by=acting(world, "donor_officer"), at=now())

    assert problem in codes(send)
    assert line.pledged == 0


def test_arabic_digits_and_three_decimals_of_a_dinar_are_read() -> None:
    value = {"typed": "10,5", "currency": "TND"}
    command = decode(OfferPledge, typed_pledge(quantity="١٠", unit_value=value))
    assert (command.quantity, command.unit_value.minor) == (10, 10_500)


def test_what_is_controlled_needs_the_answers_of_both_sides(app: Flask, world: World) -> None:
    lines = [pickups(category="night-vision", spec={}, export_answer="end_user_certificate")]
    line = line_of(world, lines=lines)
    by = acting(world, "donor_officer")
    bare = decode(OfferPledge, typed_pledge(export_licence=""))
    assert ("export_answer_needed", "export_licence") in codes(lambda: services.offer(bare, line=line, by=by, at=now()))
    pledge = offered(world, line)
    seen = AcceptPledge(version=pledge.version, conditions_read=True)
    assert codes(lambda: services.accept(seen, pledge=pledge, by=acting(world, "sender_approver"), at=now())) == {
        ("certificate_needed", "end_user_certificate")
    }


def test_nobody_pledges_to_or_accepts_for_their_own_agency(app: Flask, world: World) -> None:
    line = line_of(world)
    by = acting(world, "sender_approver")
    command = decode(OfferPledge, typed_pledge())
    assert ("own_request", None) in codes(lambda: services.offer(command, line=line, by=by, at=now()))
    pledge = offered(world, line)
    seen = AcceptPledge(version=pledge.version, conditions_read=True)
    with pytest.raises(NotAllowed):
        services.accept(seen, pledge=pledge, by=acting(world, "donor_approver"), at=now())


@pytest.mark.parametrize("who", ["donor", "sender"])
def test_a_suspended_agency_changes_nothing(app: Flask, world: World, who: str) -> None:
    line = line_of(world)
    pledge = offered(world, line)
    world.agency(who).status = AgencyStatus.SUSPENDED
    db.session.flush()
    with pytest.raises(Frozen):
        offered(world, line)
    with pytest.raises(Frozen):
        services.withdraw_pledge(
            WithdrawPledge(version=pledge.version, reason=WHY),
            pledge=pledge,
            by=acting(world, "donor_officer"),
            at=now(),
        )
    assert lapse_due(at=now() + timedelta(days=99)) == 0
    assert line.pledged == 2


def test_nothing_is_accepted_without_valid_due_diligence(app: Flask, world: World) -> None:
    line = line_of(world)
    pledge = offered(world, line)
    for until, code in ((today() - timedelta(days=1), "diligence_expired"), (None, "diligence_expired")):
        pledge.request.diligence_until = until
        db.session.flush()
        seen = AcceptPledge(version=pledge.version, conditions_read=True)
        refused = codes(lambda s=seen: services.accept(s, pledge=pledge, by=acting(world, "sender_approver"), at=now()))
        assert refused == {(code, None)}


def test_accepting_stops_while_the_request_is_on_hold(app: Flask, world: World) -> None:
    pledge = offered(world, line_of(world))
    services.hold(pledge.request, by=acting(world, "secretariat"), at=now(), reason=WHY)
    db.session.flush()
    seen = AcceptPledge(version=pledge.version, conditions_read=True)
    with pytest.raises(RequestNotOpen):
        services.accept(seen, pledge=pledge, by=acting(world, "sender_approver"), at=now())


def test_what_ends_before_it_is_committed_returns_in_the_same_transaction(app: Flask, world: World) -> None:
    line = line_of(world)
    declined, taken, late = offered(world, line, 2), accepted(world, line, 3), offered(world, line, 4)
    why = DeclinePledge(version=declined.version, reason=WHY)
    services.decline_pledge(why, pledge=declined, by=acting(world, "sender_approver"), at=now())
    assert line.pledged == 7
    back = WithdrawPledge(version=taken.version, reason=WHY)
    services.withdraw_pledge(back, pledge=taken, by=acting(world, "donor_officer"), at=now())
    assert line.pledged == 4
    assert lapse_due(at=late.lapses_at - timedelta(seconds=1)) == 0
    assert lapse_due(at=late.lapses_at) == 1
    assert lapse_due(at=late.lapses_at) == 0
    assert line.pledged == 0
    books(line)
    counterpart = db.session.scalars(db.select(RequestCounterpart)).one()
    assert (counterpart.live, counterpart.agreed) == (0, 0)


def test_a_stale_or_repeated_act_is_refused_with_what_stands(app: Flask, world: World) -> None:
    pledge = accepted(world, line_of(world))
    again = AcceptPledge(version=pledge.version, conditions_read=True)
    with pytest.raises(PledgeMoved):
        services.accept(again, pledge=pledge, by=acting(world, "sender_approver"), at=now())
    old = to_commit(pledge, version=1)
    with pytest.raises(PledgeMoved):
        services.commit(old, pledge=pledge, by=acting(world, "donor_approver"), at=now())


def test_the_author_does_not_commit_and_the_agreement_is_in_force(app: Flask, world: World) -> None:
    pledge = accepted(world, line_of(world))
    tomorrow = to_commit(pledge, agreement_on=today() + timedelta(days=1))
    by = acting(world, "donor_approver")
    assert ("agreement_not_in_force", "agreement_on") in codes(
        lambda: services.commit(tomorrow, pledge=pledge, by=by, at=now())
    )
    pledge.author_id = by.person_id
    db.session.flush()
    now_in_force = to_commit(pledge)
    with pytest.raises(NotAllowed):
        services.commit(now_in_force, pledge=pledge, by=by, at=now())


def test_a_reduction_takes_the_donor_and_the_secretariat(app: Flask, world: World) -> None:
    line = line_of(world)
    pledge = committed(world, line, 6)
    ask = ReducePledge(version=pledge.version, quantity=4, reason=WHY)
    services.ask_reduction(ask, pledge=pledge, by=acting(world, "donor_officer"), at=now())
    db.session.flush()
    assert (pledge.quantity, line.pledged) == (6, 6)
    yes = AnswerReduction(version=pledge.version, agreed=True)
    services.answer_reduction(yes, pledge=pledge, by=acting(world, "secretariat"), at=now())
    assert (pledge.quantity, line.pledged) == (4, 4)
    assert history_of("pledge", pledge.id)[0].reason == WHY
    books(line)


def test_a_reduction_never_goes_below_what_was_delivered(app: Flask, world: World) -> None:
    pledge = committed(world, line_of(world, lines=[training()]), 10)
    delivered(world, pledge, 4)
    ask = ReducePledge(version=pledge.version, quantity=3, reason=WHY)
    by = acting(world, "donor_officer")
    assert ("too_small", "quantity") in codes(lambda: services.ask_reduction(ask, pledge=pledge, by=by, at=now()))


def test_a_dispute_is_settled_by_the_secretariat(app: Flask, world: World) -> None:
    pledge = committed(world, line_of(world))
    services.dispute(
        DisputePledge(version=pledge.version, reason=WHY), pledge=pledge, by=acting(world, "sender_approver"), at=now()
    )
    db.session.flush()
    assert pledge.state is PledgeState.DISPUTED
    services.settle(
        SettlePledge(version=pledge.version, reason=WHY), pledge=pledge, by=acting(world, "secretariat"), at=now()
    )
    assert pledge.state is PledgeState.COMMITTED


def test_closing_short_takes_both_sides_and_returns_the_rest(app: Flask, world: World) -> None:
    line = line_of(world, lines=[training()])
    pledge = committed(world, line, 10)
    delivered(world, pledge, 6, 4, "Two came late.")
    approver, donor = acting(world, "sender_approver"), acting(world, "donor_approver")
    services.close_short(ClosePledge(version=pledge.version, reason=WHY), pledge=pledge, by=donor, at=now())
    db.session.flush()
    again = ClosePledge(version=pledge.version, reason=WHY)
    assert ("close_asked_already", None) in codes(
        lambda: services.close_short(again, pledge=pledge, by=donor, at=now())
    )
    services.close_short(again, pledge=pledge, by=approver, at=now())
    assert pledge.state is PledgeState.CLOSED_SHORT
    assert (line.pledged, line.received) == (4, 4)
    books(line)


def test_delivered_training_fulfils_the_pledge_and_the_request(app: Flask, world: World) -> None:
    line = line_of(world, lines=[training()])
    pledge = committed(world, line, 20)
    delivered(world, pledge, 12, 10, "Two left early.")
    assert pledge.state is PledgeState.COMMITTED
    delivered(world, pledge, 10, 10)
    assert pledge.state is PledgeState.FULFILLED
    assert pledge.request.state is RequestState.FULFILLED
    books(line)
    with pytest.raises(Conflict):
        services.confirm_service(
            ConfirmService(number=1, accepted=1, reason="x"), pledge=pledge, by=acting(world, "sender_editor"), at=now()
        )


def test_nothing_is_delivered_beyond_the_pledge(app: Flask, world: World) -> None:
    pledge = committed(world, line_of(world, lines=[training()]), 5)
    delivered(world, pledge, 3)
    assert ("too_large", "quantity") in codes(lambda: delivered(world, pledge, 3))


def test_who_came_too_late_is_told_in_order(app: Flask, world: World) -> None:
    second_donor(world)
    line = line_of(world, 1)
    first = offered(world, line, 4)
    for number, who in enumerate(("host_donor", "donor_officer")):
        services.tell_me(TellMe(quantity=2), line=line, by=acting(world, who), at=now() + timedelta(seconds=number))
    db.session.flush()
    why = DeclinePledge(version=first.version, reason=WHY)
    services.decline_pledge(why, pledge=first, by=acting(world, "sender_approver"), at=now())
    told = db.session.scalars(db.select(PledgeWaiting.person_id).where(PledgeWaiting.told_at.is_not(None))).all()
    assert set(told) == {world.people["host_donor"], world.people["donor_officer"]}
    mails = db.session.scalars(db.select(OutboxMail).filter_by(kind="pledge_free_again")).all()
    assert {mail.person_id for mail in mails} == set(told)


def test_only_as_many_are_told_as_there_is(app: Flask, world: World) -> None:
    second_donor(world)
    line = line_of(world, 1)
    offered(world, line, 3)
    last = offered(world, line, 1)
    for number, who in enumerate(("host_donor", "donor_officer")):
        services.tell_me(TellMe(quantity=1), line=line, by=acting(world, who), at=now() + timedelta(seconds=number))
    db.session.flush()
    back = WithdrawPledge(version=last.version, reason=WHY)
    services.withdraw_pledge(back, pledge=last, by=acting(world, "donor_officer"), at=now())
    told = db.session.scalars(db.select(PledgeWaiting.person_id).where(PledgeWaiting.told_at.is_not(None))).all()
    assert told == [world.people["host_donor"]]


@pytest.mark.parametrize(
    ("answers", "suggested"),
    [
        ("ynnyn", FlowType.OTHER_OFFICIAL),
        ("yyyny", FlowType.ODA),
        ("yyyyy", FlowType.OTHER_OFFICIAL),
        ("yyynn", FlowType.OTHER_OFFICIAL),
        ("ynyny", FlowType.OTHER_OFFICIAL),
        ("nyyny", FlowType.OTHER),
    ],
)
def test_five_answers_suggest_and_the_donor_decides(
    app: Flask, world: World, answers: str, suggested: FlowType
) -> None:
    pledge = offered(world, line_of(world))
    assert pledge.oda_flow is None
    names = ("official_funds", "eligible_recipient", "development_purpose", "provider_interest", "safeguards")
    given = {name: answer == "y" for name, answer in zip(names, answers, strict=True)}
    other = next(flow for flow in FlowType if flow is not suggested)
    with pytest.raises(Rejected):
        decode(AnswerOda, given | {"flow_type": other.value})
    command = decode(AnswerOda, given | {"flow_type": other.value, "note": WHY})
    services.answer_oda(command, pledge=pledge, by=acting(world, "donor_officer"), at=now())
    assert (pledge.oda_suggested, pledge.oda_flow, pledge.oda_note) == (suggested, other, WHY)
    assert pledge.oda_answers == given


def test_reminders_go_out_once(app: Flask, world: World) -> None:
    pledge = offered(world, line_of(world))
    near = pledge.lapses_at - timedelta(days=5)
    assert (remind_due(at=near), remind_due(at=near)) == (1, 0)


def test_the_sql_and_the_rule_agree_for_everyone(app: Flask, world: World) -> None:
    second_donor(world)
    for label in ("clear", "green", "amber", "amber_strict", "red"):
        request = opened(world, label=label)
        offered(world, request.lines[0], 2, implementer=world.agency("stranger").key)
        committed(world, request.lines[2], 2)
        offered(world, request.lines[1], 1, "host_donor", anonymous_reason="2")
    db.session.commit()
    checked = 0
    for name, actor in everyone(world).items():
        seen = set(db.session.scalars(db.select(Pledge.id).join(Request).where(pledges_seen(actor))))
        for pledge in db.session.scalars(db.select(Pledge).options(*WITH_PARTIES)):
            with_seen(pledge.request, actor)
            assert (pledge.id in seen) == pledge.disclosed_to(actor), (name, pledge.request.label)
            checked += pledge.id in seen
    assert checked > 30


def test_rungs_are_a_recount(app: Flask, world: World) -> None:
    line = line_of(world, lines=[training()])
    offered(world, line, 3)
    delivered(world, committed(world, line, 5), 2, 2)
    rows = db.session.scalars(db.select(Pledge).where(Pledge.state.in_(sorted(HOLDING)))).all()
    rungs = rungs_of(line.quantity, rows, received=line.received)
    assert (rungs.requested, rungs.pledged, rungs.committed, rungs.shipped, rungs.received) == (20, 8, 5, None, 2)


def test_no_history_without_its_row(app: Flask, world: World) -> None:
    pledge = committed(world, line_of(world))
    rows = db.session.scalars(db.select(StateChange).filter_by(lifecycle="pledge", subject_id=pledge.id)).all()
    assert all(row.person_id and row.agency_id for row in rows)
