"""The pure rules: rungs, gap, sustainment, fair share, due diligence, templates."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.features.assistance.domain.diligence import Clearance, acceptance_problem, clearance
from portal.features.assistance.domain.lifecycles import HOLDING, PLEDGE, REQUEST, PledgeState
from portal.features.assistance.domain.rungs import Rungs, gap, rungs_of, summed, sustainment_score
from portal.features.assistance.domain.specification import needs_legal_basis, problems_of, template
from portal.features.assistance.domain.vocabulary import Condition, LineKind, Outcome, Risk
from portal.kernel.equipment import EQUIPMENT

TODAY = date(2027, 3, 1)


@dataclass(frozen=True)
class Promised:
    state: PledgeState
    quantity: int
    received: int


@st.composite
def promises(draw: st.DrawFn) -> Promised:
    quantity = draw(st.integers(1, 50))
    return Promised(draw(st.sampled_from(PledgeState)), quantity, draw(st.integers(0, quantity)))


@given(st.lists(promises()), st.integers(0, 100))
def test_the_rungs_are_a_recount_of_the_pledges(pledges: list[Promised], spare: int) -> None:
    whole = HOLDING - {PledgeState.CLOSED_SHORT}
    held = sum(p.quantity for p in pledges if p.state in whole)
    held += sum(p.received for p in pledges if p.state == PledgeState.CLOSED_SHORT)
    rungs = rungs_of(held + spare, pledges, received=None)
    assert (rungs.pledged, rungs.open) == (held, spare)
    assert rungs.committed <= rungs.pledged <= rungs.requested
    assert rungs.received is None


def test_a_rung_that_nobody_records_stays_unrecorded_in_the_sum() -> None:
    total = summed([Rungs(requested=3, pledged=2), Rungs(requested=4, received=1)])
    assert (total.requested, total.pledged, total.received, total.verified) == (7, 2, 1, None)


@pytest.mark.parametrize(
    ("existing", "required", "condition", "missing"),
    [
        (0, 10, None, 10),
        (3, 7, Condition.POOR, 4),
        (3, 7, Condition.UNSERVICEABLE, 7),
        (None, 7, None, None),
        (9, 7, None, 0),
    ],
)
def test_the_gap_counts_only_what_can_be_used(
    existing: int | None, required: int | None, condition: Condition | None, missing: int | None
) -> None:
    assert gap(existing, required, condition) == missing


def test_sustainment_is_a_score_with_what_is_missing() -> None:
    answers = {
        "power": "secured",
        "fuel": "not_needed",
        "spares": "planned",
        "licences": "open",
        "insurance": "secured",
    }
    found = sustainment_score(answers | {"operators": 2, "budget_owner": "Ministry"})
    assert found is not None
    assert (found.score, found.missing, found.planned) == (75, ("licences",), ("spares",))
    assert sustainment_score(None) is None
    bare = sustainment_score(answers)
    assert bare is not None
    assert bare.missing == ("licences", "operators", "budget_owner")


@dataclass
class Looked:
    diligence_outcome: Outcome | None = Outcome.CLEARED
    diligence_risk: Risk | None = Risk.LOW
    diligence_until: date | None = TODAY


@pytest.mark.parametrize(
    ("looked", "found"),
    [
        (Looked(None), Clearance.MISSING),
        (Looked(Outcome.PENDING), Clearance.PENDING),
        (Looked(Outcome.CLEARED, Risk.BLOCKED), Clearance.BLOCKED),
        (Looked(Outcome.TRAINING_ONLY, Risk.BLOCKED), Clearance.BLOCKED),
        (Looked(diligence_until=TODAY - timedelta(days=1)), Clearance.EXPIRED),
        (Looked(diligence_until=None), Clearance.EXPIRED),
        (Looked(Outcome.TRAINING_ONLY), Clearance.TRAINING_ONLY),
        (Looked(), Clearance.CLEARED),
    ],
)
def test_nothing_is_accepted_while_due_diligence_is_missing_blocked_or_expired(
    looked: Looked, found: Clearance
) -> None:
    assert clearance(looked, TODAY) is found
    for kind in LineKind:
        free = found is Clearance.CLEARED or (found is Clearance.TRAINING_ONLY and kind is LineKind.TRAINING)
        assert (acceptance_problem(looked, kind, TODAY) is None) is free


def test_a_reader_is_asked_for_what_the_domain_names() -> None:
    keys = {question.key for question in template("passport-reader-full")}
    assert {"icao_9303", "mrz", "chip", "uv_ir", "offline", "licence_years"} <= keys
    assert {"drive", "fuel", "seats", "spares_in_country"} <= {q.key for q in template("vehicle-pickup")}
    assert "drive" not in {q.key for q in template("boat-rescue")}
    assert template("unicorn") == ()


@pytest.mark.parametrize("key", EQUIPMENT)
def test_no_template_asks_twice_and_none_takes_what_it_did_not_ask(key: str) -> None:
    keys = [question.key for question in template(key)]
    assert len(keys) == len(set(keys))
    assert [p.code for p in problems_of(key, {"unknown": "x"}, "spec")] == ["not_of_this_kind"]


def test_the_law_must_be_named_for_biometrics_and_interception() -> None:
    asked = {key for key in EQUIPMENT if needs_legal_basis(key)}
    assert {"fingerprint-scanner", "passport-reader-full", "mobile-interception"} <= asked
    assert not asked & {"vehicle-4x4", "blanket", "uv-lamp"}


def test_every_ending_is_an_end() -> None:
    assert {s.value for s in REQUEST.states if REQUEST.ended(s)} == {
        "fulfilled", "closed_partly", "closed_unmet", "declined", "withdrawn",
    }  # fmt: skip
    assert {s.value for s in PLEDGE.states if PLEDGE.ended(s)} == {
        "fulfilled", "closed_short", "declined", "lapsed", "withdrawn",
    }  # fmt: skip
