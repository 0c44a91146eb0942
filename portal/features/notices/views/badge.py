"""The number beside "Inbox" in the navigation of every page.

Counting tasks costs several queries, a third of a list page's time. So each process keeps a person's number for a few
seconds, and forgets all numbers when anyone changes something through it. The inbox itself always counts anew.
"""

from time import monotonic
from typing import Any

from flask import Response, current_app, g, request

from portal.features.notices.queries import Tasks, collected
from portal.features.notices.views.blueprint import bp
from portal.infra.db import db, now
from portal.web.access import READS, current_actor, optional_actor

KEPT_SECONDS = 10.0
MOST_KEPT = 1_000
EXTENSION = "badges"


def my_tasks() -> Tasks:
    """The reader's tasks, asked for once in a request: the navigation counts them, the inbox shows them."""
    if "tasks" not in g:
        g.tasks = collected(current_actor(), at=now())
        _keep(len(g.tasks.ours))
    found: Tasks = g.tasks
    return found


def badge() -> int:
    """How many things need the reader. Looks without writing what an unfinished request has changed so far."""
    if optional_actor() is None or not db.session.is_active:
        return 0
    until, number = _kept().get(current_actor(), (0.0, 0))
    if "tasks" not in g and monotonic() < until:
        return number
    with db.session.no_autoflush:
        return len(my_tasks().ours)


@bp.after_app_request
def forget_after_a_change(response: Response) -> Response:
    if request.method not in READS:
        _kept().clear()
    return response


def _keep(number: int) -> None:
    kept = _kept()
    if len(kept) >= MOST_KEPT:
        kept.clear()
    kept[current_actor()] = (monotonic() + KEPT_SECONDS, number)


def _kept() -> dict[Any, tuple[float, int]]:
    kept: dict[Any, tuple[float, int]] = current_app.extensions.setdefault(EXTENSION, {})
    return kept
