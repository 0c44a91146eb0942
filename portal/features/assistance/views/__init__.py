"""The pages of requests for assistance."""

from portal.features.assistance.views import acts, drawing, interest, lists, open_needs, requests, searches, steps
from portal.features.assistance.views.blueprint import bp

__all__ = ["acts", "bp", "drawing", "interest", "lists", "open_needs", "requests", "searches", "steps"]
