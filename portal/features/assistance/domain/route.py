"""How people find their way among pledges: the boxes that a list is parted into."""

from enum import StrEnum

from portal.features.assistance.domain.lifecycles import AGREED, PledgeState

P = PledgeState


class Box(StrEnum):
    ALL = "all"
    WAITING = "waiting"
    AGREED = "agreed"
    ENDED = "ended"


STATES = {
    Box.WAITING: frozenset({P.OFFERED}),
    Box.AGREED: AGREED - {P.CLOSED_SHORT},
    Box.ENDED: frozenset({P.CLOSED_SHORT, P.DECLINED, P.LAPSED, P.WITHDRAWN}),
}
