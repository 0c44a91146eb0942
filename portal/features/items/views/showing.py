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
from portal.web.access import current_actor, requires
from portal.web.formats import day_text
from portal.web.i18n import current_language
from portal.web.labels import label

FIRST = ("confirm_handover", "consent", "take_over", "offer_handover", "record_check")
"""The first of these that is open is the button that stands out."""


@dataclass(frozen=True, slots=True)
class Button:
    words: str
    url: str


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
    found = [act for act in ACTS if act.open(item)]
    found.sort(key=lambda act: FIRST.index(act.name) if act.name in FIRST else len(FIRST))
    return [Button(label(f"item.{act.name}"), url_for(f"items.item_{act.name}_page", ref=item.ref)) for act in found]


def _route(item: Item, today: date) -> tuple[list[tuple[Any, str]], int]:
    stage = stage_of(item.state, checked=item.verified(today))
    details = {Stage.RECEIVED: item.received_on, Stage.CHECKED: item.next_check_on}
    stages = [(label(one), day_text(day) if (day := details.get(one)) else "") for one in Stage]
    return stages, list(Stage).index(stage)
