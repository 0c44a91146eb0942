"""Words and looks of requests for assistance and of pledges."""

from typing import Any

from portal.features.assistance.domain.filters import Sort
from portal.features.assistance.labels.choices import CHOICES, CRITERIA
from portal.features.assistance.labels.fields import FIELDS, SPEC, STEPS
from portal.features.assistance.labels.messages import MESSAGES
from portal.features.assistance.labels.pledges import CHOICES as OF_PLEDGES
from portal.features.assistance.labels.pledges import EVERY
from portal.features.assistance.labels.steps import STATES, TAGS, TASKS, TRANSITIONS
from portal.web.i18n import later as _

LABELS: dict[Any, Any] = {
    **STATES,
    **CHOICES,
    **OF_PLEDGES,
    Sort: {Sort.NEWEST: _("Newest first"), Sort.SOONEST: _("Needed soonest"), Sort.FAIR: _("Fair share")},
    str: {
        **{f"request.step.{key}": words for key, words in STEPS.items()},
        **{f"request.field.{key}": words for key, words in FIELDS.items()},
        **{f"spec.{key}": words for key, words in SPEC.items()},
        **{f"priority.criteria.{key}": words for key, words in CRITERIA.items()},
        **{f"task.{key}": words for key, words in TASKS.items()},
        **TRANSITIONS,
        **EVERY,
        "request.draft_saved": _("Draft saved"),
        "request": _("Request"),
        "pledge": _("Pledge"),
    },
}

__all__ = ["LABELS", "MESSAGES", "TAGS"]
