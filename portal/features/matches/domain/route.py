"""How people find their way among proposals: the route of an exchange, and the boxes that a list is parted into."""

from enum import StrEnum

from portal.features.matches.domain.lifecycle import ProposalState

S = ProposalState


class Box(StrEnum):
    """How a list of proposals is parted, from the reader's side."""

    TO_ANSWER = "to_answer"
    WITH_OTHERS = "with_others"
    AGREED = "agreed"
    ENDED = "ended"
    ALL = "all"


class Stage(StrEnum):
    """The route of an exchange, from the post to its evaluation."""

    POSTED = "posted"
    FITS = "fits"
    TERMS = "terms"
    AGREED = "agreed"
    PREPARING = "preparing"
    PLACEMENT = "placement"
    EVALUATION = "evaluation"


def stage_of(state: ProposalState) -> Stage:
    """Where on the route a proposal stands now."""
    if state == S.CONFIRMED:
        return Stage.PREPARING
    return Stage.AGREED if state in {S.WAITING, S.RELEASED} else Stage.TERMS
