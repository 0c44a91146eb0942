"""The lifecycle of a proposal as the domain describes it, written down a second time, and who may take which step."""

from types import SimpleNamespace
from typing import Any

import pytest

from portal.features.matches.domain.lifecycle import ENDED, NEGOTIATING, OPEN, PROPOSAL, ProposalState, Side
from portal.features.matches.models import Proposal
from portal.features.matches.policy import GRANTS, Matches
from portal.kernel.errors import IllegalTransition
from portal.kernel.policy import Actor, Policy, Role

S = ProposalState
LIVE = (S.PROPOSED, S.HOST_ACCEPTED, S.SENDER_ACCEPTED, S.WAITING)
ARROWS = {
    ("counter", S.PROPOSED, S.PROPOSED),
    ("counter", S.HOST_ACCEPTED, S.PROPOSED),
    ("counter", S.SENDER_ACCEPTED, S.PROPOSED),
    ("host_accept", S.PROPOSED, S.HOST_ACCEPTED),
    ("sender_accept", S.PROPOSED, S.SENDER_ACCEPTED),
    ("confirm", S.HOST_ACCEPTED, S.CONFIRMED),
    ("confirm", S.SENDER_ACCEPTED, S.CONFIRMED),
    ("wait", S.HOST_ACCEPTED, S.WAITING),
    ("wait", S.SENDER_ACCEPTED, S.WAITING),
    ("promote", S.WAITING, S.CONFIRMED),
    ("release", S.CONFIRMED, S.RELEASED),
    *(("decline", state, S.DECLINED) for state in (S.PROPOSED, S.HOST_ACCEPTED, S.SENDER_ACCEPTED)),
    *(("withdraw", state, S.WITHDRAWN) for state in LIVE),
    *(("expire", state, S.EXPIRED) for state in LIVE),
    *(("follow_revision", state, S.PROPOSED) for state in LIVE),
    *(("follow_withdrawal", state, S.WITHDRAWN) for state in LIVE),
}


def test_the_arrows_are_those_of_the_domain() -> None:
    drawn = {(t.name, s, t.target) for t in PROPOSAL.transitions.values() for s in t.sources}
    assert drawn == ARROWS


def test_everything_else_is_a_conflict() -> None:
    allowed = {(name, source) for name, source, _target in ARROWS}
    for name in PROPOSAL.transitions:
        for state in S:
            if (name, state) not in allowed:
                with pytest.raises(IllegalTransition):
                    PROPOSAL.step(state, name)


def test_no_way_out_of_the_end() -> None:
    assert {state for state in S if PROPOSAL.ended(state)} == ENDED
    assert not OPEN & ENDED
    assert NEGOTIATING < OPEN


def proposal(state: ProposalState, proposed_by: Side = Side.HOST, terms_by: Side = Side.HOST) -> Any:
    return Proposal(
        host_agency_id=1, sender_agency_id=2, state=state, proposed_by=proposed_by, terms_by=terms_by, label="green"
    )


def someone(role: Role, agency: int) -> Actor:
    return Actor(person_id=9, membership_id=9, role=role, agency_id=agency)


MAY = [  # what, state, terms by, role, agency (1 host, 2 sender, 3 stranger), answer
    (Matches.ACCEPT, S.HOST_ACCEPTED, Side.HOST, Role.APPROVER, 2, True),
    (Matches.ACCEPT, S.HOST_ACCEPTED, Side.HOST, Role.EDITOR, 2, False),
    (Matches.ACCEPT, S.HOST_ACCEPTED, Side.HOST, Role.APPROVER, 3, False),
    (Matches.ACCEPT, S.HOST_ACCEPTED, Side.HOST, Role.SECRETARIAT, 3, False),
    (Matches.COUNTER, S.PROPOSED, Side.HOST, Role.LIAISON_OFFICER, 1, True),
    (Matches.COUNTER, S.PROPOSED, Side.HOST, Role.DONOR_OFFICER, 2, False),
    (Matches.DECLINE, S.HOST_ACCEPTED, Side.HOST, Role.APPROVER, 2, True),
    (Matches.DECLINE, S.HOST_ACCEPTED, Side.HOST, Role.APPROVER, 1, False),
    (Matches.DECLINE, S.HOST_ACCEPTED, Side.HOST, Role.EDITOR, 2, False),
    (Matches.DECLINE, S.PROPOSED, Side.HOST, Role.APPROVER, 1, False),
    (Matches.DECLINE, S.SENDER_ACCEPTED, Side.HOST, Role.APPROVER, 1, True),
    (Matches.WITHDRAW, S.HOST_ACCEPTED, Side.HOST, Role.APPROVER, 1, True),
    (Matches.WITHDRAW, S.HOST_ACCEPTED, Side.HOST, Role.EDITOR, 1, False),
    (Matches.WITHDRAW, S.PROPOSED, Side.HOST, Role.EDITOR, 1, True),
    (Matches.WITHDRAW, S.HOST_ACCEPTED, Side.HOST, Role.APPROVER, 2, False),
    (Matches.WITHDRAW, S.WAITING, Side.HOST, Role.APPROVER, 2, True),
    (Matches.WITHDRAW, S.WAITING, Side.HOST, Role.APPROVER, 3, False),
    (Matches.ASK, S.PROPOSED, Side.HOST, Role.EDITOR, 2, True),
    (Matches.ASK, S.PROPOSED, Side.HOST, Role.AUDITOR, 3, False),
    (Matches.READ, S.PROPOSED, Side.HOST, Role.EDITOR, 3, False),
    (Matches.READ, S.PROPOSED, Side.HOST, Role.AUDITOR, 3, True),
    (Matches.CLOCK, S.PROPOSED, Side.HOST, Role.SECRETARIAT, 3, False),
]


@pytest.mark.parametrize(("what", "state", "terms_by", "role", "agency", "answer"), MAY)
def test_who_may(what: Matches, state: ProposalState, terms_by: Side, role: Role, agency: int, *, answer: bool) -> None:
    assert Policy(GRANTS).allows(someone(role, agency), what, proposal(state, terms_by=terms_by)) is answer


def test_two_posts_of_one_agency_are_no_pair() -> None:
    from portal.features.matches.services.pairs import Pair

    post = SimpleNamespace(agency_id=1)
    pair = Pair(post, post)  # type: ignore[arg-type]
    assert not Policy(GRANTS).allows(someone(Role.APPROVER, 1), Matches.PROPOSE, pair)
