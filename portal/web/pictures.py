"""Small drawings made on the server: marks, digits and ISO codes only, so that every word stays in the page's text."""

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from flask import g
from markupsafe import Markup

from portal.web.icons import FLIP, ICONS

__all__ = [
    "FLIP",
    "ICONS",
    "drawn_alone",
    "hatch",
    "hbar",
    "icon",
    "meter",
    "months",
    "ring",
    "seats",
    "sprite",
    "swatch",
    "use_icons",
]

Window = tuple[date, date]

_ICONS_SHOWN: Final = "used_icons"
_HATCH: Final = "hatch"
"""Counted among the icons that a page used, though it is not one of them."""
_STRONG_SCORE: Final = 80
_RADIUS: Final = 20
_MONTH_STEP: Final = 16.5
_MONTH_WIDTH: Final = 15.0
_MONTHS_AT_LEAST: Final = 12
_MONTHS_AT_MOST: Final = 24
_SEATS_DRAWN_AT_MOST: Final = 10
_SWATCHES: Final = frozenset({"c1", "c2", "c3", "c4", "c5", "c6"})


def icon(name: str, cls: str = "") -> Markup:
    """A reference to one symbol of the sprite. Hidden from screen readers: an icon always stands beside a word."""
    html = _icon(name, cls)
    g.setdefault(_ICONS_SHOWN, {})[name] = None
    return html


@lru_cache(maxsize=1_000)
def _icon(name: str, cls: str) -> Markup:
    if name not in ICONS:
        raise KeyError(f"no icon is called {name!r}")
    classes = " ".join(part for part in ("i", "flip" if name in FLIP else "", cls) if part)
    return Markup('<svg class="{}" aria-hidden="true"><use href="#i-{}"/></svg>').format(classes, name)


def use_icons(names: Iterable[str]) -> None:
    """Have the page's sprite carry these."""
    g.setdefault(_ICONS_SHOWN, {}).update(dict.fromkeys(names))


@contextmanager
def drawn_alone() -> Iterator[dict[str, None]]:
    """Gives the icons that what is drawn inside uses, instead of adding them to the page's."""
    before = g.pop(_ICONS_SHOWN, None)
    icons: dict[str, None] = {}
    setattr(g, _ICONS_SHOWN, icons)
    try:
        yield icons
    finally:
        g.pop(_ICONS_SHOWN, None)
        if before is not None:
            setattr(g, _ICONS_SHOWN, before)


def sprite() -> Markup:
    """The symbols this page used, and no others. Stands last on the page."""
    shown: dict[str, None] = g.get(_ICONS_SHOWN, {})
    symbols = "".join(_symbol(name) for name in shown if name != _HATCH)
    return Markup(f'<svg class="vh" aria-hidden="true">{symbols}</svg>') if symbols else Markup()


def _symbol(name: str) -> str:
    return f'<symbol id="i-{name}" viewBox="0 0 24 24">{ICONS[name]}</symbol>'


def hatch() -> Markup:
    """The pattern that means "promised, not yet real"; written only on pages that drew it."""
    if _HATCH not in g.get(_ICONS_SHOWN, {}):
        return Markup()
    return Markup(
        '<svg class="vh" aria-hidden="true"><defs><pattern id="hx" width="6" height="6" patternUnits="userSpaceOnUse"'
        ' patternTransform="rotate(45)"><rect class="ch1" width="6" height="6"/>'
        '<path d="M0 0v6" stroke="#fff" stroke-opacity=".55" stroke-width="4"/></pattern></defs></svg>'
    )


def ring(v: int, big: bool = False) -> Markup:
    """A score from 0 to 100 as a ring with its digits. The sentence beside it says what is scored."""
    round_trip = 2 * math.pi * _RADIUS
    drawn = round_trip * min(max(v, 0), 100) / 100
    return Markup(
        f'<svg class="ring{" l" if big else ""}" viewBox="0 0 48 48" aria-hidden="true">'
        f'<circle cx="24" cy="24" r="{_RADIUS}"/>'
        f'<circle class="v{" hi" if v >= _STRONG_SCORE else ""}" cx="24" cy="24" r="{_RADIUS}"'
        f' stroke-dasharray="{drawn:.1f} {round_trip:.1f}" transform="rotate(-90 24 24)"/>'
        f'<text x="24" y="28.5">{int(v)}</text></svg>'
    )


def months(windows: Sequence[Window]) -> Markup:
    """Windows of dates as bands on a strip of months; the caller writes the dates beside it in words.

    The strip shows the calendar year when all windows lie in one; otherwise it begins with the first month
    that has a window and runs for a year, or to the last window, two years at most. A tick marks a new year.
    """
    if not windows:
        return Markup()
    first, length = _strip(windows)
    width = length * _MONTH_STEP - (_MONTH_STEP - _MONTH_WIDTH)
    cells = "".join(
        f'<rect class="track" x="{number * _MONTH_STEP:g}" width="{_MONTH_WIDTH:g}" height="13" rx="2.5"/>'
        for number in range(length)
    )
    bands = "".join(_band(window, first=first, length=length) for window in windows)
    return Markup(
        f'<svg class="months mirror" viewBox="0 0 {width:g} 17" aria-hidden="true">'
        f"{cells}{bands}{_year_ticks(first, length)}</svg>"
    )


