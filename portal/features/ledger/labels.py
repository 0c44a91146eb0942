"""The words of the ledger."""

from portal.features.ledger.domain import CorrectionState
from portal.web.i18n import later as _
from portal.web.i18n import later_in_context
from portal.web.labels import Labels, Tags

LABELS: Labels = {
    CorrectionState: {
        CorrectionState.PROPOSED: later_in_context("state of a correction", "Proposed"),
        CorrectionState.RECORDED: later_in_context("state of a correction", "Recorded"),
        CorrectionState.REFUSED: later_in_context("state of a correction", "Refused"),
        CorrectionState.WITHDRAWN: later_in_context("state of a correction", "Withdrawn"),
    },
    str: {
        "task.confirm_correction": _("Decide on a correction of %(record)s"),
        "task.confirm_correction.button": _("Check"),
        "task.ledger_broken": _("Look into the ledger: its chains do not hold"),
        "task.ledger_broken.button": _("Check"),
        "task.figures_differ": _("Look into figures that differ from the ledger"),
        "task.figures_differ.button": _("Check"),
        "correction.begin.done": _("A correction of the ledger was proposed."),
        "correction.confirm": _("Agree to this correction"),
        "correction.confirm.effect": _(
            "A new entry is added to the ledger of each party. It names the old entry, which stays as it is, and it "
            "names both people by their numbers. This cannot be undone; it can only be corrected again."
        ),
        "correction.confirm.done": _("The correction is recorded in the ledger."),
        "correction.refuse": _("Refuse this correction"),
        "correction.refuse.done": _("The correction was refused."),
        "correction.withdraw": _("Withdraw this correction"),
        "correction.withdraw.done": _("The correction was withdrawn."),
    },
}

TAGS: Tags = {
    CorrectionState: {
        CorrectionState.PROPOSED: ("warn", "clock"),
        CorrectionState.RECORDED: ("ok", "okc"),
        CorrectionState.REFUSED: ("", "bar"),
        CorrectionState.WITHDRAWN: ("", "bar"),
    },
}

MESSAGES = {
    "nothing_corrected": _("Nothing differs from what the ledger says. Change at least one fact."),
    "correction_waits": _("A correction of this entry waits already for a second person."),
    "corrected_already": _("This entry was corrected meanwhile. Look at the newest correction, and correct that one."),
}
