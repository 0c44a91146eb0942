"""What happened to a record: the newest steps on its own page, all of them on a page of their own."""

from collections.abc import Callable
from typing import Any

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal.features.notices.domain import Sight, sight
from portal.features.notices.policy import Notices
from portal.features.notices.queries import Entry, entries
from portal.features.notices.views.blueprint import bp
from portal.kernel.policy import Actor
from portal.web.access import current_actor, optional_actor, requires
from portal.web.formats import bdi, instant
from portal.web.i18n import current_language
from portal.web.labels import label

Finder = Callable[[Actor | None, str], Any]
"""Finds the record behind a reference, if this actor may know of it."""
EXTENSION = "histories"
NEWEST, PAGE = 6, 50
_PAGES = {
    "offer": ("exchanges.offer", "ref"),
    "need": ("exchanges.need", "ref"),
    "proposal": ("matches.proposal", "ref"),
    "round": ("rounds.show", "ref"),
    "request": ("assistance.request", "ref"),
    "pledge": ("pledges.pledge", "ref"),
    "item": ("items.item", "ref"),
    "finding": ("items.finding", "ref"),
    "correction": ("ledger.correction", "ref"),
    "agency": ("agencies.show", "key"),
}
_LOOKS = {
    "okc": (
        "ok",
        {"publish", "endorse", "import", "confirm", "promote", "verify", "resume", "review", "keep", "fulfil"},
    ),
    "two": ("open", {"host_accept", "sender_accept"}),
    "exchange": ("open", {"counter", "revise", "follow_revision", "ask_next", "amend"}),
    "send": ("open", {"submit", "approve", "send", "pass_on"}),
    "scale": ("open", {"run"}),
    "plus": ("open", {"open", "enrol"}),
    "lock": ("", {"lock", "set_disclosure"}),
    "undo": ("warn", {"return", "reopen", "release", "take_back", "lift", "send_back"}),
    "bar": (
        "",
        {"withdraw", "follow_withdrawal", "decline", "close", "suspend", "cancel", "veto", "take_out"}
        | {"close_partly", "close_unmet"},
    ),
    "clock": ("", {"expire", "wait", "remind", "hold"}),
    "shield": ("", {"record_diligence"}),
    "eye": ("", {"confirm_text"}),
    "chat": ("open", {"ask", "answer"}),
    "edit": ("", {"begin", "change"}),
}
LOOKS = {step: (picture, tone) for picture, (tone, steps) in _LOOKS.items() for step in steps}


def history_part(record: Any) -> Markup | str:
    """For the slot "history" of a record's page."""
    actor = optional_actor()
    if sight(actor, record) is Sight.NOTHING:
        return ""
    found = entries(actor, record, most=NEWEST + 1)
    more = url_for("notices.history", lifecycle=record.lifecycle.name, ref=record.ref)
    return render_template("notices/_history.html", entries=[_shown(one) for one in found], more=more) if found else ""


def _record(actor: Actor | None, lifecycle: str, ref: str) -> Any:
    find: Finder | None = current_app.extensions[EXTENSION].get(lifecycle)
    record = find(actor, ref) if find else None
    return None if record is None or sight(actor, record) is Sight.NOTHING else record


@bp.get("/history/<string(maxlength=20):lifecycle>/<string(maxlength=20):ref>")
@requires(Notices.READ, load=_record)
def history(record: Any) -> ResponseReturnValue:
    name = record.lifecycle.name
    before = request.args.get("before", type=int)
    found = entries(current_actor(), record, most=PAGE + 1, before=before if before and before < 2**31 else None)
    shown, older = found[:PAGE], None
    if len(found) > PAGE:
        older = url_for("notices.history", lifecycle=name, ref=record.ref, before=shown[-1].id)
    return render_template(
        "notices/history.html",
        record=record,
        back=url_for(_PAGES[name][0], **{_PAGES[name][1]: record.ref}),
        entries=[_shown(one) for one in shown],
        older=older,
        name=name,
    )


def _shown(one: Entry) -> dict[str, Any]:
    picture, tone = LOOKS.get(one.step, ("ring", ""))
    names = one.agency_names
    agency = bdi(names.get(current_language()) or names[one.agency_language]) if names else None
    who = [part for part in (agency, label(one.role), bdi(one.person) if one.person else None) if part]
    return {
        "icon": picture,
        "tone": tone,
        "what": label(f"{one.lifecycle}.{one.step}.done"),
        "when": instant(one.at),
        "who": Markup(" · ").join(who),
        "why": one.reason or "",
    }
