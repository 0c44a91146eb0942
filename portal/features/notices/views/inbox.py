"""The inbox: what needs the reader first, then what waits on others, then where the agency's exchanges stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import abort, current_app, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.features.exchanges.policy import Posts
from portal.features.matches.domain.route import Stage
from portal.features.matches.queries.standing import standing
from portal.features.notices.policy import Notices
from portal.features.notices.views.badge import my_tasks
from portal.features.notices.views.blueprint import bp
from portal.features.notices.views.rows import rows, waiting
from portal.infra.db import now
from portal.kernel.tasks import Task
from portal.web.access import allows, current_actor, requires
from portal.web.i18n import gettext as _
from portal.web.labels import label
from portal.web.pagination import PAGE

FIRST_ROWS = 6
FIRST_WAITING = 4
GIVES, TAKES = {"destination"}, {"origin", "transit"}


@dataclass(frozen=True, slots=True)
class Start:
    """A button that begins something new, and what it says."""

    url: str
    text: str


@dataclass(frozen=True, slots=True)
class TaskPage:
    """One page of a list of tasks, with the addresses of its neighbours."""

    tasks: Sequence[Task]
    previous_url: str | None
    next_url: str | None


@bp.get("/inbox")
@requires(Notices.READ)
def inbox() -> ResponseReturnValue:
    actor, at, tasks = current_actor(), now(), my_tasks()
    return render_template(
        "notices/inbox.html",
        count=len(tasks.ours),
        rows=rows(tasks.ours[:FIRST_ROWS], at=at),
        more=len(tasks.ours) > FIRST_ROWS,
        waiting=[waiting(task) for task in tasks.theirs[:FIRST_WAITING]],
        more_waiting=len(tasks.theirs) > FIRST_WAITING,
        standing=standing(actor),
        order=list(Stage),
        stages=[(label(stage), "") for stage in Stage],
        starts=_starts(),
        today=at.astimezone(ZoneInfo(g.time_zone)).date(),
        paused=actor.suspended,
    )


@bp.get("/inbox/tasks")
@requires(Notices.READ)
def all_tasks() -> ResponseReturnValue:
    at, tasks = now(), my_tasks().ours
    page = _page(tasks, "notices.all_tasks")
    return render_template("notices/all_tasks.html", count=len(tasks), page=page, rows=rows(page.tasks, at=at))


@bp.get("/inbox/waiting")
@requires(Notices.READ)
def all_waiting() -> ResponseReturnValue:
    tasks = my_tasks().theirs
    page = _page(tasks, "notices.all_waiting")
    return render_template(
        "notices/all_waiting.html", count=len(tasks), page=page, waiting=[waiting(task) for task in page.tasks]
    )


def _page(tasks: Sequence[Task], endpoint: str) -> TaskPage:
    number = request.args.get("page", 1, type=int)
    last = max(1, -(-len(tasks) // PAGE))
    if not 1 <= number <= last:
        abort(404)
    return TaskPage(
        tasks[(number - 1) * PAGE : number * PAGE],
        url_for(endpoint, page=number - 1) if number > 1 else None,
        url_for(endpoint, page=number + 1) if number < last else None,
    )


def _starts() -> list[Start]:
    """What this person most likely begins next: agencies of destination offer, those of origin and transit need."""
    if not allows(Posts.WRITE) or current_actor().suspended or "exchanges.new_offer" not in current_app.view_functions:
        return []
    offer = Start(url_for("exchanges.new_offer"), _("Post an offer"))
    need = Start(url_for("exchanges.new_need"), _("Post a need"))
    roles = set(g.membership.agency.protocol_roles)
    ours = [offer] if roles & GIVES else []
    return [*ours, *([need] if roles & TAKES else [])] or [offer, need]
