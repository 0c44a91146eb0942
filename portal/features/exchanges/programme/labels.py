"""Words about programme files."""

from portal.web.i18n import later as _

MESSAGES = {
    "no_file": _("Choose a file."),
    "no_table": _("No table was found: neither agencies, nor offers, nor needs."),
    "file_too_large": _("The file is too large: at most %(limit)s MB."),
    "file_of_other_kind": _("This is a file of the kind %(kind)s. Send CSV or XLSX."),
    "file_old_excel": _("This is an old Excel file, or it is protected by a password. Save it as XLSX without one."),
    "file_zip": _("This is an archive. Unpack it and send the tables in it."),
    "file_not_a_table": _("This is not a table. Send CSV or XLSX."),
    "file_unpacks_too_large": _(
        "Unpacked, the file is larger than %(limit)s MB. Remove what is not part of the tables."
    ),
    "sheet_too_wide": _("Cells far away from the table are filled. Delete them and save the file again."),
    "sheet_empty": _("Nothing is in here."),
    "encoding_guessed": _("The file is not in UTF-8. It was read as %(encoding)s: look whether names are right."),
    "encoding_broken": _("The file says that it is in %(encoding)s, and is not. Save it as UTF-8."),
    "encoding_unknown": _("The letters of the file cannot be read. Save it as UTF-8."),
    "quoting_broken": _("Quotation marks do not match near line %(line)s. Each one that opens must close."),
    "columns_unknown": _("These columns belong to no table that we know: %(columns)s."),
    "table_twice": _("The table %(table)s is here a second time, first in %(other)s. Send it once."),
    "table_without_rows": _("The table has no rows."),
    "too_many_rows": _("The table is too long: at most %(limit)s rows."),
    "too_many_cells": _("This row has more cells than the table has columns (%(columns)s)."),
    "cell_too_long": _("This cell is too long: at most %(max)s characters."),
    "column_twice": _("This column is here twice."),
    "column_missing": _("This column is missing."),
    "column_missing_similar": _("This column is missing. Is it the one called %(similar)s?"),
    "column_left_out": _("This column is not in the file. What stands in the portal stays."),
    "column_unknown": _("We do not know this column. It is left out."),
    "key_twice": _("Row %(row)s has the same key already."),
    "not_a_key": _("A key has letters and digits, and between them points, hyphens or slashes."),
    "not_one_of": _("Write one of these: %(choices)s."),
    "unknown_time_zone": _("There is no time zone called “%(given)s”. Write one such as Africa/Niamey."),
    "language_unknown": _("There is no language with the code “%(given)s”. Write one such as fr."),
    "level_missing": _("Write each language with its level, such as fr:B1."),
    "topic_unknown": _("There is no topic with the code “%(given)s”."),
    "agency_nowhere": _("No agency has this code, neither in the file nor in the portal."),
    "window_without_end": _("Write each period with its first and its last day, such as 2027-03-01/2027-03-26."),
    "windows_overlap": _("Two periods of this post overlap."),
    "window_in_past": _("This period is over."),
    "agency_kept": _("The portal knows this agency with other details. They stay."),
    "other_agency": _("This post belongs to another agency. A post never changes its agency: use a new key."),
    "written_here": _("This post was written in the portal. Only its agency can change it."),
    "post_ended": _("This post has ended. A file cannot change it: use a new key."),
    "unknown_reference": _("There is no post with this reference."),
    "programme_changed_meanwhile": _("Something changed since you looked. Open the page again and look once more."),
}
LABELS = {
    str: {
        "programme.agencies": _("Agencies"),
        "programme.offers": _("Offers"),
        "programme.needs": _("Needs"),
    }
}
