"""What offers and needs are made of."""

from enum import StrEnum


class PostKind(StrEnum):
    OFFER = "offer"
    NEED = "need"


class Direction(StrEnum):
    """An offer may host visitors or send experts."""

    HOSTS = "hosts"
    SENDS = "sends"


class Format(StrEnum):
    STUDY_VISIT = "study_visit"
    EXPERT_MISSION = "expert_mission"
    JOB_SHADOWING = "job_shadowing"
    SECONDMENT = "secondment"
    WORKSHOP = "workshop"
    ONLINE = "online"
    ONLINE_AND_FOLLOW_UP = "online_and_follow_up"


class Clearance(StrEnum):
    """In rising order: an officer with an enhanced clearance also meets a basic one."""

    NONE = "none"
    BASIC = "basic"
    ENHANCED = "enhanced"


class Cost(StrEnum):
    """What the host covers, or the sender needs covered."""

    TRAVEL = "travel"
    LODGING = "lodging"
    DAILY_ALLOWANCE = "daily_allowance"
    LOCAL_TRANSPORT = "local_transport"
    INSURANCE = "insurance"
