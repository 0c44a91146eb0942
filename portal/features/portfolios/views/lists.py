"""The list of the records behind one figure."""

from typing import Any

from flask import render_template, request, url_for

from portal.features.portfolios.domain.figures import RUNGS, Figure, heading_of
from portal.features.portfolios.forms import read_part, read_side
from portal.features.portfolios.policy import Portfolios
from portal.features.portfolios.queries import records
from portal.features.portfolios.queries.facts import FINDING, ITEM, PLEDGE, SHIPMENT
from portal.features.portfolios.views.blueprint import bp, page_url
from portal.features.portfolios.views.words import heading_words, state_words
from portal.infra.db import now
from portal.kernel.money import CURRENCIES, Money
from portal.web.access import current_actor, requires
from portal.web.pagination import paged

ENDPOINTS = {
    PLEDGE: "pledges.pledge",
    SHIPMENT: "shipments.shipment",
    ITEM: "items.item",
    FINDING: "items.finding",
}
FIGURES = ", ".join(figure.value for figure in Figure)


@bp.get(f"/portfolio/<any({FIGURES}):figure>", endpoint="records")
@requires(Portfolios.READ)
def show(figure: str) -> str:
    actor, today, asked = current_actor(), now().date(), Figure(figure)
    side, part = read_side(actor, request.args), read_part(request.args)
    if asked not in RUNGS:
        part = type(part)()
    page = paged(*records.listed(actor, side, asked, part, today=today))
    return render_template(
        "portfolios/records.html",
        figure=asked,
        side=side,
        page=page,
        rows=[_row(one) for one in page.rows],
        rung=asked in RUNGS,
        count=records.counted(actor, side, asked, part, today=today),
        about=[words for words in _about(part) if words],
        back=page_url(side, part),
    )


def _row(row: Any) -> dict[str, Any]:
    money = Money(int(row.minor), row.currency) if row.currency in CURRENCIES else None
    return {
        "ref": row.ref,
        "url": url_for(ENDPOINTS[row.kind], ref=row.ref),
        "state": row.state,
        "what": heading_words(heading_of(row.category, row.line_kind, withheld=bool(row.withheld))),
        "units": int(row.units),
        "money": money,
        "year": row.year,
    }


def _about(part: Any) -> list[str]:
    return [
        state_words(part.state) if part.state else "",
        heading_words(part.what) if part.what else "",
        str(part.year or ""),
        part.currency,
    ]
