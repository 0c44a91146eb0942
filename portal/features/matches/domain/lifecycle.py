"""The lifecycle of a proposal (L3): terms put to both sides of a pair, until both accept the same version."""

from enum import StrEnum

from portal.features.matches.policy import Matches
from portal.kernel.lifecycle import Lifecycle, Transition


class ProposalState(StrEnum):
    PROPOSED = "proposed"
    HOST_ACCEPTED = "host_accepted"
    SENDER_ACCEPTED = "sender_accepted"
    CONFIRMED = "confirmed"
    WAITING = "waiting"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    RELEASED = "released"


class Side(StrEnum):
    """The agency of the offer hosts the exchange, the agency of the need sends its officers into it."""

    HOST = "host"
    SENDER = "sender"

    @property
    def other(self) -> "Side":
        return Side.SENDER if self is Side.HOST else Side.HOST


class Author(StrEnum):
    """Who wrote terms: one of the two sides, or a matching round that put them to both."""

    HOST = Side.HOST.value
    SENDER = Side.SENDER.value
    ROUND = "round"

    @classmethod
    def of(cls, side: Side | None) -> "Author":
        return cls.ROUND if side is None else cls(side.value)


S = ProposalState
NEGOTIATING = frozenset({S.PROPOSED, S.HOST_ACCEPTED, S.SENDER_ACCEPTED})
"""Someone still has to answer."""
OPEN = NEGOTIATING | {S.WAITING}
"""Live and not yet agreed: at most one for a pair of posts."""
ENDED = frozenset({S.DECLINED, S.WITHDRAWN, S.EXPIRED, S.RELEASED})
ACCEPTED = {Side.HOST: S.HOST_ACCEPTED, Side.SENDER: S.SENDER_ACCEPTED}
"""The state that says that this side alone has accepted the current version."""
BOTH_ACCEPTED = frozenset({S.CONFIRMED, S.WAITING, S.RELEASED})
ONE_ACCEPTED = frozenset(ACCEPTED.values())


def _arrow(
    name: str,
    sources: frozenset[ProposalState],
    target: ProposalState,
    permission: Matches,
    *,
    manual: bool = False,
    asks_reason: bool = False,
) -> Transition[ProposalState]:
    return Transition(
        name=name, sources=sources, target=target, permission=permission, manual=manual, asks_reason=asks_reason
    )


# Accepting is one act with several outcomes, so each outcome is an arrow of its own that the service takes.
PROPOSAL: Lifecycle[ProposalState] = Lifecycle(
    "proposal",
    initial=S.PROPOSED,
    transitions=(
        _arrow("counter", NEGOTIATING, S.PROPOSED, Matches.COUNTER),
        _arrow("host_accept", frozenset({S.PROPOSED}), S.HOST_ACCEPTED, Matches.ACCEPT),
        _arrow("sender_accept", frozenset({S.PROPOSED}), S.SENDER_ACCEPTED, Matches.ACCEPT),
        _arrow("confirm", ONE_ACCEPTED, S.CONFIRMED, Matches.ACCEPT),
        _arrow("wait", ONE_ACCEPTED, S.WAITING, Matches.ACCEPT),
        _arrow("promote", frozenset({S.WAITING}), S.CONFIRMED, Matches.CLOCK),
        _arrow("decline", NEGOTIATING, S.DECLINED, Matches.DECLINE, manual=True, asks_reason=True),
        _arrow("withdraw", OPEN, S.WITHDRAWN, Matches.WITHDRAW, manual=True, asks_reason=True),
        _arrow("expire", OPEN, S.EXPIRED, Matches.CLOCK),
        _arrow("release", frozenset({S.CONFIRMED}), S.RELEASED, Matches.CLOCK),
        # What a post brings about in its open proposals: a revision voids acceptances, its end ends them.
        _arrow("follow_revision", OPEN, S.PROPOSED, Matches.CLOCK),
        _arrow("follow_withdrawal", OPEN, S.WITHDRAWN, Matches.CLOCK),
    ),
)
