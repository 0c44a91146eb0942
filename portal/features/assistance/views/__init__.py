"""The pages of requests for assistance."""

from portal.features.assistance.views import (
    acts,
    drawing,
    gaps,
    interest,
    lists,
    open_needs,
    pledge_slots,
    pledges,
    pledging,
    requests,
    searches,
    steps,
)
from portal.features.assistance.views.blueprint import bp
from portal.features.assistance.views.pledge_blueprint import bp as pledges_bp

__all__ = [
    "acts",
    "bp",
    "drawing",
    "gaps",
    "interest",
    "lists",
    "open_needs",
    "pledge_slots",
    "pledges",
    "pledges_bp",
    "pledging",
    "requests",
    "searches",
    "steps",
]
