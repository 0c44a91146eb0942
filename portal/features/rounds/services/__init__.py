"""What can be done with rounds. Services never commit: the request, or the job, does."""

from portal.features.rounds.services.answering import publish
from portal.features.rounds.services.choosing import choose, keep_all, keep_pair, lift, mark
from portal.features.rounds.services.clock import follow_refusals, run_due
from portal.features.rounds.services.delivering import send_now, work_off_sendings
from portal.features.rounds.services.enrolling import Place, enrol, take_out
from portal.features.rounds.services.planning import cancel, cancel_as_said, change, close, open_enrolment, plan
from portal.features.rounds.services.running import do_now, start, want_follow_up, work_off
from portal.features.rounds.services.sending import send
from portal.features.rounds.services.verifying import Verdict, round_called, verify_round

__all__ = [
    "Place",
    "Verdict",
    "cancel",
    "cancel_as_said",
    "change",
    "choose",
    "close",
    "do_now",
    "enrol",
    "follow_refusals",
    "keep_all",
    "keep_pair",
    "lift",
    "mark",
    "open_enrolment",
    "plan",
    "publish",
    "round_called",
    "run_due",
    "send",
    "send_now",
    "start",
    "take_out",
    "verify_round",
    "want_follow_up",
    "work_off",
    "work_off_sendings",
]
