"""What the lists share that are filtered by their address: reading it, chips of filters in use, links to other pages."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request
from pydantic import TypeAdapter
from werkzeug.datastructures import MultiDict

from portal.infra.ranges import Count, Found, Place
from portal.kernel.contract import Day
from portal.web.i18n import gettext
from portal.web.pagination import Page

Address = Callable[[Mapping[str, Any]], str]
"""The address of the list with these arguments."""
LONGEST_REF = 20
LONGEST_SEARCH = 200
_DAYS: TypeAdapter[date] = TypeAdapter(Day)


def searched(args: MultiDict[str, str]) -> str:
    return " ".join(args.get("q", "").split())[:LONGEST_SEARCH]


def one_of(value: str | None, known: Collection[str]) -> str:
    """What makes no sense is left out, as in any bad address."""
    return value if value and value in known else ""


def day_in(value: str | None) -> date | None:
    try:
        return _DAYS.validate_python(value) if value else None
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in use: its words, the filters without it, and their address."""

    words: str
    without: Any
    url: str


@dataclass(frozen=True, slots=True)
class Blocking:
    """The filter without which most would be shown."""

    words: str
    count: Count
    url: str


def blocking(chips: Iterable[Chip], count: Callable[[Any], Count]) -> Blocking | None:
    options = [Blocking(chip.words, count(chip.without), chip.url) for chip in chips]
    best = max(options, key=lambda option: option.count.number, default=None)
    return best if best and best.count.number else None


def place_asked(place_of: Callable[..., Place | None]) -> Place | None:
    """Where the page starts; an address that names nothing the reader knows starts at the beginning."""
    before = request.args.get("before", "")
    ref = before or request.args.get("after", "")
    return place_of(ref[:LONGEST_REF], before=bool(before)) if ref else None


def neighbours(found: Found, known: Mapping[int, str], refs: Callable[[Sequence[int]], Mapping[int, str]],
               address: Address, args: Mapping[str, Any]) -> Page:  # fmt: skip
    """Links to the pages before and after. `known` are references of rows that are there already, by id."""
    places = [place for place in (found.next, found.previous) if place]
    named = {**known, **refs([place.id for place in places if place.id not in known])}

    def link(place: Place | None, name: str) -> str | None:
        return address({**args, name: named[place.id]}) if place else None

    return Page((), link(found.next, "after"), link(found.previous, "before"))


def pairs(args: Mapping[str, Any]) -> list[tuple[str, str]]:
    """For hidden fields that carry the filters on."""
    return list(MultiDict(args).items(multi=True))


def region_name(region: str) -> str:
    return {
        "Africa": gettext("Africa"),
        "Americas": gettext("Americas"),
        "Asia": gettext("Asia"),
        "Europe": gettext("Europe"),
        "Oceania": gettext("Oceania"),
    }.get(region, region)
