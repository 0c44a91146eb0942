"""The words for every `Problem` code. A test fails if the domain uses a code that has none.

A slice adds its own codes in a mapping `MESSAGES` in its `labels.py`.
"""

from collections.abc import Mapping

from flask import Flask, current_app

from portal.kernel.amounts import Figure
from portal.kernel.errors import Problem
from portal.web.formats import figure
from portal.web.i18n import later as _

MESSAGES = {
    "required": _("Fill this in."),
    "not_valid": _("This is not in the right format."),
    "not_in_list": _("Choose one of the answers in the list."),
    "unknown_field": _("This field does not exist."),
    "too_short": _("Use at least %(min)s characters."),
    "too_long": _("Use at most %(max)s characters."),
    "too_few": _("Choose at least %(min)s."),
    "too_many": _("Choose at most %(max)s."),
    "too_small": _("Enter %(min)s or more."),
    "too_large": _("Enter %(max)s or less."),
    "not_yes_or_no": _("Answer yes or no."),
    "not_a_whole_number": _("Enter a whole number, in digits only."),
    "file_empty": _("The file is empty."),
    "file_damaged": _("The file is damaged. Save it again and send the new one."),
    "not_an_amount": _("Enter the amount in digits, without a sign or a currency, such as 18500."),
    "not_a_decimal_string": _("Write the amount as text with a point before the decimals, such as 18500.00."),
    "amount_two_ways": _("This can be read as %(thousands)s or as %(decimals)s. Choose the one you mean."),
    "amount_negative": _("An amount cannot be negative."),
    "amount_zero": _("Enter an amount above zero."),
    "amount_too_large": _("Enter at most %(max)s."),
    "too_many_decimals": _("%(currency)s has at most %(max)s decimals."),
    "no_decimals": _("%(currency)s has no decimals: enter a whole amount."),
    "not_a_date": _("Enter a date as day, month, year, such as 8/3/2027."),
    "no_such_date": _("This day does not exist in the calendar."),
    "control_characters": _("Remove the line breaks and hidden control characters."),
    "hidden_characters": _("Remove the hidden characters that change the direction of text."),
    "ends_before_start": _("The last day must not be before the first day."),
    "illegal_transition": _("This can no longer be done: someone has already moved this record on."),
    "changed_meanwhile": _("Someone changed this record after you opened it. Look at it again, then decide."),
    "sent_before": _("This form was sent before, with other answers. Open its page again and send these answers anew."),
    "nothing_left": _("Nothing is left to claim: someone else was faster."),
    "agency_suspended": _("The work of this agency, or of its counterpart, is paused. Nothing is lost."),
    "looks_like_case_data": _(
        "This looks like data of a case: a document number, telephone numbers, or a person’s name beside a suspicion. "
        "Take it out, or confirm that it is none."
    ),
    "another_person": _("You prepared this yourself, so another person takes this step."),
    "already_used": _("This is already in use."),
}


def register_messages(app: Flask, *groups: Mapping[str, str]) -> None:
    known: dict[str, str] = dict(MESSAGES)
    for group in groups:
        if twice := known.keys() & group.keys():
            raise ValueError(f"worded twice: {sorted(twice)}")
        known.update(group)
    app.extensions["messages"] = known


def message(problem: Problem) -> str:
    """The sentence for a problem, in the reader's language."""
    words = str(current_app.extensions["messages"][problem.code])
    return words % _shown(problem.params) if problem.params else words


def _shown(params: Mapping[str, object]) -> dict[str, object]:
    """Amounts as the reader writes them; everything else as it is."""
    return {name: figure(value) if isinstance(value, Figure) else value for name, value in params.items()}
