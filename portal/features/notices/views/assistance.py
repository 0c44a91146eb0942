"""What waits for the reader in assistance: the part of the inbox that a portfolio shows."""

from flask import render_template
from markupsafe import Markup

from portal.features.notices.views.badge import my_tasks
from portal.features.notices.views.rows import rows
from portal.infra.db import now

MOST = 5
_PAGES = ("assistance", "pledges", "shipments", "items")


def waiting_part(_portfolio: object) -> Markup | str:
    """The first of them, with the way to all."""
    tasks = [task for task in my_tasks().ours if task.endpoint.partition(".")[0] in _PAGES]
    if not tasks:
        return ""
    html = render_template("notices/waiting_part.html", rows=rows(tasks[:MOST], at=now()), count=len(tasks))
    return Markup(html)  # noqa: S704 - a rendered template
