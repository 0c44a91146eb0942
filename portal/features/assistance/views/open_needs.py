"""Find open needs: what donors may still pledge to, and the rule of its fair-share order."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import render_template, url_for
from flask import request as asked
from werkzeug.datastructures import MultiDict

from portal.features.assistance.domain.filters import Filters, Sort
from portal.features.assistance.domain.rungs import (
    POINTS_A_YEAR,
    POINTS_SPECIAL,
    POINTS_UNPLEDGED,
    days_for,
    fair_points,
)
from portal.features.assistance.forms import SearchForm, as_args, read_filters, read_sort, unread_amount
from portal.features.assistance.policy import Pledges, Requests
from portal.features.assistance.queries.interest import interested
from portal.features.assistance.queries.listing import count, page, place_of, refs
from portal.features.assistance.queries.rows import rows
from portal.features.assistance.queries.searches import saved
from portal.features.assistance.views.blueprint import bp
from portal.features.assistance.views.filters import Row, choices, filter_chips
from portal.features.rates.queries import reporting_currency
from portal.infra.db import now
from portal.infra.ranges import Count
from portal.web.access import current_actor, requires
from portal.web.filtering import blocking, neighbours, pairs, place_asked
from portal.web.labels import label

LIST = "assistance.open_needs"


@bp.get("/open", endpoint="open_needs")
@requires(Pledges.SEARCH)
def open_needs() -> str:
    return open_page(asked.args, SearchForm())


def open_page(args: MultiDict[str, str], form: SearchForm) -> str:
    """The list as these arguments ask for it, with the form that keeps them as a search."""
    actor = current_actor()
    filters, sort = read_filters(args, open_only=True), read_sort(args)
    found = page(actor, filters, sort, place_asked(partial(place_of, actor, sort)))
    shown = rows(actor, found.ids)
    chips = filter_chips(filters, sort, partial(url_for, LIST))
    return render_template(
        "assistance/open.html",
        filters=filters,
        sort=sort,
        rows=[Row.of(request, actor) for request in shown],
        points={one.id: fair_points(one.fair_on, now().date()) for one in shown if one.fair_on},
        interested=interested([one.id for one in shown]),
        page=neighbours(found, {one.id: one.ref for one in shown}, refs, _address, as_args(filters, sort)),
        count=count(actor, filters, sort) if shown or not filters.any else Count(0),
        chips=[(chip.words, chip.url) for chip in chips],
        blocking=blocking(chips, partial(count, actor)) if not shown and filters.any else None,
        sort_choices=[(one.value, label(one)) for one in Sort],
        kept=pairs(as_args(filters, Sort.NEWEST)),
        clear_url=url_for(LIST, **as_args(Filters(), sort)),
        choices=choices(),
        currency=reporting_currency(),
        unread_amount=unread_amount(args),
        searches=saved(actor),
        search_form=form,
        asked_for=pairs(as_args(filters, sort)),
    )


@bp.get("/fair-share", endpoint="fair_share")
@requires(Requests.LIST)
def fair_share() -> str:
    return render_template(
        "assistance/fair_share.html",
        a_year=POINTS_A_YEAR,
        unpledged=POINTS_UNPLEDGED,
        special=POINTS_SPECIAL,
        days_unpledged=days_for(POINTS_UNPLEDGED),
        days_special=days_for(POINTS_SPECIAL),
    )


def _address(args: Mapping[str, Any]) -> str:
    return url_for(LIST, **args)
