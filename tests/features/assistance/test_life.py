"""The life of a request, from the draft to its end, on both databases."""

import pytest
from flask import Flask

from portal.features.assistance.domain.acts import (
    AnswerQuestion,
    AskRequester,
    CloseRequest,
    RecordDiligence,
    ReleaseRequest,
    SetDisclosure,
)
from portal.features.assistance.domain.asking import STEPS, WhoStep
from portal.features.assistance.domain.drafting import problems
from portal.features.assistance.domain.lifecycles import PledgeState, RequestState
from portal.features.assistance.models import Pledge, RequestTerm, RequestVersion
from portal.features.assistance.queries import by_id
from portal.features.assistance.services import (
    add_line,
    amend,
    answer,
    approve,
    ask,
    begin_amendment,
    claim,
    close,
    copy_request,
    endorse,
    fulfil_if_done,
    give_back,
    open_request,
    receive,
    record_diligence,
    release,
    save_line,
    save_step,
    send_back,
    set_disclosure,
    submit_request,
    withdraw,
)
from portal.infra.db import db, now
from portal.infra.history import history_of
from portal.kernel.contract import decode
from portal.kernel.errors import IllegalTransition, NothingLeft, Rejected, Stale
from portal.kernel.money import Money
from tests.features.assistance.acts import (
    CLEARED,
    draft,
    opened,
    pickups,
    pledged,
    readers,
    reloaded,
    screening,
    submitted,
    training,
    typed,
)
from tests.features.exchanges.acting import acting
from tests.world import World


def codes(refusal: Rejected) -> set[str]:
    return {problem.code for problem in refusal.problems}


def test_a_complete_draft_has_no_problem(app: Flask, world: World) -> None:
    assert problems(draft(world).draft, today=now().date()) == []


def test_a_request_reaches_donors_through_four_eyes_and_the_screening(app: Flask, world: World) -> None:
    request = opened(world)
    assert request.state is RequestState.OPEN
    steps = [change.transition for change in history_of("request", request.id)]
    assert steps == ["open", "record_diligence", "approve", "submit", "begin"]
    assert [line.unit_cost for line in request.lines] == [Money(1_850_000, "EUR"), Money(2_310_000, "EUR"), None]
    assert request.lines[0].gap == 10


def test_a_step_is_saved_even_when_it_is_wrong(app: Flask, world: World) -> None:
    request = draft(world)
    found = save_step(
        request, "who", {"title": "", "needed_by": "31/02/2027"}, by=acting(world, "sender_editor"), at=now()
    )
    assert {p.field for p in found} >= {"title", "needed_by"}
    assert request.draft["needed_by"] == "31/02/2027"


def test_a_step_says_at_once_what_would_stop_the_request_at_the_end(app: Flask, world: World) -> None:
    request, by, today = draft(world), acting(world, "sender_editor"), now().date()
    past = {name: request.draft[name] for name in WhoStep.model_fields} | {"needed_by": "2020-01-01"}
    assert {p.code for p in save_step(request, "who", past, by=by, at=now())} == {"needed_by_over"}
    found = save_step(request, "safeguards", {"safeguards": "Formation", "label": "amber"}, by=by, at=now())
    assert {p.code for p in found} == {"legal_basis_needed"}
    assert {p.code for p in problems(request.draft, today=today)} == {"needed_by_over", "legal_basis_needed"}


def test_a_request_that_came_back_keeps_the_numbers_of_its_lines(app: Flask, world: World) -> None:
    request = screening(world)
    send_back(request, by=acting(world, "secretariat"), at=now(), reason="Qui assure les véhicules ?")
    assert request.state is RequestState.DRAFT
    request.draft = request.draft | {"lines": [readers(), training()]}
    submit_request(request, by=acting(world, "sender_editor"), at=now())
    db.session.flush()
    assert [(line.number, line.kind) for line in reloaded(request).lines] == [(1, "equipment"), (2, "training")]


def test_endorsement_stands_between_approval_and_screening_where_it_is_switched_on(app: Flask, world: World) -> None:
    request = submitted(world)
    request.agency.state.endorses = ["request"]
    approve(request, by=acting(world, "sender_approver"), at=now())
    assert request.state is RequestState.ENDORSING
    endorse(request, by=acting(world, "sender_coordinator"), at=now())
    assert request.state is RequestState.SCREENING


