"""Who may read, attach and remove documents: the slice that owns the record decides, through its `Owner`."""

from typing import Any

from portal.kernel.policy import WORKS_FOR_OWNER, Actor, Grants, Permission, Rule


class Documents(Permission):
    LIST = "documents:list"
    READ = "documents:read"
    ATTACH = "documents:attach"
    REMOVE = "documents:remove"


def _sees(actor: Actor, attached: Any) -> bool:
    return bool(attached.seen_by(actor))


def _attaches(actor: Actor, place: Any) -> bool:
    return bool(place.owner.attaches(actor, place.record))


sees_record = Rule("sees the record", lambda _actor, place: place.record is not None)
sees_document = Rule("sees the record and this document of it", _sees)
works_on_record = Rule("may attach to the record", _attaches)

GRANTS: Grants = {
    Documents.LIST: sees_record,
    Documents.READ: sees_document,
    Documents.ATTACH: works_on_record,
    Documents.REMOVE: works_on_record & WORKS_FOR_OWNER,
}
