"""Tells people by mail what waits for them. Services never commit: the request, or the job runner, does."""

from portal.features.notices.services.composing import compose
from portal.features.notices.services.sending import send_waiting
from portal.features.notices.services.telling import listen

__all__ = ["compose", "listen", "send_waiting"]
