"""The tables of assistance."""

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
]
