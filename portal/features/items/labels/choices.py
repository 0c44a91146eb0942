"""The words of everything that is chosen from a list."""

from typing import Any

from portal.features.items.domain.checking import CheckType, Result, Severity
from portal.features.items.domain.parts import Box, Standing
from portal.features.items.domain.route import Stage
from portal.features.items.domain.vocabulary import Method, MoveKind, RiskClass
from portal.web.i18n import later as _
from portal.web.i18n import later_in_context as _in

CHOICES: dict[Any, Any] = {
    RiskClass: {
        RiskClass.A: _("A: a check every 6 months"),
        RiskClass.B: _("B: a check every 12 months"),
        RiskClass.C: _("C: a check every 24 months"),
    },
    MoveKind: {
        MoveKind.TRANSFER: _("Transfer to another agency"),
        MoveKind.RETIREMENT: _("Retirement"),
        MoveKind.RETURN: _("Return to the donor"),
    },
    Method: {
        Method.DESTROYED: _in("how an item is retired", "Destroyed"),
        Method.DISMANTLED: _("Dismantled for parts"),
        Method.RECYCLED: _("Recycled"),
        Method.SOLD: _("Sold"),
    },
    Result: {
        Result.SEEN_WORKING: _("Seen, working"),
        Result.SEEN_NOT_WORKING: _("Seen, not working"),
        Result.EVIDENCE_ONLY: _("Evidence only, not seen"),
        Result.NOT_FOUND: _("Not found"),
        Result.REFUSED: _("Check refused"),
    },
    CheckType: {
        CheckType.SCHEDULED: _("Scheduled check"),
        CheckType.SPOT: _("Spot check"),
        CheckType.SELF: _("Self-report of the holder"),
    },
    Severity: {
        Severity.HIGH: _in("severity of a finding", "High"),
        Severity.MEDIUM: _in("severity of a finding", "Medium"),
        Severity.LOW: _in("severity of a finding", "Low"),
    },
    Stage: {
        Stage.PLEDGED: _in("stage of an item", "Pledged"),
        Stage.SHIPPED: _in("stage of an item", "Shipped"),
        Stage.RECEIVED: _in("stage of an item", "Received"),
        Stage.IN_USE: _in("stage of an item", "In use"),
        Stage.CHECKED: _in("stage of an item", "Checked"),
        Stage.RETIRED: _in("stage of an item", "Retired"),
    },
    Box: {
        Box.ALL: _in("items", "All"),
        Box.DUE: _("Check due"),
        Box.OVERDUE: _("Check overdue"),
    },
    Standing: {
        Standing.OPEN: _in("findings", "Open"),
        Standing.OVERDUE: _in("findings", "Overdue"),
        Standing.ESCALATED: _("Overdue by more than 14 days"),
        Standing.CLOSED: _in("findings", "Closed"),
    },
}
