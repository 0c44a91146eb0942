"""The tables of assistance."""

from portal.features.assistance.models.gaps import PublicGap, UnmetCount, UnmetNeed
from portal.features.assistance.models.pledges import (
    Interest,
    Pledge,
    PledgeWaiting,
    SavedSearch,
    ServiceDelivery,
)
from portal.features.assistance.models.requests import (
    DueDiligence,
    Request,
    RequestCounterpart,
    RequestField,
    RequestLine,
    RequestQuestion,
    RequestRelease,
    RequestTerm,
    RequestVersion,
)

__all__ = [
    "DueDiligence",
    "Interest",
    "Pledge",
    "PledgeWaiting",
    "PublicGap",
    "Request",
    "RequestCounterpart",
    "RequestField",
    "RequestLine",
    "RequestQuestion",
    "RequestRelease",
    "RequestTerm",
    "RequestVersion",
    "SavedSearch",
    "ServiceDelivery",
    "UnmetCount",
    "UnmetNeed",
]
