"""The words of pledges: their fields, steps, lists and tasks, and the questions of the ODA assistant."""

from typing import Any

from portal.features.assistance.domain.route import Box
from portal.features.assistance.domain.vocabulary import ExportLicence, Means
from portal.web.i18n import later as _
from portal.web.i18n import later_in_context as _in

CHOICES: dict[Any, Any] = {
    Means: {Means.IN_KIND: _("In kind"), Means.FUNDS: _("Funds")},
    ExportLicence: {
        ExportLicence.NOT_NEEDED: _("No licence is needed"),
        ExportLicence.APPLIED_FOR: _("A licence is applied for"),
        ExportLicence.GRANTED: _("A licence is granted"),
    },
    Box: {
        Box.ALL: _in("pledges", "All"),
        Box.WAITING: _in("pledges", "Waiting for an answer"),
        Box.AGREED: _in("pledges", "Agreed"),
        Box.ENDED: _in("pledges", "Ended"),
    },
}
TRANSITIONS = {
    "pledge.accept": _("Accept this pledge"),
    "pledge.commit": _("Commit to this pledge"),
    "pledge.reduce": _("Ask to promise less"),
    "pledge.answer_reduction": _("Answer the wish to promise less"),
    "pledge.close_short": _("Close it with what was received"),
    "pledge.record_service": _("Record a delivery"),
    "pledge.confirm_service": _("Confirm a delivery"),
    "pledge.ask_reduction.done": _("Donor asked to promise less"),
    "pledge.refuse_reduction.done": _("Secretariat did not agree to a smaller pledge"),
    "pledge.ask_close.done": _("One side asked to close it with what was received"),
    "pledge.record_service.done": _("Delivery recorded"),
    "pledge.confirm_service.done": _("Delivery answered by the recipient"),
    "pledge.answer_oda.done": _("Kind of flow decided"),
    "pledge.confirm_text.done": _("Text that looked like case data was checked by its writer"),
    "pledge.remind.done": _("Reminder sent"),
    "request.free_again.done": _("Some of it is open again: donors who waited were told"),
}
TASKS = {
    "pledge.answer": _("Accept or decline the pledge: %(title)s"),
    "pledge.answer.button": _("Answer"),
    "pledge.commit": _("Commit to the pledge: %(title)s"),
    "pledge.commit.button": _("Open"),
    "pledge.expiring": _("The pledge lapses soon without an answer: %(title)s"),
    "pledge.expiring.button": _("Open"),
    "pledge.waits": _("The pledge waits for the other side: %(title)s"),
    "pledge.waits.button": _("Open"),
    "pledge.confirm": _("Confirm what was delivered: %(title)s"),
    "pledge.confirm.button": _("Confirm"),
    "pledge.agree_reduction": _("Answer the wish to promise less: %(title)s"),
    "pledge.agree_reduction.button": _("Answer"),
    "pledge.settle": _("Settle the dispute about: %(title)s"),
    "pledge.settle.button": _("Open"),
    "pledge.confirm_close": _("Confirm the early end of the pledge: %(title)s"),
    "pledge.confirm_close.button": _("Open"),
    "pledge.free_again": _("Something is open again: %(title)s"),
    "pledge.free_again.button": _("Pledge"),
}
ODA = {
    "oda.official_funds": _("Does the money come from public funds?"),
    "oda.eligible_recipient": _(
        "Is the receiving State on the list of States that may receive development assistance?"
    ),
    "oda.development_purpose": _("Is its main purpose the development and welfare of the receiving State?"),
    "oda.provider_interest": _("Does it serve your own State’s interest first and foremost?"),
    "oda.safeguards": _("Do human-rights safeguards apply to its use?"),
}
EVERY = {**TRANSITIONS, **{f"task.{key}": words for key, words in TASKS.items()}, **ODA}
