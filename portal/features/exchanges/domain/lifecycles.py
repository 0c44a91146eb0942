"""The lifecycles of an offer (L1) and of a need (L2): one set of states, two sets of arrows."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from portal.features.exchanges.policy import Posts
from portal.kernel.errors import Problem
from portal.kernel.lifecycle import Lifecycle, Transition


class PostState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    ENDORSING = "endorsing"
    PUBLISHED = "published"
    FULL = "full"
    PARTLY_MATCHED = "partly_matched"
    MATCHED = "matched"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    CLOSED = "closed"


S = PostState
OFFER_LIVE = frozenset({S.PUBLISHED, S.FULL})
NEED_LIVE = frozenset({S.PUBLISHED, S.PARTLY_MATCHED, S.MATCHED})
LIVE = OFFER_LIVE | NEED_LIVE
"""Posts that others see and that still lead somewhere."""
CLAIMABLE = frozenset({S.PUBLISHED, S.PARTLY_MATCHED})
"""Live posts of which something is still free."""
WAITING = frozenset({S.SUBMITTED, S.ENDORSING})
"""On the way to publication: someone has to look at them."""
ENDED = frozenset({S.WITHDRAWN, S.EXPIRED, S.CLOSED})


def _endorsement_off(post: Any) -> Iterator[Problem]:
    if post.endorsement_needed:
        yield Problem("endorsement_needed")


def _endorsement_on(post: Any) -> Iterator[Problem]:
    if not post.endorsement_needed:
        yield Problem("endorsement_not_needed")


def _early(live: frozenset[PostState]) -> tuple[Transition[PostState], ...]:
    """What offers and needs have in common: the way to publication, withdrawal and the end."""
    return (
        # Sent from the page that shows all answers, never by a button of its own.
        Transition(
            name="submit", sources=frozenset({S.DRAFT}), target=S.SUBMITTED, permission=Posts.SUBMIT, manual=False
        ),
        Transition(name="return", sources=WAITING, target=S.DRAFT, permission=Posts.RETURN, asks_reason=True),
        Transition(
            name="publish",
            sources=frozenset({S.SUBMITTED}),
            target=S.PUBLISHED,
            permission=Posts.PUBLISH,
            guard=_endorsement_off,
        ),
        Transition(
            name="approve",
            sources=frozenset({S.SUBMITTED}),
            target=S.ENDORSING,
            permission=Posts.PUBLISH,
            guard=_endorsement_on,
        ),
        Transition(name="endorse", sources=frozenset({S.ENDORSING}), target=S.PUBLISHED, permission=Posts.ENDORSE),
        Transition(name="revise", sources=live, target=None, permission=Posts.REVISE, manual=False),
        Transition(
            name="withdraw",
            sources=WAITING | live,
            target=S.WITHDRAWN,
            permission=Posts.WITHDRAW,
            asks_reason=True,
            final_step=True,
        ),
        Transition(name="expire", sources=live, target=S.EXPIRED, permission=Posts.CLOCK, manual=False),
        Transition(name="close", sources=live, target=S.CLOSED, permission=Posts.CLOSE, final_step=True),
        # The secretariat's import publishes what a programme file already agreed on.
        Transition(
            name="import", sources=frozenset({S.DRAFT}), target=S.PUBLISHED, permission=Posts.IMPORT, manual=False
        ),
    )


OFFER: Lifecycle[PostState] = Lifecycle(
    "offer",
    initial=S.DRAFT,
    states=(S.DRAFT, S.SUBMITTED, S.ENDORSING, S.PUBLISHED, S.FULL, S.WITHDRAWN, S.EXPIRED, S.CLOSED),
    transitions=(
        *_early(OFFER_LIVE),
        Transition(name="fill", sources=frozenset({S.PUBLISHED}), target=S.FULL, permission=Posts.CLOCK, manual=False),
        Transition(
            name="reopen", sources=frozenset({S.FULL}), target=S.PUBLISHED, permission=Posts.CLOCK, manual=False
        ),
    ),
)

NEED: Lifecycle[PostState] = Lifecycle(
    "need",
    initial=S.DRAFT,
    states=(
        S.DRAFT,
        S.SUBMITTED,
        S.ENDORSING,
        S.PUBLISHED,
        S.PARTLY_MATCHED,
        S.MATCHED,
        S.WITHDRAWN,
        S.EXPIRED,
        S.CLOSED,
    ),
    transitions=(
        *_early(NEED_LIVE),
        Transition(
            name="match_partly",
            sources=frozenset({S.PUBLISHED, S.MATCHED, S.PARTLY_MATCHED}),
            target=S.PARTLY_MATCHED,
            permission=Posts.CLOCK,
            manual=False,
        ),
        Transition(
            name="match",
            sources=frozenset({S.PUBLISHED, S.PARTLY_MATCHED}),
            target=S.MATCHED,
            permission=Posts.CLOCK,
            manual=False,
        ),
        Transition(
            name="reopen",
            sources=frozenset({S.PARTLY_MATCHED, S.MATCHED}),
            target=S.PUBLISHED,
            permission=Posts.CLOCK,
            manual=False,
        ),
    ),
)
