"""Two charts made on the server: scores as dots on a line, and two shares as a pair of bars. Digits only inside them."""

from collections.abc import Mapping

from markupsafe import Markup

from portal.web.pictures import use_icons

_WIDTH, _LEFT, _RIGHT, _BASE, _TOP = 560, 16, 544, 216, 12
_DOT, _STEP = 10.0, 23.0
_MOST_DOTS = 9
_TICK = 10


def strip(scores: Mapping[int, int], *, median: int | None, below: int) -> Markup:
    """How many pairs have each score: a dot for each, a diamond below `below`; columns where dots would not fit.

    Beside it stands a sentence with the same figures, so the drawing itself is hidden from screen readers.
    """
    if not scores:
        return Markup()
    first = min(*scores, below, *([median] if median is not None else [])) // _TICK * _TICK
    first = min(first, 90)
    place = lambda score: _LEFT + (_RIGHT - _LEFT) * (score - first) / (100 - first)  # noqa: E731
    ticks = "".join(
        f'<path class="sl" stroke-opacity=".35" d="M{place(at):.0f} {_TOP}V{_BASE}"/>'
        f'<text class="ax" text-anchor="middle" x="{place(at):.0f}" y="238">{at}</text>'
        for at in range(first, 101, _TICK)
    )
    lines = f'<path class="sl" d="M{_LEFT} {_BASE}H{_RIGHT}"/>'
    lines += f'<path class="sk" stroke-width="1.5" stroke-dasharray="5 4" d="M{place(below):.0f} 8V{_BASE}"/>'
    if median is not None:
        lines += f'<path class="sk" stroke-width="2" d="M{place(median):.0f} 8V{_BASE}"/>'
    tallest = max(scores.values())
    radius = min(_DOT, (_RIGHT - _LEFT) / (100 - first) * 1.9)
    draw = _dots if tallest <= _MOST_DOTS else _column
    marks = "".join(draw(place(score), n, radius, tallest, low=score < below) for score, n in sorted(scores.items()))
    return Markup(f'<svg class="colchart" viewBox="0 0 {_WIDTH} 250" aria-hidden="true">{ticks}{lines}{marks}</svg>')


def _dots(x: float, n: int, radius: float, _tallest: int, *, low: bool) -> str:
    heights = [_BASE - radius - 3 - _STEP * row for row in range(n)]
    if not low:
        return "".join(f'<circle class="c1" cx="{x:.1f}" cy="{y:.0f}" r="{radius:.1f}"/>' for y in heights)
    size = radius * 1.15
    return "".join(
        f'<path class="c3" d="M{x:.1f} {y - size:.1f}l{size:.1f} {size:.1f}-{size:.1f} {size:.1f}-{size:.1f}-{size:.1f}z"/>'
        for y in heights
    )


def _column(x: float, n: int, radius: float, tallest: int, *, low: bool) -> str:
    height = (_BASE - _TOP - 8) * n / tallest
    width = min(radius * 0.8, 8.0)
    return (
        f'<rect class="{"c3" if low else "c1"}" x="{x - width / 2:.1f}" y="{_BASE - height:.1f}"'
        f' width="{width:.1f}" height="{height:.1f}"/>'
    )


def pairbar(promised: float, real: float, largest: float) -> Markup:
    """What was wanted, hatched, above what was got, solid; both against the column's largest value."""
    use_icons(["hatch"])
    width = lambda value: f"{100 * min(value / largest, 1):.4g}%" if largest > 0 else "0%"  # noqa: E731
    return Markup(
        '<svg class="meter mirror" aria-hidden="true">'
        f'<rect fill="url(#hx)" width="{width(promised)}" height="46%"/>'
        f'<rect class="c1" y="54%" width="{width(real)}" height="46%"/></svg>'
    )
