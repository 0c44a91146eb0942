"""Where a State's name stands on the map of the world, roughly: portal/data/positions.csv, in degrees."""

import csv
import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent.parent / "data" / "positions.csv"
Point = tuple[float, float]
_WIDTH = 1000
_TOP_AT = math.radians(74)
"""The northern edge of portal/web/static/land.svg."""


@cache
def _read() -> dict[str, Point]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return {row["iso2"]: (float(row["longitude"]), float(row["latitude"])) for row in csv.DictReader(file)}


POSITIONS: Mapping[str, Point] = _read()


def on_map(iso2: str) -> Point | None:
    """The place on the map, in its own units: Natural Earth's projection, 1,000 wide."""
    there = POSITIONS.get(iso2)
    if there is None:
        return None
    longitude, latitude = (math.radians(value) for value in there)
    scale = _WIDTH / (2 * math.pi * 0.8707)
    squared = latitude * latitude
    fourth = squared * squared
    x = longitude * (
        0.8707 - 0.131979 * squared + fourth * (-0.013791 + fourth * (0.003971 * squared - 0.001529 * fourth))
    )
    return x * scale + _WIDTH / 2, (_height(_TOP_AT) - _height(latitude)) * scale


def _height(latitude: float) -> float:
    squared = latitude * latitude
    fourth = squared * squared
    return latitude * (1.007226 + squared * (0.015085 + fourth * (-0.044475 + 0.028874 * squared - 0.005916 * fourth)))
