"""Why something about a shipment is refused."""

from portal.web.i18n import later as _

MESSAGES = {
    "nothing_to_send": _("Enter how many units of at least one line are sent."),
    "commitment_twice": _("This commitment has a line in the shipment already."),
    "commitment_not_open": _("Nothing of this commitment can be sent now. Open the page again to see what can."),
    "one_donor_only": _("A shipment has one donor. Prepare another one for the other commitments."),
    "gifts_by_donor": _("Only the donor itself adds what nobody asked for."),
    "own_recipient": _("No agency sends to itself."),
    "destination_contact_first": _("Enter who takes it over at its destination. Then it can leave."),
    "line_not_reconciled": _("Line %(number)s: %(left)s units are not accounted for yet."),
    "nothing_to_find": _("Nothing of this shipment is missing."),
    "nothing_left_to_return": _("Everything of this shipment is accounted for already."),
    "nothing_counted": _("Enter how many units you found of at least one line."),
    "line_twice": _("This line stands here twice."),
    "shipment_moved": _("This shipment took another step, or was changed, after you opened it."),
    "receipt_taken": _("A colleague entered a receipt while you counted. What you typed is kept."),
    "asked_already": _("Your side asked for this already. The other side has to confirm it."),
    "no_differences": _("There is nothing new to read."),
    "not_a_picture": _("Choose a picture."),
    "day_to_come": _("This day is still to come. Enter the day on which it happened."),
    "day_too_long_ago": _("This day is too long ago. Enter a day within the last two years."),
    "before_dispatch": _("This is before the day on which the step before it happened, %(day)s."),
    "before_arrival": _("This is before the day on which it arrived, %(day)s."),
}
