"""The pages of requests for assistance."""

from portal.features.assistance.views import acts, drawing, lists, requests, steps
from portal.features.assistance.views.blueprint import bp

__all__ = ["acts", "bp", "drawing", "lists", "requests", "steps"]
