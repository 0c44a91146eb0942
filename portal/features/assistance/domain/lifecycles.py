"""The lifecycles of a request (L5) and of a pledge (L6)."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from portal.features.assistance.policy import Pledges, Requests
from portal.kernel.errors import Problem
from portal.kernel.lifecycle import Lifecycle, Transition


class RequestState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    ENDORSING = "endorsing"
    SCREENING = "screening"
    OPEN = "open"
    ON_HOLD = "on_hold"
    FULFILLED = "fulfilled"
    CLOSED_PARTLY = "closed_partly"
    CLOSED_UNMET = "closed_unmet"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


S = RequestState
LIVE = frozenset({S.OPEN, S.ON_HOLD})
"""Screened, and still leading somewhere."""
SHOWN = LIVE | {S.FULFILLED, S.CLOSED_PARTLY, S.CLOSED_UNMET}
"""What others see, as far as the label lets them: nothing published is hidden when it ends."""
WAITING = frozenset({S.SUBMITTED, S.ENDORSING})
"""Inside the country, on the way to the secretariat."""
BEFORE = WAITING | {S.DRAFT, S.SCREENING}


def _endorsement_off(request: Any) -> Iterator[Problem]:
    if request.endorsement_needed:
        yield Problem("request_endorsement_needed")


def _endorsement_on(request: Any) -> Iterator[Problem]:
    if not request.endorsement_needed:
        yield Problem("request_endorsement_not_needed")


def _diligence_begun(request: Any) -> Iterator[Problem]:
    if request.diligence_outcome is None:
        yield Problem("diligence_first")


def _nothing_received(request: Any) -> Iterator[Problem]:
    if any(line.received for line in request.lines):
        yield Problem("something_received")


REQUEST: Lifecycle[RequestState] = Lifecycle(
    "request",
    initial=S.DRAFT,
    transitions=(
        # Sent from the page that shows all answers, never by a button of its own.
        Transition(
            name="submit", sources=frozenset({S.DRAFT}), target=S.SUBMITTED, permission=Requests.SUBMIT, manual=False
        ),
        Transition(
            name="approve",
            sources=frozenset({S.SUBMITTED}),
            target=S.SCREENING,
            permission=Requests.APPROVE,
            guard=_endorsement_off,
        ),
        Transition(
            name="pass_on",
            sources=frozenset({S.SUBMITTED}),
            target=S.ENDORSING,
            permission=Requests.APPROVE,
            guard=_endorsement_on,
        ),
        Transition(name="endorse", sources=frozenset({S.ENDORSING}), target=S.SCREENING, permission=Requests.ENDORSE),
        Transition(name="return", sources=WAITING, target=S.DRAFT, permission=Requests.RETURN, asks_reason=True),
        # The secretariat's own return: with questions, and with the screening clock stopped.
        Transition(
            name="send_back",
            sources=frozenset({S.SCREENING}),
            target=S.DRAFT,
            permission=Requests.SCREEN,
            asks_reason=True,
        ),
        Transition(
            name="open",
            sources=frozenset({S.SCREENING}),
            target=S.OPEN,
            permission=Requests.SCREEN,
            guard=_diligence_begun,
        ),
        Transition(
            name="decline",
            sources=frozenset({S.SCREENING}),
            target=S.DECLINED,
            permission=Requests.SCREEN,
            asks_reason=True,
            final_step=True,
        ),
        Transition(name="amend", sources=frozenset({S.OPEN}), target=None, permission=Requests.AMEND, manual=False),
        Transition(
            name="hold", sources=frozenset({S.OPEN}), target=S.ON_HOLD, permission=Requests.HOLD, asks_reason=True
        ),
        Transition(name="resume", sources=frozenset({S.ON_HOLD}), target=S.OPEN, permission=Requests.HOLD),
        Transition(
            name="fulfil", sources=frozenset({S.OPEN}), target=S.FULFILLED, permission=Requests.CLOCK, manual=False
        ),
        # Closing asks for its cause, which feeds the gap page: it has a page of its own.
        Transition(
            name="close_partly",
            sources=LIVE,
            target=S.CLOSED_PARTLY,
            permission=Requests.CLOSE,
            asks_reason=True,
            manual=False,
        ),
        Transition(
            name="close_unmet",
            sources=LIVE,
            target=S.CLOSED_UNMET,
            permission=Requests.CLOSE,
            asks_reason=True,
            manual=False,
        ),
        Transition(
            name="withdraw",
            sources=WAITING | LIVE | {S.SCREENING},
            target=S.WITHDRAWN,
            permission=Requests.WITHDRAW,
            guard=_nothing_received,
            asks_reason=True,
            final_step=True,
        ),
    ),
)


class PledgeState(StrEnum):
    OFFERED = "offered"
    ACCEPTED = "accepted"
    COMMITTED = "committed"
    DISPUTED = "disputed"
    FULFILLED = "fulfilled"
    CLOSED_SHORT = "closed_short"
    DECLINED = "declined"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


P = PledgeState
PLEDGE_LIVE = frozenset({P.OFFERED, P.ACCEPTED, P.COMMITTED, P.DISPUTED})
"""Their quantity is claimed and their donor is a counterpart of the request."""
AGREED = frozenset({P.ACCEPTED, P.COMMITTED, P.DISPUTED, P.FULFILLED, P.CLOSED_SHORT})
"""Both sides said yes: exact site, contact and names are shown between them."""
HOLDING = PLEDGE_LIVE | {P.FULFILLED, P.CLOSED_SHORT}
"""Their quantity counts as pledged on the line (of a pledge closed short, what was received)."""


def _agreement_there(pledge: Any) -> Iterator[Problem]:
    if not pledge.agreement:
        yield Problem("agreement_first")


PLEDGE: Lifecycle[PledgeState] = Lifecycle(
    "pledge",
    initial=P.OFFERED,
    transitions=(
        Transition(
            name="accept",
            sources=frozenset({P.OFFERED}),
            target=P.ACCEPTED,
            permission=Pledges.ACCEPT,
            manual=False,  # asks whether the conditions were read
        ),
        Transition(
            name="decline",
            sources=frozenset({P.OFFERED}),
            target=P.DECLINED,
            permission=Pledges.DECLINE,
            asks_reason=True,
        ),
        Transition(
            name="commit",
            sources=frozenset({P.ACCEPTED}),
            target=P.COMMITTED,
            permission=Pledges.COMMIT,
            guard=_agreement_there,
            manual=False,  # asks for the agreement
        ),
        Transition(
            name="lapse", sources=frozenset({P.OFFERED}), target=P.LAPSED, permission=Pledges.CLOCK, manual=False
        ),
        Transition(
            name="withdraw",
            sources=frozenset({P.OFFERED, P.ACCEPTED}),
            target=P.WITHDRAWN,
            permission=Pledges.WITHDRAW,
            asks_reason=True,
            final_step=True,
        ),
        # The request was withdrawn or closed: what nobody has received yet is released.
        Transition(
            name="release",
            sources=frozenset({P.OFFERED, P.ACCEPTED, P.COMMITTED}),
            target=P.WITHDRAWN,
            permission=Pledges.CLOCK,
            manual=False,
        ),
        Transition(
            name="reduce",
            sources=frozenset({P.ACCEPTED, P.COMMITTED}),
            target=None,
            permission=Pledges.REDUCE,
            asks_reason=True,
            manual=False,
        ),
        Transition(
            name="dispute",
            sources=frozenset({P.COMMITTED}),
            target=P.DISPUTED,
            permission=Pledges.DISPUTE,
            asks_reason=True,
        ),
        Transition(
            name="settle",
            sources=frozenset({P.DISPUTED}),
            target=P.COMMITTED,
            permission=Pledges.SETTLE,
            asks_reason=True,
        ),
        Transition(
            name="fulfil", sources=frozenset({P.COMMITTED}), target=P.FULFILLED, permission=Pledges.CLOCK, manual=False
        ),
        Transition(
            name="close_short",
            sources=frozenset({P.COMMITTED, P.DISPUTED}),
            target=P.CLOSED_SHORT,
            permission=Pledges.CLOSE_SHORT,
            asks_reason=True,
            manual=False,  # takes both sides
        ),
    ),
)
