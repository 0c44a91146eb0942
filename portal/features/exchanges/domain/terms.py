"""The terms of a post as plain values: for forms that change them, for versions, and for the hash people consent to."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from portal.features.exchanges.domain.vocabulary import PostKind

COMMON = (
    *("title", "title_language", "interpreter", "min_days", "max_days", "costs_note", "site", "contact", "programme"),
    *("conditions", "restricted"),
)

MATERIAL = frozenset(
    {"topics", "languages", "interpreter", "windows", "min_days", "max_days", "band", "band_min", "band_max"}
    | {"clearance", "costs", "accepts_states", "excludes_states", "prefers_states", "places", "officers", "label"}
)
"""Terms that decide who fits, how well, and who may know: they stand still while the post is held."""


def terms_of(post: Any) -> dict[str, Any]:
    """What the post says now, under the names its command uses. Needs its topics, languages and windows loaded."""
    values: dict[str, Any] = {name: getattr(post, name) for name in COMMON}
    values |= {
        "formats": list(post.formats),
        "topics": sorted(t.topic for t in post.topics),
        "languages": [
            {"language": s.language, "level": s.level.value} for s in sorted(post.languages, key=lambda s: s.language)
        ],
        "windows": [
            {"starts_on": w.starts_on.isoformat(), "ends_on": w.ends_on.isoformat()}
            for w in sorted(post.windows, key=lambda w: (w.starts_on, w.ends_on))
        ],
        "clearance": post.clearance.value,
        "costs": sorted(post.costs),
        "accepts_states": sorted(post.accepts_states),
        "excludes_states": sorted(post.excludes_states),
        "label": post.label.value,
    }
    if post.kind == PostKind.OFFER:
        direction = post.direction.value if post.direction else None
        return values | {
            "direction": direction,
            "places": post.capacity,
            "band_min": post.band_min,
            "band_max": post.band_max,
        }
    values.pop("interpreter")
    return values | {"officers": post.capacity, "band": post.band_min, "prefers_states": list(post.prefers_states)}


def canonical(terms: Mapping[str, Any]) -> str:
    """One way to write the same terms, so that the same terms have the same hash."""
    return json.dumps(terms, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def hash_of(terms: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(terms).encode()).hexdigest()


def changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The names under which two sets of terms differ, in order."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
