"""What can be done with proposals, and how fits follow the posts. Services never commit: the caller does."""

from portal.features.matches.services.agreeing import accept, promote_waiting, release
from portal.features.matches.services.asking import answer, ask
from portal.features.matches.services.clock import expire_due, promote_due, remind_due, run_due
from portal.features.matches.services.fits import rebuild_all
from portal.features.matches.services.following import listen, settle
from portal.features.matches.services.negotiating import (
    counter,
    decline,
    propose,
    put_forward,
    require_current,
    withdraw,
)
from portal.features.matches.services.noticing import dismiss_notices

__all__ = [
    "accept",
    "answer",
    "ask",
    "counter",
    "decline",
    "dismiss_notices",
    "expire_due",
    "listen",
    "promote_due",
    "promote_waiting",
    "propose",
    "put_forward",
    "rebuild_all",
    "release",
    "remind_due",
    "require_current",
    "run_due",
    "settle",
    "withdraw",
]
