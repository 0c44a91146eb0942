"""How tasks are shown: as rows with one button for the reader, and as a log for what others have to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import g, url_for
from markupsafe import Markup

from portal.kernel.tasks import Task
from portal.web.formats import bdi, day_text, instant_text
from portal.web.i18n import gettext as _
from portal.web.i18n import ngettext
from portal.web.labels import label

SOON = timedelta(days=3)
TONES = {"two": "prop", "chat": "prop", "scale": "go", "undo": "warn"}


@dataclass(frozen=True, slots=True)
class Row:
    """One thing to do, as the macro `todo` draws it."""

    icon: str
    tone: str
    title: Markup
    url: str
    text: str
    reference: str
    due: str
    due_tone: str
    action: str
    action_more: str
    main: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that someone else has to do, as the macro `history` draws it."""

    icon: str
    tone: str
    what: Markup
    when: str
    who: Markup


def rows(tasks: Sequence[Task], *, at: datetime) -> list[Row]:
    """The first one and all that press have filled buttons."""
    return [_row(task, at=at, first=number == 0) for number, task in enumerate(tasks)]


def _row(task: Task, *, at: datetime, first: bool) -> Row:
    due, tone = due_words(task, at=at)
    return Row(
        icon="oct" if tone == "bad" else task.icon,
        tone=tone if tone == "bad" else TONES.get(task.icon, ""),
        title=title(task),
        url=address(task),
        text=_("Waiting since %(day)s.", day=day_text(_local_day(task.since))),
        reference=task.ref,
        due=due,
        due_tone=tone,
        action=label(f"task.{task.code}.button"),
        action_more=task.ref,
        main=first or bool(tone),
    )


def waiting(task: Task) -> Waiting:
    link = Markup('<a href="{}">{}</a>').format(address(task), title(task))
    since = _("Since %(day)s", day=day_text(_local_day(task.since)))
    when = since if task.due_at is None else _("Until %(instant)s", instant=instant_text(task.due_at))
    ref = Markup('<span class="ref">{}</span>').format(task.ref)
    return Waiting(icon="clock", tone="open", what=link, when=when, who=ref)


def title(task: Task) -> Markup:
    """The sentence of a task, with what people wrote kept apart from its direction."""
    words = Markup.escape(label(f"task.{task.code}"))
    return words % {name: bdi(value) for name, value in task.params.items()} if task.params else words


def address(task: Task) -> str:
    args: dict[str, Any] = dict(task.args)
    return url_for(task.endpoint, **args)


def due_words(task: Task, *, at: datetime) -> tuple[str, str]:
    """When it is due, and how urgent that is: overdue, soon, or neither."""
    if task.due_at is None:
        return "", ""
    if task.due_at < at:
        days = (_local_day(at) - _local_day(task.due_at)).days
        if days == 0:
            return _("Overdue since today"), "bad"
        return ngettext("Overdue by %(num)s day", "Overdue by %(num)s days", days), "bad"
    words = _("Due %(instant)s", instant=instant_text(task.due_at))
    return words, "warn" if task.due_at - at <= SOON else ""


def _local_day(at: datetime) -> date:
    return at.astimezone(ZoneInfo(g.get("time_zone") or "UTC")).date()