def test_nothing_opens_before_due_diligence_is_recorded(app: Flask, world: World) -> None:
    request = screening(world)
    with pytest.raises(Rejected) as refusal:
        open_request(request, by=acting(world, "secretariat"), at=now())
    assert codes(refusal.value) == {"diligence_first"}


def test_due_diligence_may_be_marked_as_pending(app: Flask, world: World) -> None:
    request = screening(world)
    by = acting(world, "secretariat")
    record_diligence(decode(RecordDiligence, {"outcome": "pending"}), request=request, by=by, at=now())
    assert open_request(request, by=by, at=now()).state is RequestState.OPEN


def test_a_copy_asks_for_its_date_anew(app: Flask, world: World) -> None:
    request = opened(world)
    copy = copy_request(request, world.agency("sender"), by=acting(world, "sender_editor"), at=now())
    assert copy.draft["title"] == request.title
    assert "needed_by" not in copy.draft
    assert {p.field for p in problems(copy.draft, today=now().date())} == {"needed_by"}


def test_text_that_looks_like_a_case_waits_for_one_confirmation(app: Flask, world: World) -> None:
    by = acting(world, "sender_editor")
    request = draft(world)
    case = typed() | {"problem": "Le suspect Jean Dupont porte le passeport AB1234567."}
    step = {name: case.get(name) for name in STEPS["situation"].model_fields}
    assert [p.code for p in save_step(request, "situation", step, by=by, at=now())] == ["looks_like_case_data"]
    with pytest.raises(Rejected):
        submit_request(request, by=by, at=now())
    assert save_step(request, "situation", step, by=by, at=now(), confirmed=True) == ()
    submit_request(request, by=by, at=now())
    kept = next(c for c in history_of("request", request.id) if c.transition == "confirm_text")
    assert kept.details == {"fields": ["problem"]}
    assert "Dupont" not in str(kept.details)


def test_a_confirmation_holds_for_the_text_it_was_given_for(app: Flask, world: World) -> None:
    by = acting(world, "sender_editor")
    request = draft(world)
    first = {"problem": "Passeport AB1234567", "objective": "x"}
    save_step(request, "situation", first, by=by, at=now(), confirmed=True)
    found = save_step(request, "situation", first | {"problem": "Passeport CD7654321"}, by=by, at=now())
    assert "looks_like_case_data" in {p.code for p in found}


def test_the_last_unit_is_claimed_once(app: Flask, world: World) -> None:
    line = opened(world).lines[1]
    claim(line, 3)
    claim(line, 1)
    with pytest.raises(NothingLeft) as refusal:
        claim(line, 1)
    assert refusal.value.remaining == 0
    give_back(line, 2)
    assert line.open == 2


def test_nothing_is_claimed_on_a_request_that_is_not_open(app: Flask, world: World) -> None:
    request = screening(world)
    db.session.flush()
    with pytest.raises(NothingLeft):
        claim(request.lines[0], 1)


def test_an_amendment_below_what_is_pledged_names_the_pledges_to_release(app: Flask, world: World) -> None:
    by = acting(world, "sender_approver")
    request = opened(world)
    pledge = pledged(world, request.lines[1], 4)
    begin_amendment(request, by=by, at=now())
    save_line(request, 1, request.draft["lines"][1] | {"quantity": "3"}, by=by, at=now())
    with pytest.raises(Rejected) as refusal:
        amend(request, by=by, at=now())
    [problem] = refusal.value.problems
    assert problem.field == "lines-1-quantity"
    assert problem.params["pledges"] == pledge.ref


def test_an_amendment_is_a_new_version_with_what_changed(app: Flask, world: World) -> None:
    by = acting(world, "sender_approver")
    request = opened(world)
    begin_amendment(request, by=by, at=now())
    save_line(request, 1, request.draft["lines"][1] | {"quantity": "3"}, by=by, at=now())
    amend(request, by=by, at=now())
    assert [v.number for v in db.session.scalars(db.select(RequestVersion).order_by(RequestVersion.number))] == [1, 2]
    change = history_of("request", request.id)[0]
    assert (change.transition, change.details["lines"], change.details["changed"]) == ("amend", [2], [])
    assert reloaded(request).lines[1].quantity == 3


def test_a_line_that_is_left_out_keeps_its_number_and_its_row(app: Flask, world: World) -> None:
    by = acting(world, "sender_approver")
    request = opened(world)
    begin_amendment(request, by=by, at=now())
    request.draft = request.draft | {"lines": [request.draft["lines"][0], request.draft["lines"][2]]}
    place = add_line(request, by=by, at=now())
    save_line(request, place, pickups(quantity="2"), by=by, at=now())
    request.draft = request.draft | {"lines": [*request.draft["lines"][:2], pickups(quantity="2")]}
    amend(request, by=by, at=now())
    assert [(line.number, line.live) for line in reloaded(request).lines] == [
        (1, True),
        (2, False),
        (3, True),
        (4, True),
    ]


