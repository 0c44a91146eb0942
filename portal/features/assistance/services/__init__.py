"""What can be done with requests and pledges. Services never commit: the request, or the job, does."""

from portal.features.assistance.services.amending import amend, amend_whole, begin_amendment, discard_amendment
from portal.features.assistance.services.asking import answer, ask
from portal.features.assistance.services.claims import claim, give_back, make_room, receive
from portal.features.assistance.services.counterparts import follow, release_pledges
from portal.features.assistance.services.delivering import confirm_service, record_service
from portal.features.assistance.services.disclosing import release, set_disclosure
from portal.features.assistance.services.drafts import (
    add_line,
    copy_request,
    create_draft,
    remove_line,
    save_line,
    save_step,
    save_sustainment,
)
from portal.features.assistance.services.endings import close, decline, fulfil_if_done, withdraw
from portal.features.assistance.services.handing_in import (
    approve,
    endorse,
    return_request,
    submit_request,
    submit_whole,
)
from portal.features.assistance.services.pledge_clock import run_pledges
from portal.features.assistance.services.pledging import (
    accept,
    answer_oda,
    commit,
    dispute,
    offer,
    settle,
    withdraw_pledge,
)
from portal.features.assistance.services.pledging import decline as decline_pledge
from portal.features.assistance.services.reducing import answer_reduction, ask_reduction, close_short
from portal.features.assistance.services.screening import hold, open_request, record_diligence, resume, send_back
from portal.features.assistance.services.shipping import count_found, count_short, receive_shipped, ship
from portal.features.assistance.services.waiting import tell_me, tell_waiting

__all__ = [
    "accept",
    "add_line",
    "amend",
    "amend_whole",
    "answer",
    "answer_oda",
    "answer_reduction",
    "approve",
    "ask",
    "ask_reduction",
    "begin_amendment",
    "claim",
    "close",
    "close_short",
    "commit",
    "confirm_service",
    "copy_request",
    "count_found",
    "count_short",
    "create_draft",
    "decline",
    "decline_pledge",
    "discard_amendment",
    "dispute",
    "endorse",
    "follow",
    "fulfil_if_done",
    "give_back",
    "hold",
    "make_room",
    "offer",
    "open_request",
    "receive",
    "receive_shipped",
    "record_diligence",
    "record_service",
    "release",
    "release_pledges",
    "remove_line",
    "resume",
    "return_request",
    "run_pledges",
    "save_line",
    "save_step",
    "save_sustainment",
    "send_back",
    "set_disclosure",
    "settle",
    "ship",
    "submit_request",
    "submit_whole",
    "tell_me",
    "tell_waiting",
    "withdraw",
    "withdraw_pledge",
]
