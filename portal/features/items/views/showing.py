"""The page of an item: where it stands, who has held it, what the ledger says, checks, findings, label."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template, url_for

from portal.features.items.domain.lifecycles import ITEM
from portal.features.items.domain.route import Stage, stage_of
from portal.features.items.models import Item
from portal.features.items.policy import Items
from portal.features.items.queries import find
from portal.features.items.queries.records import checks_of, custody_of, findings_of
from portal.features.items.views.acts import ACTS
from portal.features.items.views.blueprint import ONE, bp
from portal.features.items.views.labels import qr_of
from portal.infra.db import now
from portal.web.access import allows, current_actor, requires
from portal.web.formats import day_text
from portal.web.i18n import current_language
from portal.web.labels import label

FIRST = ("confirm_handover", "consent", "take_over", "deliver", "put_to_use", "offer_handover", "record_check")
"""The first of these that is open is the button that stands out."""
PRESSED = ("deliver", "put_to_use")
"""Steps that ask nothing: one press takes them."""


@dataclass(frozen=True, slots=True)
class Button:
    """What the reader can do, and where: a page with a form, or one press."""

    name: str
    words: str
    url: str
    pressed: bool = False


@bp.get(ONE, endpoint="item")
@requires(Items.READ, load=find)
def show(item: Item) -> str:
    today, actor = now().date(), current_actor()
    stages, at = _route(item, today)
    return render_template(
        "items/item.html",
        item=item,
        actor=actor,
        today=today,
        language=current_language(),
        stages=stages,
        now_at=at,
        buttons=_buttons(item),
        lifecycle=ITEM,
        custody_links=custody_of(item.id),
        checks_list=list(reversed(checks_of(item.id))),
        findings_list=findings_of(item.id),
        qr=qr_of(item),
    )


def _buttons(item: Item) -> list[Button]:
    urls = {act.name: url_for(f"items.item_{act.name}_page", ref=item.ref) for act in ACTS if act.open(item)}
    urls |= {name: url_for(f"items.item_{name}", ref=item.ref) for name in PRESSED if _can_be_taken(name, item)}
    if allows(Items.CHECK, item):
        urls["record_check"] = url_for("items.check", ref=item.ref)
    found = [Button(name, label(f"item.{name}"), url, name in PRESSED) for name, url in urls.items()]
    return sorted(found, key=lambda one: _place(one.name, item))


def _place(name: str, item: Item) -> int:
    """A handover comes first only until somebody has signed for the item."""
    if name not in FIRST or (name == "offer_handover" and item.undertaken_at is not None):
        return len(FIRST)
    return FIRST.index(name)


def _can_be_taken(name: str, item: Item) -> bool:
    step = ITEM.transitions[name]
    possible = item.state in step.sources and not item.frozen and allows(step.permission, item)
    return possible and not list(step.guard(item))


def _route(item: Item, today: date) -> tuple[list[tuple[Any, str]], int]:
    stage = stage_of(item.state, checked=item.verified(today))
    details = {Stage.RECEIVED: item.received_on, Stage.CHECKED: item.next_check_on}
    stages = [(label(one), day_text(day) if (day := details.get(one)) else "") for one in Stage]
    return stages, list(Stage).index(stage)