def test_an_amendment_begun_on_an_older_version_is_refused(app: Flask, world: World) -> None:
    by = acting(world, "sender_approver")
    request = opened(world)
    begin_amendment(request, by=by, at=now())
    request.terms_version += 1
    with pytest.raises(Stale):
        amend(request, by=by, at=now())


def test_a_withdrawal_releases_pledges_and_returns_what_they_claimed(app: Flask, world: World) -> None:
    request = opened(world)
    pledge = pledged(world, request.lines[0], 6)
    withdraw(request, by=acting(world, "sender_approver"), at=now(), reason="Plus nécessaire")
    assert db.session.get_one(Pledge, pledge.id).state is PledgeState.WITHDRAWN
    assert request.lines[0].pledged == 0
    assert db.session.scalar(db.select(db.func.count(RequestTerm.id))) == 0


def test_what_was_received_cannot_be_withdrawn_but_closed_as_partly_met(app: Flask, world: World) -> None:
    by = acting(world, "sender_approver")
    request = opened(world)
    pledge = pledged(world, request.lines[0], 6)
    receive(request.lines[0], 2)
    pledge.received = 2
    with pytest.raises(Rejected):
        withdraw(request, by=by, at=now(), reason="x")
    words = {"cause": "no_donor", "reason": "Aucun autre donateur", "partly": False}
    with pytest.raises(Rejected):
        close(decode(CloseRequest, words), request=request, by=by, at=now())
    close(decode(CloseRequest, words | {"partly": True}), request=request, by=by, at=now())
    assert request.state is RequestState.CLOSED_PARTLY
    assert request.closing_cause == "no_donor"


def test_a_request_is_fulfilled_when_every_line_was_received(app: Flask, world: World) -> None:
    request = opened(world, lines=[training(quantity="2")])
    claim(request.lines[0], 2)
    receive(request.lines[0], 1)
    assert not fulfil_if_done(request, at=now())
    receive(request.lines[0], 1)
    assert fulfil_if_done(request, at=now())
    assert request.state is RequestState.FULFILLED


def test_a_question_is_answered_once(app: Flask, world: World) -> None:
    request = opened(world)
    asked = ask(
        AskRequester(text="Who insures the vehicles?", language="en"),
        request=request,
        by=acting(world, "donor_officer"),
        at=now(),
    )
    reply = AnswerQuestion(question=asked.number, text="Le ministère.", language="fr")
    answer(reply, request=request, by=acting(world, "sender_editor"), at=now())
    with pytest.raises(Stale):
        answer(reply, request=request, by=acting(world, "sender_editor"), at=now())


def test_an_amber_request_is_released_to_donors_only(app: Flask, world: World) -> None:
    request = opened(world, label="amber")
    by = acting(world, "sender_approver")
    with pytest.raises(Rejected) as refusal:
        release(ReleaseRequest(to=world.agency("stranger").key), request=request, by=by, at=now())
    assert codes(refusal.value) == {"not_a_donor"}
    assert release(ReleaseRequest(to=world.agency("donor").key), request=request, by=by, at=now()).agency_id


def test_what_is_withheld_is_not_found_by_its_words(app: Flask, world: World) -> None:
    request = opened(world, problem="Zanzibarite")
    found = db.select(RequestTerm.id).where(RequestTerm.term == "w:zanzibarit")
    assert db.session.scalar(found)
    set_disclosure(
        SetDisclosure(field="problem", withheld=2), request=request, by=acting(world, "sender_approver"), at=now()
    )
    assert db.session.scalar(found) is None


@pytest.mark.parametrize("reason", [None, "", "  "])
def test_sending_back_needs_its_questions(app: Flask, world: World, reason: str | None) -> None:
    with pytest.raises(Rejected):
        send_back(screening(world), by=acting(world, "secretariat"), at=now(), reason=reason)


def test_a_request_that_moved_on_takes_no_step_twice(app: Flask, world: World) -> None:
    request = opened(world)
    with pytest.raises(IllegalTransition):
        open_request(request, by=acting(world, "secretariat"), at=now())
    assert by_id(request.id) is request
    assert CLEARED["risk"] == "low"
