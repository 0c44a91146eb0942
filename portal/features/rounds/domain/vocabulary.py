"""What rounds are made of: modes, marks on pairs, the standing of a run, why a pair needs a look, why nobody came."""

from enum import StrEnum


class Mode(StrEnum):
    """How a round matches: the best for all together, or so that no two would rather have each other."""

    OPTIMAL = "optimal"
    STABLE = "stable"


class MarkKind(StrEnum):
    """What the secretariat decides about a pair before the next run."""

    LOCK = "lock"
    VETO = "veto"


class RunStanding(StrEnum):
    """Where a run stands; derived from when it began, last gave a sign of life, and ended."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"


class Stage(StrEnum):
    """What a run does just now."""

    READING = "reading"
    PAIRS = "pairs"
    MATCHES = "matches"
    CERTIFICATE = "certificate"
    EXPLAINING = "explaining"
    WRITING = "writing"


class Look(StrEnum):
    """Why a pair needs a look before anything is sent."""

    LOW_SCORE = "low_score"
    JUST_ENOUGH_DAYS = "just_enough_days"
    INTERPRETER = "interpreter"
    RELATED_TOPIC = "related_topic"
    OTHER_STATE = "other_state"


class LeftOut(StrEnum):
    """Why an enrolled post was not taken into the round when it closed."""

    ENDED = "ended"
    NOTHING_FREE = "nothing_free"
    TOO_CLOSED = "too_closed"
    HELD = "held"


class Answer(StrEnum):
    """What became of a pair that was put forward."""

    OPEN = "open"
    AGREED = "agreed"
    REFUSED = "refused"
