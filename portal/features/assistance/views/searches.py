"""Saved searches: kept from the list of open needs, listed and forgotten there."""

from typing import Any

from flask import flash, g, redirect, url_for
from flask import request as asked
from flask.typing import ResponseReturnValue

from portal.features.assistance.forms import SearchForm, as_args, read_filters, read_sort
from portal.features.assistance.models import SavedSearch
from portal.features.assistance.policy import Pledges
from portal.features.assistance.queries.searches import find_search
from portal.features.assistance.services.searching import forget_search, save_search
from portal.features.assistance.views.blueprint import bp
from portal.features.assistance.views.open_needs import open_page
from portal.infra.db import now
from portal.web.access import current_actor, requires
from portal.web.i18n import gettext as _


def _load(actor: Any, number: int) -> SavedSearch | None:
    g.search_number = number
    return find_search(actor, number)


@bp.post("/open/searches", endpoint="save_search")
@requires(Pledges.SEARCH)
def save() -> ResponseReturnValue:
    """The filters come as the address had them, and are read again: nothing else is kept."""
    args = as_args(read_filters(asked.form, open_only=True), read_sort(asked.form))
    form = SearchForm()
    form.run(save_search, args=args, by=current_actor(), at=now())
    if form.refused:
        return open_page(asked.form, form), form.status
    flash(_("Search saved. You are told of new requests at most once a day."))
    return redirect(url_for("assistance.open_needs", **args), 303)


@bp.post("/open/searches/<int(max=2147483647):number>/forget", endpoint="forget_search")
@requires(Pledges.SEARCH, load=_load)
def forget(search: SavedSearch) -> ResponseReturnValue:
    forget_search(search)
    flash(_("Search deleted."))
    return redirect(url_for("assistance.open_needs"), 303)
