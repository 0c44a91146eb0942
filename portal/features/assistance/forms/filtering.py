"""Reads a list's filters from the address. What makes no sense is left out, as in any bad address."""

from decimal import Decimal
from typing import Any

from werkzeug.datastructures import MultiDict

from portal.features.assistance.domain.asking import PROVISIONS
from portal.features.assistance.domain.filters import Filters, Sort
from portal.features.assistance.domain.finding import SCORES
from portal.features.assistance.domain.vocabulary import ClosingCause, LineKind, Priority
from portal.features.rates.queries import reporting_currency
from portal.kernel.amounts import readings
from portal.kernel.equipment import EQUIPMENT, GROUPS
from portal.kernel.money import MOST
from portal.kernel.states import REGIONS, STATES
from portal.web.filtering import day_in, one_of, searched

STAGES = ("ended", "all")
PLAIN = ("q", "group", "category", "line", "letter", "state", "region", "priority", "keeps", "cause", "stage")
AMOUNTS = ("least", "most")


def read_filters(args: MultiDict[str, str], *, open_only: bool = False) -> Filters:
    least, most = (_amount(args.get(name)) for name in AMOUNTS)
    keeps = one_of(args.get("keeps"), {str(score) for score in SCORES})
    return Filters(
        q=searched(args),
        group=one_of(args.get("group"), GROUPS),
        category=one_of(args.get("category"), EQUIPMENT),
        line=one_of(args.get("line"), {kind.value for kind in LineKind}),
        letter=one_of(args.get("letter"), PROVISIONS),
        state=one_of(args.get("state"), STATES),
        region=one_of(args.get("region"), REGIONS),
        priority=one_of(args.get("priority"), {one.value for one in Priority}),
        keeps=int(keeps or 0),
        needed=day_in(args.get("needed")),
        least=least,
        most=most,
        currency=reporting_currency() if least is not None or most is not None else "",
        cause="" if open_only else one_of(args.get("cause"), {one.value for one in ClosingCause}),
        never_pledged=args.get("never") == "1",
        unmet=args.get("unmet") == "1" and not open_only,
        stage="" if open_only else one_of(args.get("stage"), STAGES),
        open_only=open_only,
    )


def read_sort(args: MultiDict[str, str]) -> Sort:
    return Sort(args["sort"]) if args.get("sort") in {s.value for s in Sort} else Sort.NEWEST


def unread_amount(args: MultiDict[str, str]) -> bool:
    """An amount was typed that is none, or can be read in two ways: it is never guessed, so it filters nothing."""
    return any(args.get(name, "").strip() and _amount(args.get(name)) is None for name in AMOUNTS)


def as_args(filters: Filters, sort: Sort) -> dict[str, Any]:
    """The address that asks for the same."""
    plain: dict[str, Any] = {name: str(getattr(filters, name) or "") for name in PLAIN}
    plain |= {
        "needed": filters.needed.isoformat() if filters.needed else "",
        "least": "" if filters.least is None else f"{filters.least:f}",
        "most": "" if filters.most is None else f"{filters.most:f}",
        "never": "1" if filters.never_pledged else "",
        "unmet": "1" if filters.unmet else "",
        "sort": sort.value if sort is not Sort.NEWEST else "",
    }
    return {name: value for name, value in plain.items() if value}


def _amount(value: str | None) -> Decimal | None:
    """A whole amount in the digits of any language."""
    found = readings(value or "")
    figure = found[0].number if len(found) == 1 and not found[0].places else None
    return figure if figure is not None and figure <= MOST else None
