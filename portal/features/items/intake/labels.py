"""Words about files of items."""

from typing import Any

from portal.features.items.intake.models import Stage
from portal.web.i18n import later as _

LABELS: dict[Any, Any] = {
    Stage: {
        Stage.WAITING: _("Sent"),
        Stage.CHECKING: _("Every row is checked"),
        Stage.CHECKED: _("Checked: a person decides"),
        Stage.CONFIRMED: _("Confirmed"),
        Stage.WRITING: _("Items are written"),
        Stage.DONE: _("All items are written"),
    },
    str: {
        "item.file.killed": _("The work on this file was interrupted. Nothing of it was written."),
        "item.file.broken": _("Something went wrong. Nothing of this file was written."),
        "item.file.import_changed_meanwhile": _(
            "Something changed since the file was checked. Nothing was written; it was checked again."
        ),
        "item.file.not_allowed_now": _("Who confirmed it may not register items any more. Nothing was written."),
    },
}
MESSAGES: dict[str, Any] = {
    "unknown_item": _("There is no item with this reference that you can see. Leave the cell empty for a new one."),
    "reference_twice": _("Row %(row)s has the same reference already."),
    "serial_twice_in_file": _("Row %(row)s has the same serial number of this manufacturer already."),
    "vin_twice_in_file": _("Row %(row)s has the same vehicle number already."),
    "receipt_has_less": _("Rows above register the other units of this receipt. Left for this row: %(left)s."),
    "by_steps": _("A file does not change this: it has a step of its own on the page of the item."),
    "attributes_unread": _("Write attributes as in: cpu=8; ram_gb=16"),
    "import_changed_meanwhile": _("Something changed since you looked. Open the page again and look once more."),
}
