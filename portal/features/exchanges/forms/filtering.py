"""Reads a list's filters from the address. What makes no sense is left out, as in any bad address."""

from typing import Any

from werkzeug.datastructures import MultiDict

from portal.features.exchanges.domain.filters import Filters, Sort
from portal.features.exchanges.domain.vocabulary import Format
from portal.kernel.languages import Level
from portal.kernel.spoken import CODES
from portal.kernel.states import REGIONS, STATES
from portal.kernel.topics import LETTERS, TOPICS
from portal.web.filtering import day_in, one_of, searched


def read_filters(args: MultiDict[str, str], *, may_fit: bool) -> Filters:
    return Filters(
        q=searched(args),
        topic=tuple(key for key in dict.fromkeys(args.getlist("topic")) if key in TOPICS),
        letter=tuple(tag for tag in dict.fromkeys(args.getlist("letter")) if tag in LETTERS),
        state=one_of(args.get("state"), STATES),
        region=one_of(args.get("region"), REGIONS),
        language=one_of(args.get("language"), CODES),
        level=one_of(args.get("level"), {level.value for level in Level}) if args.get("language") in CODES else "",
        format=one_of(args.get("format"), {format_.value for format_ in Format}),
        starts=day_in(args.get("from")),
        ends=day_in(args.get("to")),
        free=args.get("free") == "1",
        fits=may_fit and args.get("fits") == "1",
    )


def read_sort(args: MultiDict[str, str], *, may_fit: bool) -> Sort:
    sort = Sort(args["sort"]) if args.get("sort") in {s.value for s in Sort} else Sort.NEWEST
    return sort if may_fit or sort is not Sort.FIT else Sort.NEWEST


def as_args(filters: Filters, sort: Sort) -> dict[str, Any]:
    """The address that asks for the same."""
    plain: dict[str, Any] = {
        "q": filters.q,
        "topic": list(filters.topic),
        "letter": list(filters.letter),
        "state": filters.state,
        "region": filters.region,
        "language": filters.language,
        "level": filters.level,
        "format": filters.format,
        "from": filters.starts.isoformat() if filters.starts else "",
        "to": filters.ends.isoformat() if filters.ends else "",
        "free": "1" if filters.free else "",
        "fits": "1" if filters.fits else "",
        "sort": sort.value if sort is not Sort.NEWEST else "",
    }
    return {name: value for name, value in plain.items() if value}
