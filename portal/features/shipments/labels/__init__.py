"""Words and looks of shipments and receipts."""

from typing import Any

from portal.features.shipments.labels.choices import CHOICES, STATES, TAGS
from portal.features.shipments.labels.messages import MESSAGES
from portal.features.shipments.labels.words import ENTRIES, FACTS, STEPS, TASKS
from portal.web.i18n import later as _

LABELS: dict[Any, Any] = {
    **STATES,
    **CHOICES,
    **ENTRIES,
    str: {**STEPS, **FACTS, **{f"task.{key}": words for key, words in TASKS.items()}, "shipment": _("Shipment")},
}

__all__ = ["LABELS", "MESSAGES", "TAGS"]
