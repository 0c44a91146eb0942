"""What can be done with shipments. Services never commit: the request, or the job, does."""

from portal.features.shipments.services.moving import acknowledge, arrive, close, dispatch, link, reach_border
from portal.features.shipments.services.preparing import cancel, change, prepare
from portal.features.shipments.services.receiving import receive_rest, record_receipt
from portal.features.shipments.services.together import give_back, lose, reopen

__all__ = [
    "acknowledge",
    "arrive",
    "cancel",
    "change",
    "close",
    "dispatch",
    "give_back",
    "link",
    "lose",
    "prepare",
    "reach_border",
    "receive_rest",
    "record_receipt",
    "reopen",
]
