"""The forms of offers and needs: one for each step, the last check, the release by name, and the list's filters."""

from portal.features.exchanges.forms.fields import StatesField
from portal.features.exchanges.forms.filtering import read_filters, read_sort
from portal.features.exchanges.forms.steps import FORMS, ReleaseForm, SendForm, StepForm

__all__ = ["FORMS", "ReleaseForm", "SendForm", "StatesField", "StepForm", "read_filters", "read_sort"]
