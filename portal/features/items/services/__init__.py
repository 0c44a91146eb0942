"""What changes an item. Each service holds the item first; none commits."""

from portal.features.items.services.checking import plan_check, record_check
from portal.features.items.services.finding import close, explain, open_finding, remedy, send_back
from portal.features.items.services.handing import confirm_handover, offer_handover, refuse_handover
from portal.features.items.services.losing import find_item, report_destroyed, report_missing, report_stolen
from portal.features.items.services.moving import (
    ask_retirement,
    ask_return,
    ask_transfer,
    consent,
    refuse_move,
    take_over,
)
from portal.features.items.services.placing import deliver, put_to_use, record_training, repair, repaired, store
from portal.features.items.services.registering import edit, register

__all__ = [
    "ask_retirement",
    "ask_return",
    "ask_transfer",
    "close",
    "confirm_handover",
    "consent",
    "deliver",
    "edit",
    "explain",
    "find_item",
    "offer_handover",
    "open_finding",
    "plan_check",
    "put_to_use",
    "record_check",
    "record_training",
    "refuse_handover",
    "refuse_move",
    "register",
    "remedy",
    "repair",
    "repaired",
    "report_destroyed",
    "report_missing",
    "report_stolen",
    "send_back",
    "store",
    "take_over",
]
