"""The map of flows between States, made on the server: bands on a map of the world, with codes in Latin letters only."""

import math
from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from portal.kernel.positions import Point, on_map
from portal.kernel.states import STATES

Flow = tuple[str, str, float]
"""From a State, to a State, how much."""
_BEND: Final = 0.22
_APART: Final = 26.0
"""Names nearer than this are left out on small screens."""


def flow_map(flows: Sequence[Flow], land: str) -> Markup:
    """Bands that widen towards the receiver, the widest for the largest flow; empty when no place is known.

    `land` is the address of the map of the world.

    Beside it stand a sentence and a table with the same figures, so the drawing is hidden from screen readers.
    """
    known = [(start, end, one) for one in flows if one[2] > 0 and (start := on_map(one[0])) and (end := on_map(one[1]))]
    if not known:
        return Markup()
    largest = max(one[2] for _, _, one in known)
    bands, dots, places = "", "", dict[str, Point]()
    for start, end, (giver, taker, amount) in known:
        width = 2 + 9 * math.sqrt(amount / largest)
        bands += _band(start, end, width)
        dots += f'<circle class="d" cx="{end[0]:.0f}" cy="{end[1]:.0f}" r="{3 + width / 3:.1f}"/>'
        places |= {giver: start, taker: end}
    givers = {one[0]: start for start, _, one in known}
    dots += "".join(f'<circle class="o" cx="{x:.0f}" cy="{y:.0f}" r="5"/>' for x, y in givers.values())
    return Markup(
        f'<svg class="map" viewBox="20 5 960 395" aria-hidden="true"><image href="{land}" width="1000"'
        f' height="410"/>{bands}{dots}{_names(places, givers)}</svg>'
    )


def _band(start: Point, end: Point, width: float) -> str:
    (x1, y1), (x2, y2) = start, end
    across, down = x2 - x1, y2 - y1
    length = math.hypot(across, down) or 1
    bend = _BEND if across >= 0 else -_BEND
    cx, cy = (x1 + x2) / 2 + down * bend, (y1 + y2) / 2 - across * bend
    nx, ny = -down / length * width * 0.3, across / length * width * 0.3
    far = math.hypot(x2 - cx, y2 - cy) or 1
    mx, my = -(y2 - cy) / far * width / 2, (x2 - cx) / far * width / 2
    return (
        f'<path class="fl" d="M{x1:.0f} {y1:.0f}Q{cx + nx:.1f} {cy + ny:.1f} {x2 + mx:.1f} {y2 + my:.1f}'
        f'L{x2 - mx:.1f} {y2 - my:.1f}Q{cx - nx:.1f} {cy - ny:.1f} {x1:.0f} {y1:.0f}Z"/>'
    )


def _names(places: dict[str, Point], givers: dict[str, Point]) -> str:
    """Three letters beside each place: above a giver, else away from the middle of all places."""
    middle = sum(x for x, _ in places.values()) / len(places)
    drawn: list[Point] = []
    found = ""
    for iso2, (x, y) in sorted(places.items(), key=lambda one: one[0] not in givers):
        near = any(math.hypot(x - px, y - py) < _APART for px, py in drawn)
        drawn.append((x, y))
        if iso2 in givers:
            dx, dy, anchor = 0, -11, "middle"
        else:
            dx, dy, anchor = (12, 5, "start") if x >= middle else (-12, 5, "end")
        minor = ' class="minor"' if near else ""
        found += f'<text{minor} x="{x + dx:.0f}" y="{y + dy:.0f}" text-anchor="{anchor}">{STATES[iso2].iso3}</text>'
    return found
