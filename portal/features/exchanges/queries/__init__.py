"""What can be read of offers and needs. Lists and searches start from what the reader may see."""

from portal.features.exchanges.queries.approvers import others_may_approve
from portal.features.exchanges.queries.records import by_id, find, loaded, loader, terms_versions, with_seen
from portal.features.exchanges.queries.sight import exactly_visible, visible
from portal.features.exchanges.queries.tasks import tasks

__all__ = [
    "by_id",
    "exactly_visible",
    "find",
    "loaded",
    "loader",
    "others_may_approve",
    "tasks",
    "terms_versions",
    "visible",
    "with_seen",
]
