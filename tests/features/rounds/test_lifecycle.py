"""The lifecycle of a round as the domain describes it, written down a second time, and who may take which step."""

from types import SimpleNamespace

import pytest

from portal.features.rounds.domain.commands import PlanRound, StartRun
from portal.features.rounds.domain.lifecycle import ROUND, RoundState
from portal.features.rounds.domain.rules import Look, looks, needs_look
from portal.features.rounds.policy import GRANTS, Rounds
from portal.kernel.contract import decode
from portal.kernel.errors import IllegalTransition, Rejected
from portal.kernel.policy import Actor, Policy, Role

S = RoundState
ARROWS = {
    ("open", S.PLANNED, S.OPEN),
    ("close", S.OPEN, S.CLOSED),
    *(("run", state, S.MATCHED) for state in (S.CLOSED, S.MATCHED, S.REVIEW)),
    ("review", S.MATCHED, S.REVIEW),
    ("send", S.REVIEW, S.CONSENT),
    ("ask_next", S.CONSENT, None),
    ("publish", S.CONSENT, S.PUBLISHED),
    *(("cancel", state, S.CANCELLED) for state in (S.PLANNED, S.OPEN, S.CLOSED, S.MATCHED, S.REVIEW)),
}


def test_the_arrows_are_those_of_the_domain() -> None:
    assert {(t.name, s, t.target) for t in ROUND.transitions.values() for s in t.sources} == ARROWS


def test_everything_else_is_a_conflict() -> None:
    allowed = {(name, source) for name, source, _target in ARROWS}
    for name in ROUND.transitions:
        for state in S:
            if (name, state) not in allowed:
                with pytest.raises(IllegalTransition):
                    ROUND.step(state, name)


def test_a_round_ends_published_or_cancelled() -> None:
    assert {state for state in S if ROUND.ended(state)} == {S.PUBLISHED, S.CANCELLED}


def someone(role: Role, person: int = 9) -> Actor:
    return Actor(person_id=person, membership_id=9, role=role, agency_id=1)


CHOSEN_BY_9 = SimpleNamespace(chosen_by=9)


@pytest.mark.parametrize("role", list(Role))
def test_only_the_secretariat_moves_a_round(role: Role) -> None:
    policy = Policy(GRANTS)
    steps = {t.permission for t in ROUND.transitions.values()} - {Rounds.CLOCK, Rounds.SEND}
    expected = role == Role.SECRETARIAT
    assert all(policy.allows(someone(role), step, CHOSEN_BY_9) is expected for step in steps)
    assert policy.allows(someone(role, person=8), Rounds.SEND, CHOSEN_BY_9) is expected
    assert not policy.allows(someone(role, person=9), Rounds.SEND, CHOSEN_BY_9), "a second person sends"
    assert policy.allows(someone(role), Rounds.REVIEW) is (role in {Role.SECRETARIAT, Role.AUDITOR})


def test_nothing_is_added_or_capped_in_stable_mode() -> None:
    given = {"mode": "stable", "spread_points": "5", "host_cap": "2", "look_below": "60"}
    with pytest.raises(Rejected) as refusal:
        decode(StartRun, given)
    assert {(p.field, p.code) for p in refusal.value.problems} == {
        ("spread_points", "not_in_stable_mode"),
        ("host_cap", "not_in_stable_mode"),
    }
    assert decode(StartRun, {"mode": "stable"}).policy.mode == "stable"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"closes_on": "2027-01-31"}, "closes_on"),
        ({"review_until": "2027-02-27"}, "review_until"),
        ({"answer_days": "0"}, "answer_days"),
        ({"answer_days": "61"}, "answer_days"),
        ({"look_below": "101"}, "look_below"),
        ({"host_cap": "0"}, "host_cap"),
        ({"mode": "fastest"}, "mode"),
        ({"opens_on": "2027-02-30"}, "opens_on"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused_at_its_field(changes: dict[str, str], field: str) -> None:
    good = {"opens_on": "2027-02-01", "closes_on": "2027-02-28", "review_until": "2027-03-10"}
    assert decode(PlanRound, good).answer_days == 14
    with pytest.raises(Rejected) as refusal:
        decode(PlanRound, good | changes)
    assert [p.field for p in refusal.value.problems] == [field]


def test_why_a_pair_needs_a_look() -> None:
    best = {"topic": 30, "language": 20, "dates": 20, "preferred_state": 15, "costs": 10, "band": 5}
    thin = {"topic": 20, "language": 8, "dates": 10, "preferred_state": 0, "costs": 0, "band": 1}
    assert looks(100, best, look_below=66) == []
    found = looks(39, thin, look_below=66)
    assert found == [Look.LOW_SCORE, Look.INTERPRETER, Look.JUST_ENOUGH_DAYS, Look.OTHER_STATE, Look.RELATED_TOPIC]
    assert needs_look(found)
    assert not needs_look(looks(66, best | {"dates": 10, "topic": 20}, look_below=66)), "told, but holds nothing up"
