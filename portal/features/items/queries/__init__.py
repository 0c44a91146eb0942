"""What can be read of items. Lists start from what the reader may see."""

from portal.features.items.queries.records import find, find_finding
from portal.features.items.queries.sight import findings_seen, visible
from portal.features.items.queries.tasks import tasks

__all__ = ["find", "find_finding", "findings_seen", "tasks", "visible"]
