"""What is asked for and not met, by category and State: for people who signed in, and what of it everyone may read."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from flask import render_template, url_for
from flask import request as asked

from portal.features.assistance.domain.filters import Filters, Sort
from portal.features.assistance.domain.gaps import LEAST
from portal.features.assistance.domain.vocabulary import SERVICES, ClosingCause, LineKind
from portal.features.assistance.forms import as_args, read_filters
from portal.features.assistance.policy import Requests
from portal.features.assistance.queries.gaps import Sum, gaps, public_gaps
from portal.features.assistance.views.blueprint import bp
from portal.features.assistance.views.filters import choices
from portal.kernel.equipment import GROUPS
from portal.kernel.states import STATES
from portal.web.access import current_actor, open_to_everyone, requires
from portal.web.formats import state_name
from portal.web.i18n import current_language, gettext
from portal.web.labels import label

PAGE = "assistance.gaps"
STAGES = {"": "all", "open": "", "ended": "ended"}
"""What the address says, and what the filters of a list call it: this page begins with everything."""
MOST = 40
"""Rows of a table; the small rest is one more row."""


@dataclass(frozen=True, slots=True)
class Row:
    """A number with the list that it counts, and this page as it is for that row alone."""

    words: str
    requests: int
    units: int = 0
    list_url: str = ""
    here_url: str = ""


@bp.get("/gaps", endpoint="gaps")
@requires(Requests.LIST)
def show() -> str:
    actor = current_actor()
    filters, stage = _read()
    found = gaps(actor, filters)
    heading = filters.group or filters.line

    def row(words: str, one: Sum, changed: Filters, *, known: bool = True) -> Row:
        there, here = (_list_url(changed), _here_url(changed, stage)) if known else ("", "")
        return Row(words, one.requests, one.units, there, here)

    rows = {
        "headings_rows": [row(heading_words(key), one, _about(filters, key)) for key, one in found.by_heading.items()],
        "states": [
            row(_state_words(key), one, replace(filters, state=key), known=bool(key))
            for key, one in found.by_state.items()
        ],
        "causes_rows": [
            row(label(ClosingCause(key)), one, replace(filters, cause=key))
            for key, one in found.by_cause.items()
            if key
        ],
    }
    return render_template(
        "assistance/gaps.html",
        filters=filters,
        stage=stage,
        heading=heading,
        heading_words=heading_words(heading) if heading else "",
        total=row("", found.total, filters),
        withheld=found.withheld if not heading and not filters.cause else 0,
        headings=[(key, heading_words(key)) for key in (*GROUPS, *sorted(SERVICES))],
        choices=choices(),
        causes=[(cause.value, label(cause)) for cause in ClosingCause],
        clear_url=url_for(PAGE),
        **{name: cut(found_rows) for name, found_rows in rows.items()},
    )


@bp.get("/gaps/public", endpoint="public_gaps")
@open_to_everyone
def public() -> str:
    found = public_gaps()
    tables: dict[str, list[Row]] = {"headings": [], "states": []}
    if found:
        tables["headings"] = [Row(heading_words(key), number) for key, number in found.by_heading.items()]
        tables["states"] = cut([Row(_state_words(key), number) for key, number in found.by_state.items()])
    return render_template("assistance/public_gaps.html", found=found, least=LEAST, **tables)


def cut(rows: Iterable[Row]) -> list[Row]:
    """The largest rows, and all others as one."""
    found = list(rows)
    first, rest = found[:MOST], found[MOST:]
    if not rest:
        return first
    return [*first, Row(gettext("All others"), sum(one.requests for one in rest), sum(one.units for one in rest))]


def heading_words(key: str) -> str:
    return GROUPS[key].name(current_language()) if key in GROUPS else label(LineKind(key))


def _state_words(iso2: str) -> str:
    return state_name(iso2) if iso2 in STATES else gettext("Organisations without a State")


def _read() -> tuple[Filters, str]:
    """Filters that the list of requests has too, and how the address calls their stage."""
    known = read_filters(asked.args)
    stage = asked.args.get("stage", "")
    stage = stage if stage in STAGES else ""
    filters = Filters(state=known.state, cause=known.cause, stage=STAGES[stage], unmet=True)
    return _about(filters, asked.args.get("what", "")), stage


def _about(filters: Filters, heading: str) -> Filters:
    group = heading if heading in GROUPS else ""
    return replace(filters, group=group, line=heading if heading in {*SERVICES} else "")


def _list_url(filters: Filters) -> str:
    return url_for("assistance.requests", **as_args(filters, Sort.NEWEST))


def _here_url(filters: Filters, stage: str) -> str:
    args: dict[str, Any] = {
        "what": filters.group or filters.line,
        "state": filters.state,
        "cause": filters.cause,
        "stage": stage,
    }
    return url_for(PAGE, **{name: value for name, value in args.items() if value})
