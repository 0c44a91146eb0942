"""The forms of requests: one for each step, and one for each act."""

from portal.features.assistance.forms.acts import (
    AnswerForm,
    AskForm,
    CloseForm,
    DiligenceForm,
    DisclosureForm,
    ReleaseForm,
    SearchForm,
)
from portal.features.assistance.forms.filtering import as_args, read_filters, read_sort, unread_amount
from portal.features.assistance.forms.steps import FORMS, SendForm, StepForm, SustainmentForm, line_form

__all__ = [
    "FORMS",
    "AnswerForm",
    "AskForm",
    "CloseForm",
    "DiligenceForm",
    "DisclosureForm",
    "ReleaseForm",
    "SearchForm",
    "SendForm",
    "StepForm",
    "SustainmentForm",
    "as_args",
    "line_form",
    "read_filters",
    "read_sort",
    "unread_amount",
]
