"""A post as the cells of a programme row: for exports, and for comparing what stands with what comes."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.programme.tables import SHAPES, TABLE_OF
from portal.kernel.labels import Tlp

UNORDERED = frozenset(
    {"topics", "format", "languages", "windows", "accepts_states", "excludes_states", "covers_costs", "requires_costs"}
)
"""Lists in which the order says nothing. Preferred States are ranked."""


def label_cell(label: Tlp) -> str:
    return label.value.upper().replace("_", "+")


def listed(items: Iterable[object]) -> str:
    return ";".join(str(item) for item in items)


def languages_cell(languages: Iterable[tuple[str, str]]) -> str:
    return listed(f"{language}:{level}" for language, level in languages)


def windows_cell(windows: Iterable[tuple[date, date]]) -> str:
    return listed(f"{first.isoformat()}/{last.isoformat()}" for first, last in windows)


def post_cells(kind: PostKind, values: Mapping[str, Any]) -> dict[str, str]:
    """The cells of a post, from values under the names of the columns of `post` and of its lists."""
    cells = {
        "title": values["title"],
        "title_lang": values["title_language"],
        "topics": listed(values["topics"]),
        "languages": languages_cell(values["languages"]),
        "windows": windows_cell(values["windows"]),
        "min_days": str(values["min_days"]),
        "max_days": str(values["max_days"]),
        "accepts_states": listed(values["accepts_states"]),
        "excludes_states": listed(values["excludes_states"]),
        "clearance": str(values["clearance"]),
        "label": label_cell(values["label"]),
    }
    if kind == PostKind.OFFER:
        return cells | {
            "format": listed(values["formats"]),
            "places": str(values["capacity"]),
            "interpreter": "yes" if values["interpreter"] else "no",
            "band_min": str(values["band_min"]),
            "band_max": str(values["band_max"]),
            "covers_costs": listed(values["costs"]),
            "site": values["site"],
        }
    return cells | {
        "officers": str(values["capacity"]),
        "band": str(values["band_min"]),
        "prefers_states": listed(values["prefers_states"]),
        "requires_costs": listed(values["costs"]),
    }


def values_of(terms: Any, kind: PostKind) -> dict[str, Any]:
    """The values behind a checked row."""
    offer = kind == PostKind.OFFER
    return {
        "title": terms.title,
        "title_language": terms.title_language,
        "topics": terms.topics,
        "formats": [f.value for f in terms.formats],
        "capacity": terms.places if offer else terms.officers,
        "languages": sorted((s.language, s.level.value) for s in terms.languages),
        "interpreter": terms.interpreter if offer else False,
        "windows": sorted((w.starts_on, w.ends_on) for w in terms.windows),
        "min_days": terms.min_days,
        "max_days": terms.max_days,
        "band_min": terms.band_min if offer else terms.band,
        "band_max": terms.band_max if offer else terms.band,
        "accepts_states": terms.accepts_states,
        "excludes_states": terms.excludes_states,
        "prefers_states": () if offer else terms.prefers_states,
        "clearance": terms.clearance.value,
        "costs": [c.value for c in terms.costs],
        "site": terms.site,
        "label": terms.label,
    }


def same(column: str, before: str, after: str) -> bool:
    """Whether two cells say the same."""
    if column in UNORDERED:
        return sorted(before.split(";")) == sorted(after.split(";"))
    return before == after


def columns_of(kind: PostKind) -> tuple[str, ...]:
    """All columns but the key and the agency, in the order of the file."""
    return tuple(c for c in SHAPES[TABLE_OF[kind]].order if c not in {"key", "agency"})
