"""Requests and pledges as JSON."""

from portal.features.assistance.api.pledges import bp as pledges_bp
from portal.features.assistance.api.requests import bp

__all__ = ["bp", "pledges_bp"]
