"""Labels with a QR code, on a sheet or for one item, and the form on paper for where there is no network."""

from functools import lru_cache

import segno
from flask import render_template
from markupsafe import Markup

from portal.features.items.domain.checking import Result
from portal.features.items.domain.parts import Part
from portal.features.items.domain.vocabulary import Condition
from portal.features.items.models import Item
from portal.features.items.policy import Items
from portal.features.items.queries import find
from portal.features.items.queries.listing import listed
from portal.features.items.views.blueprint import ONE, bp
from portal.infra.db import now
from portal.web.access import current_actor, requires
from portal.web.i18n import current_language
from portal.web.links import absolute_url
from portal.web.pagination import paged

ON_A_SHEET = 24


def qr_of(item: Item) -> Markup:
    """The short address of the item as a drawing."""
    return _drawn(absolute_url("items_short.scanned", ref=item.ref))


@lru_cache(maxsize=500)
def _drawn(url: str) -> Markup:
    code = segno.make_qr(url, error="m")
    svg = code.svg_inline(omitsize=True, border=2, svgclass="qr", lineclass=None)
    return Markup(svg.replace("<svg ", '<svg aria-hidden="true" ', 1))  # noqa: S704 - drawn from our own address


@bp.get(f"{ONE}/label", endpoint="label")
@requires(Items.READ, load=find)
def one(item: Item) -> str:
    return render_template("items/labels.html", items=[(item, qr_of(item))], page=None, item=item)


@bp.get("/labels", endpoint="labels")
@requires(Items.LABELS)
def sheet() -> str:
    """The items of the reader's list, a sheet a page."""
    page = paged(*listed(current_actor(), Part(), today=now().date()), size=ON_A_SHEET)
    found = [(row[0], qr_of(row[0])) for row in page.rows]
    return render_template("items/labels.html", items=found, page=page, item=None)


@bp.get(f"{ONE}/paper", endpoint="paper")
@requires(Items.READ, load=find)
def paper(item: Item) -> str:
    return render_template(
        "items/paper.html", item=item, qr=qr_of(item), results=list(Result), conditions=list(Condition),
        language=current_language(),
    )  # fmt: skip
