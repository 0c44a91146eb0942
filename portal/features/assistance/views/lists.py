"""The list of requests."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import Response, render_template, url_for
from flask import request as asked

from portal.features.assistance import exports
from portal.features.assistance.domain.clock import screening_clock
from portal.features.assistance.domain.disclosure import OVERSEERS
from portal.features.assistance.domain.filters import Filters, Sort
from portal.features.assistance.forms import as_args, read_filters, read_sort
from portal.features.assistance.policy import Requests
from portal.features.assistance.queries.listing import count, page, place_of, refs
from portal.features.assistance.queries.rows import in_screening, rows, unopened
from portal.features.assistance.views.blueprint import bp
from portal.features.assistance.views.filters import Row, choices, filter_chips
from portal.infra.db import now
from portal.infra.ranges import Count
from portal.infra.tables import FORMATS
from portal.kernel.policy import Actor
from portal.web.access import current_actor, requires
from portal.web.downloads import attached
from portal.web.filtering import blocking, neighbours, pairs, place_asked
from portal.web.labels import label

LIST = "assistance.requests"


@bp.get("/requests", endpoint="requests")
@requires(Requests.LIST)
def requests() -> str:
    actor = current_actor()
    filters, sort = read_filters(asked.args), read_sort(asked.args)
    found = page(actor, filters, sort, place_asked(partial(place_of, actor, sort)))
    shown = rows(actor, found.ids)
    chips = filter_chips(filters, sort, partial(url_for, LIST))
    first = not asked.args.get("after") and not filters.any
    return render_template(
        "assistance/list.html",
        filters=filters,
        sort=sort,
        rows=[Row.of(request, actor) for request in shown],
        page=neighbours(found, {one.id: one.ref for one in shown}, refs, _address, as_args(filters, sort)),
        count=count(actor, filters, sort) if shown or not filters.any else Count(0),
        chips=[(chip.words, chip.url) for chip in chips],
        blocking=blocking(chips, partial(count, actor)) if not shown and filters.any else None,
        sort_choices=[(one.value, label(one)) for one in Sort],
        kept=pairs(as_args(filters, Sort.NEWEST)),
        clear_url=url_for(LIST, **as_args(Filters(), sort)),
        choices=choices(),
        drafts=unopened(actor) if first else [],
        screening=_screening(actor) if first else [],
        files=[
            (form.upper(), url_for("assistance.export", form=form, **as_args(filters, sort)))
            for form in ("csv", "xlsx")
        ],
    )


@bp.get("/requests/export.<any(csv, xlsx):form>", endpoint="export")
@requires(Requests.EXPORT)
def export(form: str) -> Response:
    actor = current_actor()
    found = exports.rows(actor, read_filters(asked.args), read_sort(asked.args))
    return attached(f"requests.{form}", exports.as_file(form, found), FORMATS[form])


def _address(args: Mapping[str, Any]) -> str:
    return url_for(LIST, **args)


def _screening(actor: Actor) -> list[Any]:
    """For the secretariat: what waits for its screening, with the clock."""
    if actor.role not in OVERSEERS:
        return []
    at = now()
    return [
        (Row.of(request, actor), screening_clock(request.screening_at, at))
        for request in in_screening(actor)
        if request.screening_at
    ]
