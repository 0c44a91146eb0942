"""The lifecycle of a matching round (L9): enrolment, freeze, any number of runs, review, consent, publication."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from portal.features.rounds.policy import Rounds
from portal.kernel.errors import Problem
from portal.kernel.lifecycle import Lifecycle, Transition


class RoundState(StrEnum):
    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"
    MATCHED = "matched"
    REVIEW = "review"
    CONSENT = "consent"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


S = RoundState
HOLDING = frozenset({S.CLOSED, S.MATCHED, S.REVIEW})
"""Enrolled posts stand still: no other proposal, no material edit."""
RUNNABLE = HOLDING
BEFORE_SENDING = HOLDING | {S.PLANNED, S.OPEN}
SENT = frozenset({S.CONSENT, S.PUBLISHED})
"""Agencies read their own result."""


def _something_enrolled(round_: Any) -> Iterator[Problem]:
    if not round_.enrolled:
        yield Problem("nothing_enrolled")


def _nothing_to_look_at(round_: Any) -> Iterator[Problem]:
    if round_.to_look_at:
        yield Problem("pairs_to_look_at", None, {"pairs": round_.to_look_at})


def _nobody_still_answers(round_: Any) -> Iterator[Problem]:
    if round_.unanswered:
        yield Problem("still_unanswered", None, {"proposals": round_.unanswered})


ROUND: Lifecycle[RoundState] = Lifecycle(
    "round",
    initial=S.PLANNED,
    transitions=(
        Transition(name="open", sources=frozenset({S.PLANNED}), target=S.OPEN, permission=Rounds.OPEN, final_step=True),
        Transition(
            name="close",
            sources=frozenset({S.OPEN}),
            target=S.CLOSED,
            permission=Rounds.CLOSE,
            guard=_something_enrolled,
            final_step=True,
        ),
        # Taken by the job when a run has an answer; a run that fails or is killed leaves everything as it was.
        Transition(name="run", sources=RUNNABLE, target=S.MATCHED, permission=Rounds.RUN, manual=False),
        # Names the run, so it is taken from the page of that run.
        Transition(
            name="review", sources=frozenset({S.MATCHED}), target=S.REVIEW, permission=Rounds.CHOOSE, manual=False
        ),
        # Taken by the job, in the name of who pressed the button, once the last proposal is on the table.
        Transition(
            name="send",
            sources=frozenset({S.REVIEW}),
            target=S.CONSENT,
            permission=Rounds.SEND,
            guard=_nothing_to_look_at,
            manual=False,
            final_step=True,
        ),
        # A refusal: the rest was solved again with the agreed pairs locked, and the next were asked.
        Transition(name="ask_next", sources=frozenset({S.CONSENT}), target=None, permission=Rounds.CLOCK, manual=False),
        Transition(
            name="publish",
            sources=frozenset({S.CONSENT}),
            target=S.PUBLISHED,
            permission=Rounds.PUBLISH,
            guard=_nobody_still_answers,
            final_step=True,
        ),
        Transition(
            name="cancel",
            sources=BEFORE_SENDING,
            target=S.CANCELLED,
            permission=Rounds.CANCEL,
            asks_reason=True,
            final_step=True,
        ),
    ),
)
