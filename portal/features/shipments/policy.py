"""Who may do what with a shipment: the sending side sends, the recipient's storekeepers receive, approvers close.

A named implementer acts as the donor does on the shipments that it sends.
"""

from typing import Any

from portal.kernel.policy import ANYONE_SIGNED_IN, WORKS_FOR_OWNER, Actor, Grants, Permission, Role, Rule, has_role


class Shipments(Permission):
    LIST = "shipments:list"
    READ = "shipments:read"
    PREPARE = "shipments:prepare"
    CHANGE = "shipments:change"
    DISPATCH = "shipments:dispatch"
    CANCEL = "shipments:cancel"
    MOVE = "shipments:move"
    """Say that it reached a border, or arrived."""
    RECEIVE = "shipments:receive"
    CLOSE = "shipments:close"
    LOSE = "shipments:lose"
    REOPEN = "shipments:reopen"
    RETURN = "shipments:return"
    LINK = "shipments:link"
    ACKNOWLEDGE = "shipments:acknowledge"
    CERTIFY = "shipments:certify"
    """Print the certificate that both sides sign."""


def _works_for_implementer(actor: Actor, shipment: Any) -> bool:
    return actor.agency_id is not None and actor.agency_id == shipment.implementer_id


def _works_for_recipient(actor: Actor, shipment: Any) -> bool:
    return actor.agency_id is not None and actor.agency_id == shipment.recipient_id


WRITERS = has_role(Role.LIAISON_OFFICER, Role.EDITOR, Role.APPROVER)
DONORS = has_role(Role.DONOR_OFFICER, Role.DONOR_APPROVER)
approver = has_role(Role.APPROVER)
verified = Rule("works for a verified agency", lambda actor, _: actor.verified and actor.agency_id is not None)
sees = Rule("sees the shipment", lambda actor, shipment: shipment.disclosed_to(actor))
implementer = Rule("works for the implementer", _works_for_implementer)
recipient = Rule("works for the recipient", _works_for_recipient)

donor = DONORS & WORKS_FOR_OWNER
sender = (donor | ((DONORS | WRITERS) & implementer)) & sees
storekeeper = WRITERS & recipient & sees
decides_on_receipt = approver & recipient & sees

GRANTS: Grants = {
    Shipments.LIST: ANYONE_SIGNED_IN,
    Shipments.READ: sees,
    Shipments.PREPARE: (DONORS | WRITERS) & verified,
    Shipments.CHANGE: sender,
    Shipments.DISPATCH: sender,
    Shipments.CANCEL: sender,
    Shipments.MOVE: sender | storekeeper,
    Shipments.RECEIVE: storekeeper,
    Shipments.CLOSE: decides_on_receipt,
    Shipments.LOSE: sender | storekeeper,
    Shipments.REOPEN: decides_on_receipt | (donor & sees),
    Shipments.RETURN: decides_on_receipt | (donor & sees),
    Shipments.LINK: donor & sees,
    Shipments.ACKNOWLEDGE: sender,
    Shipments.CERTIFY: sender | storekeeper,
}
