"""What is asked of whoever says how far a shipment has come."""

from portal.features.shipments.domain.preparing import REASON, VERSION
from portal.kernel.contract import Command, Day, GuardedTexts, prose, words


class _WithReason(GuardedTexts):
    guarded = ("reason",)
    version: VERSION
    reason: REASON


class DispatchShipment(Command):
    """It leaves: from now on its units count as shipped."""

    version: VERSION
    dispatched_on: Day


class ReachBorder(Command):
    version: VERSION
    border_on: Day


class ArriveShipment(Command):
    version: VERSION
    arrived_on: Day


class CancelShipment(_WithReason):
    """It will not be sent."""


class CloseShipment(Command):
    """The recipient's approver: every line is accounted for."""

    version: VERSION


class LoseShipment(_WithReason):
    """One side says that it will not arrive; the other confirms with the same command."""


class ReopenShipment(_WithReason):
    """Something that was missing is found: one side asks, the other confirms."""


class ReturnShipment(_WithReason):
    """What is not accounted for goes back: one side asks, the other confirms."""


class Acknowledge(GuardedTexts):
    """The sender has read the differences, up to this receipt, and may say what follows."""

    guarded = ("answer",)
    version: VERSION
    answer: prose(1000) = ""


class LinkLine(Command):
    """A donation that nobody had asked for is counted on a commitment that was made since."""

    version: VERSION
    pledge: words(16)
