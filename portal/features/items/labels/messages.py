"""The sentences for what is wrong with what was asked of an item."""

from typing import Any

from portal.web.i18n import later as _

MESSAGES: dict[str, Any] = {
    "vin_shape": _("A vehicle number has 17 letters and digits, without I, O and Q."),
    "vin_check_digit": _("This vehicle number cannot be right: its check digit does not fit. Read it again."),
    "vin_of_no_vehicle": _("This category has no vehicle number."),
    "vin_taken": _("This vehicle number is registered already."),
    "serial_taken": _(
        "An item of this manufacturer with this serial number is registered already, retired ones included. Compare the"
        " two; where both are right, say why."
    ),
    "serial_without_signs": _("Use letters or digits."),
    "serial_of_many": _("Several units have no common serial number: register each by itself."),
    "one_by_one": _("Items of this category are registered one by one."),
    "risk_class_too_low": _("Items of this category are at least in class %(least)s."),
    "unknown_line": _("The holder has no request with such a line that you can see."),
    "unknown_receipt": _("There is no such receipt that you can see, or nothing of this line came."),
    "other_category": _("What was received is of another category."),
    "correct_latest_entry": _("Only the latest entry of an item can be corrected: it tells of it as it stands now."),
    "own_gift": _("Nobody gives to itself: name the agency that donated it."),
    "not_a_party": _("Register only what your agency holds, gave or delivers."),
    "day_ahead": _("Enter a day that is not in the future."),
    "item_ended": _("This item is no longer in use."),
    "receipt_first": _("Enter first on which day it was received."),
    "undertaking_first": _("First hand it over to the person who answers for it: that person signs the undertaking."),
    "handover_first": _("A handover waits for its second signature."),
    "move_first": _("What was asked of the donor waits for an answer."),
    "findings_first": _("Open findings must be closed first: %(number)s."),
    "consent_first": _("The donor has not consented yet."),
    "handover_not_now": _("It cannot be handed over as it stands now."),
    "handover_to_oneself": _("Choose a colleague: nobody signs for both sides."),
    "handover_unread": _("Confirm that you have it, or refuse it."),
    "undertaking_unread": _("It is handed over only with the undertaking."),
    "transfer_to_oneself": _("Your agency has it. Use a handover to give it to a colleague."),
    "transfer_to_donor": _("Ask to give it back instead."),
    "data_first": _("It stores data: wipe them first, and confirm it."),
    "check_not_now": _("It cannot be checked as it stands now."),
    "check_ahead": _("Enter the day on which it was checked, not one to come."),
    "check_too_old": _("Enter a check within %(days)s days."),
    "check_by_holder": _("Its holder and its owner do not check themselves: name another agency."),
    "check_too_late": _("The check is due on %(day)s at the latest."),
    "odometer_back": _("The last reading was %(last)s. If this one is right, say in the remarks why it is lower."),
}
