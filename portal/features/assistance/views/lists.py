"""The list of requests."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, render_template, url_for
from flask import request as asked

from portal.features.assistance import exports
from portal.features.assistance.domain.asking import PROVISIONS
from portal.features.assistance.domain.clock import screening_clock
from portal.features.assistance.domain.disclosure import OVERSEERS, Disclosure, disclosure
from portal.features.assistance.domain.filters import Filters, Sort
from portal.features.assistance.domain.vocabulary import LineKind, Priority
from portal.features.assistance.forms import as_args, read_filters, read_sort
from portal.features.assistance.forms.fields import provision_words
from portal.features.assistance.models import Request
from portal.features.assistance.policy import Requests
from portal.features.assistance.queries.listing import count, page, place_of, refs
from portal.features.assistance.queries.rows import earlier, in_screening, rows, unopened
from portal.features.assistance.views.blueprint import bp
from portal.features.assistance.views.progress import meter_of
from portal.features.exchanges.queries.drafts import states_taking_part
from portal.features.exchanges.queries.places import Count, Found, Place
from portal.infra.db import now
from portal.kernel.equipment import GROUPS
from portal.kernel.policy import Actor
from portal.kernel.states import REGIONS
from portal.web.access import current_actor, requires
from portal.web.formats import state_name
from portal.web.i18n import current_language, gettext
from portal.web.labels import label
from portal.web.pagination import Page

LIST = "assistance.requests"


@bp.get("/requests", endpoint="requests")
@requires(Requests.LIST)
def requests() -> str:
    actor = current_actor()
    filters, sort = read_filters(asked.args), read_sort(asked.args)
    found = page(actor, filters, sort, _place(actor, sort))
    shown = rows(actor, found.ids)
    first = not asked.args.get("after") and not filters.any
    return render_template(
        "assistance/list.html",
        filters=filters,
        sort=sort,
        rows=[_Row.of(request, actor) for request in shown],
        page=_neighbours(found, filters, sort),
        count=count(actor, filters) if shown or not filters.any else Count(0),
        chips=[(chip.words, chip.url) for chip in _chips(filters, sort)],
        blocking=_blocking(actor, filters, sort) if not shown and filters.any else None,
        sort_choices=[(one.value, label(one)) for one in Sort],
        kept=list(as_args(filters, Sort.NEWEST).items()),
        clear_url=url_for(LIST, **as_args(Filters(), sort)),
        choices=_choices(),
        drafts=unopened(actor) if first else [],
        screening=_screening(actor) if first else [],
        earlier=earlier(actor) if first else [],
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
    content = exports.as_csv(found) if form == "csv" else exports.as_xlsx(found)
    response = Response(content, mimetype=exports.FORMATS[form])
    response.headers["Content-Disposition"] = f'attachment; filename="requests.{form}"'
    return response


@dataclass(frozen=True, slots=True)
class _Row:
    """A request of the list as this reader sees it."""

    request: Request
    bare: bool
    lines: Sequence[Any] = ()
    hidden: int = 0
    meter: Any = None

    @classmethod
    def of(cls, request: Request, actor: Actor | None) -> "_Row":
        if disclosure(actor, request, request.seen) is Disclosure.REFERENCE:
            return cls(request, bare=True)
        lines = [line for line in request.live_lines if request.shows(actor, line.field)]
        hidden = len(request.live_lines) - len(lines)
        return cls(request, False, lines, hidden, meter_of(request.live_lines))


def _screening(actor: Actor) -> list[Any]:
    """For the secretariat: what waits for its screening, with the clock."""
    if actor.role not in OVERSEERS:
        return []
    at = now()
    return [
        (_Row.of(request, actor), screening_clock(request.screening_at, at))
        for request in in_screening(actor)
        if request.screening_at
    ]


def _place(actor: Actor, sort: Sort) -> Place | None:
    """Where the page starts; an address that names no request the reader knows starts at the beginning."""
    before = asked.args.get("before", "")
    ref = before or asked.args.get("after", "")
    return place_of(actor, sort, ref[:20], before=bool(before)) if ref else None


def _neighbours(found: Found, filters: Filters, sort: Sort) -> Page:
    named = refs([place.id for place in (found.next, found.previous) if place])

    def link(place: Place | None, name: str) -> str | None:
        return url_for(LIST, **(as_args(filters, sort) | {name: named[place.id]})) if place else None

    return Page((), link(found.next, "after"), link(found.previous, "before"))


@dataclass(frozen=True, slots=True)
class _Chip:
    """A filter in use: its words, and the address without it."""

    words: str
    without: Filters
    url: str


def _chips(filters: Filters, sort: Sort) -> list[_Chip]:
    return [
        _Chip(_words(filters, name), filters.without(name), url_for(LIST, **as_args(filters.without(name), sort)))
        for name in filters.used()
    ]


def _words(filters: Filters, name: str) -> str:
    return {
        "q": lambda: gettext("Search: %(words)s", words=filters.q),
        "group": lambda: GROUPS[filters.group].name(current_language()),
        "line": lambda: label(LineKind(filters.line)),
        "letter": lambda: provision_words(filters.letter),
        "state": lambda: state_name(filters.state),
        "region": lambda: region_name(filters.region),
        "priority": lambda: label(Priority(filters.priority)),
        "never_pledged": lambda: gettext("Never pledged so far"),
        "stage": lambda: gettext("Ended") if filters.stage == "ended" else gettext("Open and ended"),
    }[name]()


def region_name(region: str) -> str:
    return {
        "Africa": gettext("Africa"),
        "Americas": gettext("Americas"),
        "Asia": gettext("Asia"),
        "Europe": gettext("Europe"),
        "Oceania": gettext("Oceania"),
    }.get(region, region)


def _blocking(actor: Actor, filters: Filters, sort: Sort) -> Any:
    """The filter without which most would be shown."""
    options = [(chip.words, count(actor, chip.without), chip.url) for chip in _chips(filters, sort)]
    best = max(options, key=lambda option: option[1].number, default=None)
    return best if best and best[1].number else None


def _choices() -> dict[str, Any]:
    lang = current_language()
    states = sorted(((iso2, state_name(iso2)) for iso2 in states_taking_part()), key=lambda pair: pair[1])
    return {
        "letter": [(tag, provision_words(tag)) for tag in PROVISIONS],
        "group": [(key, group.name(lang)) for key, group in GROUPS.items()],
        "line": [(kind.value, label(kind)) for kind in LineKind],
        "state": states,
        "region": [(region, region_name(region)) for region in REGIONS],
        "priority": [(one.value, label(one)) for one in Priority],
        "stage": [("ended", gettext("Ended")), ("all", gettext("Open and ended"))],
    }
