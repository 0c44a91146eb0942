"""Reads a list's filters from the address. What makes no sense is left out, as in any bad address."""

from collections.abc import Collection
from typing import Any

from werkzeug.datastructures import MultiDict

from portal.features.assistance.domain.asking import PROVISIONS
from portal.features.assistance.domain.filters import Filters, Sort
from portal.features.assistance.domain.vocabulary import LineKind, Priority
from portal.kernel.equipment import GROUPS
from portal.kernel.states import REGIONS, STATES

LONGEST_SEARCH = 200
STAGES = ("ended", "all")
PLAIN = ("q", "group", "line", "letter", "state", "region", "priority", "stage")


def read_filters(args: MultiDict[str, str]) -> Filters:
    return Filters(
        q=" ".join(args.get("q", "").split())[:LONGEST_SEARCH],
        group=_one_of(args.get("group"), GROUPS),
        line=_one_of(args.get("line"), {kind.value for kind in LineKind}),
        letter=_one_of(args.get("letter"), PROVISIONS),
        state=_one_of(args.get("state"), STATES),
        region=_one_of(args.get("region"), REGIONS),
        priority=_one_of(args.get("priority"), {one.value for one in Priority}),
        never_pledged=args.get("never") == "1",
        stage=_one_of(args.get("stage"), STAGES),
    )


def read_sort(args: MultiDict[str, str]) -> Sort:
    return Sort(args["sort"]) if args.get("sort") in {s.value for s in Sort} else Sort.NEWEST


def as_args(filters: Filters, sort: Sort) -> dict[str, Any]:
    """The address that asks for the same."""
    plain: dict[str, Any] = {name: getattr(filters, name) for name in PLAIN}
    plain |= {"never": "1" if filters.never_pledged else "", "sort": sort.value if sort is not Sort.NEWEST else ""}
    return {name: value for name, value in plain.items() if value}


def _one_of(value: str | None, known: Collection[str]) -> str:
    return value if value and value in known else ""
