"""Words and looks of items and findings."""

from typing import Any

from portal.features.items.labels.attributes import ATTRIBUTES
from portal.features.items.labels.choices import CHOICES
from portal.features.items.labels.facts import FACTS
from portal.features.items.labels.messages import MESSAGES
from portal.features.items.labels.steps import STATES, STEPS, TAGS, TASKS

__all__ = ["LABELS", "MESSAGES", "TAGS"]

LABELS: dict[Any, Any] = {
    **STATES,
    **CHOICES,
    str: {
        **STEPS,
        **{f"ledger.item.{key}": words for key, words in FACTS.items()},
        **{f"task.{key}": words for key, words in TASKS.items()},
        **{f"item.attribute.{key}": words for key, words in ATTRIBUTES.items()},
    },
}
