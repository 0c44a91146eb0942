"""What is said of a table of rates."""

from portal.web.i18n import later as _

LABELS: dict = {
    str: {
        "rates.date": _("The day of the rate, such as 2026-11-01."),
        "rates.currency": _("The code of the currency, such as XOF."),
        "rates.rate": _("Units of that currency for one unit of the reporting currency, with a point, such as 605.25."),
        "rates.source": _("Who published the rate."),
    },
}

MESSAGES = {
    "not_a_currency": _("Use the three letters of a currency, such as XOF."),
    "not_a_rate": _("Write the rate in digits with a point before the decimals, such as 605.25."),
    "rate_of_itself": _("This is the reporting currency itself: its rate is always 1. Remove the row."),
    "rate_of_tomorrow": _("This day has not come yet: a rate for it would be made up."),
    "rate_twice": _("Row %(row)s gives a rate for the same currency and day."),
    "rate_far_off": _("The rate before was %(before)s, on %(day)s. Look whether this one is upside down."),
    "rates_columns": _("The first row must name these columns, in any order: %(columns)s."),
    "rates_none": _("There are no rates in the table."),
    "rates_not_a_table": _("This is not a CSV table."),
    "rates_too_many": _("The table is too long: at most %(most)s rows."),
    "rates_too_many_cells": _("The row has more cells than the first row names: at most %(columns)s."),
}
