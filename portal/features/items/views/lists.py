"""The list of items."""

from flask import render_template, request

from portal.features.items.domain.lifecycles import ItemState
from portal.features.items.domain.parts import Box, Part
from portal.features.items.policy import Items
from portal.features.items.queries.listing import listed
from portal.features.items.views.blueprint import bp
from portal.infra.db import now
from portal.kernel.equipment import GROUPS
from portal.web.access import current_actor, requires
from portal.web.i18n import current_language
from portal.web.labels import label
from portal.web.pagination import paged


@bp.get("/items", endpoint="items")
@requires(Items.LIST)
def index() -> str:
    part, today = Part.read(request.args.get("show", "")), now().date()
    page = paged(*listed(current_actor(), part, today=today))
    language = current_language()
    others = [(f"state-{state}", label(state)) for state in ItemState]
    others += [(f"group-{key}", group.name(language)) for key, group in GROUPS.items()]
    return render_template(
        "items/list.html", page=page, part=part, boxes=list(Box), others=others, today=today, language=language
    )
