"""Sends what waits in the outbox, through the mail server or into the folder that the settings name."""

from datetime import datetime

from flask import current_app

from portal.features.notices.services.composing import compose
from portal.infra.mail import delivery
from portal.infra.outbox import send_due


def send_waiting(*, at: datetime) -> int:
    """Run by the job runner; ends its own transactions."""
    config = current_app.extensions["config"]
    return send_due(compose, lambda: delivery(mail_url=config.mail_url, folder=config.folder), at=at)
