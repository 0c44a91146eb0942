"""The lists of offers and needs."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import render_template, request, url_for

from portal.features.exchanges.domain.filters import Filters, Sort
from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.forms.filtering import as_args, read_filters, read_sort
from portal.features.exchanges.policy import Posts
from portal.features.exchanges.queries.drafts import has_live_post, states_taking_part, unpublished
from portal.features.exchanges.queries.listing import count, page, place_of, privately_known
from portal.features.exchanges.queries.rows import refs, rows
from portal.features.exchanges.views.blueprints import LISTS, bp
from portal.features.exchanges.views.cards import card, filter_card
from portal.features.exchanges.views.words import filter_chips
from portal.infra.ranges import Count
from portal.kernel.policy import Actor
from portal.web.access import current_actor, requires
from portal.web.filtering import blocking, neighbours, pairs, place_asked
from portal.web.labels import label

OTHER = {PostKind.OFFER: PostKind.NEED, PostKind.NEED: PostKind.OFFER}


@bp.get("/offers")
@requires(Posts.LIST)
def offers() -> str:
    return _list(current_actor(), PostKind.OFFER)


@bp.get("/needs")
@requires(Posts.LIST)
def needs() -> str:
    return _list(current_actor(), PostKind.NEED)


def _list(actor: Actor, kind: PostKind) -> str:
    may_fit = has_live_post(actor, OTHER[kind])
    filters, sort = read_filters(request.args, may_fit=may_fit), read_sort(request.args, may_fit=may_fit)
    private = privately_known(actor, kind)
    found = page(actor, kind, filters, sort, place_asked(partial(place_of, actor, kind, sort)), private)
    shown = rows(actor, kind, found.ids)
    known = dict(zip(found.ids, (row.ref for row in shown), strict=True)) if len(shown) == len(found.ids) else {}
    chips = filter_chips(kind, filters, sort)
    asked = Filters(fits=True) if sort is Sort.FIT and not filters.any else filters
    return render_template(
        "exchanges/list.html",
        kind=kind,
        filters=filters,
        sort=sort,
        rows=shown,
        page=neighbours(found, known, refs, partial(_address, kind), as_args(filters, sort)),
        count=count(actor, kind, asked, private) if shown or not filters.any else Count(0),
        list_endpoint=LISTS[kind],
        chips=filters.any,
        chip_pairs=[(chip.words, chip.url) for chip in chips],
        sort_choices=[(s.value, label(s)) for s in Sort if may_fit or s is not Sort.FIT],
        blocking=blocking(chips, partial(count, actor, kind)) if not shown and filters.any else None,
        kept=pairs(as_args(filters, Sort.NEWEST)),
        drafts=[] if request.args.get("after") or filters.any else unpublished(actor, kind),
        card=card,
        filter_card=filter_card(kind, filters, sort, may_fit, tuple(sorted(states_taking_part()))),
        clear_url=url_for(LISTS[kind], **as_args(Filters(), sort)),
        files=[
            (form.upper(), url_for("exchanges.export", table=f"{kind.value}s", form=form, **as_args(filters, sort)))
            for form in ("csv", "xlsx")
        ],
    )


def _address(kind: PostKind, args: Mapping[str, Any]) -> str:
    return url_for(LISTS[kind], **args)
