"""Exports of the list: one row for each line of a request, as far as the reader may see, as CSV or XLSX."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from portal.features.assistance.domain.disclosure import Disclosure, disclosure
from portal.features.assistance.domain.filters import Filters, Sort
from portal.features.assistance.domain.vocabulary import Redaction
from portal.features.assistance.models import Request, RequestLine
from portal.features.assistance.queries.listing import every_id
from portal.features.assistance.queries.rows import rows as requests_of
from portal.infra.db import db
from portal.infra.tables import as_table
from portal.kernel.policy import Actor

MOST_REQUESTS = 10_000
CHUNK = 100
OF_REQUEST = ("ref", "label", "state", "agency", "agency_state", "title", "title_language", "priority", "needed_by")
OF_LINE = (
    *("line", "withheld", "kind", "category", "what", "quantity", "unit", "pledged", "open", "received"),
    *("unit_cost", "currency", "gap", "sustainment"),
)
OF_TEXT = ("end_user_unit", "problem", "objective", "sites")
COLUMNS = (*OF_REQUEST, *OF_LINE, *OF_TEXT)
FIGURES = frozenset({"line", "quantity", "pledged", "open", "received", "gap", "sustainment"})


def rows(actor: Actor, filters: Filters, sort: Sort) -> Iterator[list[str]]:
    """One row of plain texts for each line, or one for a request that is known by reference alone."""
    ids = islice(every_id(actor, filters, sort), MOST_REQUESTS)
    while chunk := list(islice(ids, CHUNK)):
        for request in requests_of(actor, chunk):
            for cells in _of_request(request, actor):
                yield [cells.get(name, "") for name in COLUMNS]
        db.session.expunge_all()


def _of_request(request: Request, actor: Actor) -> Iterator[dict[str, str]]:
    bare = {"ref": request.ref, "label": request.label.shown, "state": request.state.value}
    if disclosure(actor, request, request.seen) is Disclosure.REFERENCE:
        yield bare
        return
    common = bare | {
        "agency": request.agency.key,
        "agency_state": request.agency.state_iso2 or "",
        "title": request.title,
        "title_language": request.title_language,
        "priority": request.priority.value,
        "needed_by": request.needed_by.isoformat() if request.needed_by else "",
        **{name: _text(request, name) for name in OF_TEXT if request.shows(actor, name)},
    }
    for line in request.live_lines:
        yield common | _of_line(request, line, actor)


def _text(request: Request, name: str) -> str:
    value: Any = getattr(request, name)
    return "; ".join(site["name"] for site in value) if name == "sites" else str(value)


def _of_line(request: Request, line: RequestLine, actor: Actor) -> dict[str, str]:
    """A withheld line says why; its figures stay, so that totals reconcile."""
    figures = {"line": line.number, "quantity": line.quantity, "pledged": line.pledged, "received": line.received}
    found = {name: str(value) for name, value in figures.items()} | {"open": str(line.open)}
    if not request.shows(actor, line.field):
        rule = request.rules.get(line.field)
        reason: Redaction | None = rule.withheld if rule else None
        return found | {"withheld": reason.name.lower() if reason else "label"}
    cost, score = line.unit_cost, line.score
    return found | {
        "kind": line.kind.value,
        "category": line.category or "",
        "what": line.what,
        "unit": line.unit.value,
        "unit_cost": cost.canonical if cost else "",
        "currency": cost.currency if cost else "",
        "gap": "" if line.gap is None else str(line.gap),
        "sustainment": str(score.score) if score else "",
    }


def as_file(form: str, found: Iterable[Sequence[str]]) -> Iterator[bytes]:
    return as_table(form, COLUMNS, found, sheet="requests", figures=FIGURES)


# ------------------------------------------------------------------------------------------------------------- pledges

OF_PLEDGE = (
    *("ref", "label", "state", "request", "line", "donor", "quantity", "received", "unit_value", "value", "currency"),
    *("in_kind", "valuation", "procurer", "available_from", "valid_until", "conditions", "agreement"),
)


def pledge_cells(pledge: Any) -> list[str]:
    """One pledge that the reader sees, as plain texts in the order of `OF_PLEDGE`."""
    values = (
        *(pledge.ref, pledge.label.shown, pledge.state.value, pledge.request.ref, pledge.line.number),
        *(pledge.agency.key, pledge.quantity, pledge.received, pledge.unit_value.canonical, pledge.value.canonical),
        *(pledge.currency, "yes" if pledge.in_kind else "no", getattr(pledge.valuation, "value", "")),
        *(getattr(pledge.procurer, "value", ""), pledge.available_from.isoformat(), pledge.valid_until.isoformat()),
        *(pledge.conditions, pledge.agreement),
    )
    return [str(value) for value in values]