def _strip(windows: Sequence[Window]) -> tuple[date, int]:
    start = min(opens for opens, _ in windows).replace(day=1)
    end = max(closes for _, closes in windows)
    if start.year == end.year:
        return date(start.year, 1, 1), _MONTHS_AT_LEAST
    needed = (end.year - start.year) * 12 + end.month - start.month + 1
    return start, min(max(needed, _MONTHS_AT_LEAST), _MONTHS_AT_MOST)


def _band(window: Window, *, first: date, length: int) -> str:
    opens, closes = window
    start = min(max(_month_position(opens, first), 0.0), float(length))
    # A window ends with its last day, so the band runs to the morning after.
    end = min(max(_month_position(closes + timedelta(days=1), first), start), float(length))
    x = start * _MONTH_STEP
    width = max((end - start) * _MONTH_STEP - (_MONTH_STEP - _MONTH_WIDTH), 5.0)
    x = min(x, length * _MONTH_STEP - width)
    return f'<rect class="c1" x="{x:.1f}" width="{width:.1f}" height="13" rx="2.5"/>'


def _month_position(day: date, first: date) -> float:
    whole = (day.year - first.year) * 12 + day.month - first.month
    return whole + (day.day - 1) / 31


def _year_ticks(first: date, length: int) -> str:
    turns = [number for number in range(1, length) if (first.month - 1 + number) % 12 == 0]
    gap = _MONTH_STEP - _MONTH_WIDTH
    return "".join(f'<path class="sk" d="M{number * _MONTH_STEP - gap / 2:g} 0v17"/>' for number in turns)


def seats(free: int, total: int) -> Markup:
    """One pip for each place, filled while it is free; nothing when there are too many to count at a glance."""
    if not 0 < total <= _SEATS_DRAWN_AT_MOST:
        return Markup()
    return Markup("").join(icon("seat", "free" if number < free else "") for number in range(total))


def meter(requested: float, pledged: float, delivered: float, verified: float, size: str = "") -> Markup:
    """How far help has come: verified within delivered within pledged within requested, in any one unit."""
    if not 0 <= verified <= delivered <= pledged <= requested:
        raise ValueError("a meter needs verified <= delivered <= pledged <= requested, none below zero")
    use_icons([_HATCH])
    gaps = "".join(
        f'<rect class="cw" x="{_percent(mark, requested)}" width="2" height="100%"/>'
        for mark in sorted({verified, delivered, pledged})
        if 0 < mark < requested
    )
    return _bar(
        f'<rect fill="url(#hx)" width="{_percent(pledged, requested)}" height="100%"/>'
        f'<rect class="c2" width="{_percent(delivered, requested)}" height="100%"/>'
        f'<rect class="c1" width="{_percent(verified, requested)}" height="100%"/>{gaps}'
        '<rect class="frame" width="100%" height="100%"/>',
        size,
    )


def hbar(value: float, largest: float, cls: str = "c1", size: str = "s") -> Markup:
    """One bar of a table's bar column, drawn against the column's largest value; starts at zero."""
    if cls not in _SWATCHES:
        raise KeyError(f"no chart colour is called {cls!r}")
    return _bar(f'<rect class="{cls}" width="{_percent(value, largest)}" height="100%"/>', size)


def swatch(kind: str) -> Markup:
    """The sample of a colour, of the pattern ("hatch") or of the empty track ("track") in a legend."""
    if kind == "hatch":
        use_icons([_HATCH])
        inside = '<rect fill="url(#hx)" width="100%" height="100%"/>'
    elif kind == "track":
        inside = '<rect class="track" width="100%" height="100%"/><rect class="frame" width="100%" height="100%"/>'
    elif kind in _SWATCHES:
        inside = f'<rect class="{kind}" width="100%" height="100%"/>'
    else:
        raise KeyError(f"no chart colour is called {kind!r}")
    return Markup(f'<svg aria-hidden="true">{inside}</svg>')


def _bar(inside: str, size: str) -> Markup:
    classes = " ".join(part for part in ("meter", size if size in {"s", "xs"} else "", "mirror") if part)
    return Markup(
        f'<svg class="{classes}" aria-hidden="true"><rect class="track" width="100%" height="100%"/>{inside}</svg>'
    )


def _percent(value: float, whole: float) -> str:
    return f"{100 * min(value / whole, 1):.4g}%" if whole > 0 else "0%"
