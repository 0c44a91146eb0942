"""The words of the facts that an entry of the ledger holds about an item."""

from typing import Any

from portal.web.i18n import later as _
from portal.web.i18n import later_in_context as _in

FACTS: dict[str, Any] = {
    "state": _in("fact of an item", "State"),
    "holder": _in("fact of an item", "Holder"),
    "owner": _("Owner"),
    "custodian": _("Custodian"),
    "site_kind": _in("fact of an item", "Kind of place"),
    "condition": _("Condition"),
    "quantity": _("How many"),
    "value": _("Value"),
    "category": _("Kind of equipment"),
    "with_agency": _("In the hands of"),
    "odometer": _("Odometer or running hours"),
    "check": _("Number of the check"),
    "result": _("Result of the check"),
    "independent": _("Checked by someone other than the holder"),
    "on": _("Day of the check"),
    "move": _("Number of the transfer, retirement or return"),
    "to": _("New holder"),
    "former_holder": _("Holder before"),
    "method": _("How it was retired"),
    "data_wiped": _("Data wiped"),
    "handover": _("Number of the handover"),
    "giver": _("Who handed it over"),
}
