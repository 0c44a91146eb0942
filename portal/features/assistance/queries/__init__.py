"""What can be read of requests for assistance. Lists and searches start from what the reader may see."""

from portal.features.assistance.queries.records import (
    by_id,
    counterparts,
    find,
    is_donor,
    loaded,
    with_seen,
)
from portal.features.assistance.queries.sight import exactly_visible, readable, visible

__all__ = [
    "by_id",
    "counterparts",
    "exactly_visible",
    "find",
    "is_donor",
    "loaded",
    "readable",
    "visible",
    "with_seen",
]
