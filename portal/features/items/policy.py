"""Who may do what with a donated item and with a finding.

An item has a holder (`agency_id`), an owner, a donor and sometimes an implementer. What changes it belongs to the
holder's people; what takes it from the holder needs the donor; what makes it verified belongs to neither.
"""

from typing import Any

from portal.kernel.policy import (
    ANYONE_SIGNED_IN,
    NOBODY,
    WORKS_FOR_OWNER,
    Actor,
    Grants,
    Permission,
    Role,
    Rule,
    has_role,
)


class Items(Permission):
    LIST = "items:list"
    READ = "items:read"
    REGISTER = "items:register"
    EDIT = "items:edit"
    DELIVER = "items:deliver"
    PLACE = "items:place"
    """Store it, or put it to use."""
    REPAIR = "items:repair"
    HAND_OVER = "items:hand_over"
    CONFIRM = "items:confirm"
    """Take a handover, or refuse it."""
    MISS = "items:miss"
    FIND = "items:find"
    LOSE = "items:lose"
    """Report it stolen or destroyed."""
    ASK = "items:ask"
    """Ask the donor for a transfer, for its retirement, or to take it back."""
    CONSENT = "items:consent"
    TAKE_OVER = "items:take_over"
    REFUSE = "items:refuse"
    CHECK = "items:check"
    PLAN = "items:plan"
    LABELS = "items:labels"
    CLOCK = "items:clock"


class Findings(Permission):
    LIST = "findings:list"
    READ = "findings:read"
    OPEN = "findings:open"
    """Asked of the item."""
    ACT = "findings:act"
    CLOSE = "findings:close"
    CLOCK = "findings:clock"


def _sees(actor: Actor, item: Any) -> bool:
    return bool(item.disclosed_to(actor))


def _works_for_donor(actor: Actor, item: Any) -> bool:
    return actor.agency_id is not None and actor.agency_id == item.funder_id


def _is_asked_to_take(actor: Actor, item: Any) -> bool:
    move = item.move
    return move is not None and actor.agency_id is not None and actor.agency_id == move.to_agency_id


def _receives_handover(actor: Actor, item: Any) -> bool:
    handover = item.handover
    return handover is not None and actor.person_id is not None and actor.person_id == handover.to_person_id


def _is_registered_by(actor: Actor, item: Any) -> bool:
    return actor.agency_id is not None and actor.agency_id in {item.funder_id, item.implementer_id}


def _another_agency(actor: Actor, finding: Any) -> bool:
    return actor.agency_id is not None and actor.agency_id != finding.agency_id


STAFF = has_role(Role.LIAISON_OFFICER, Role.EDITOR, Role.APPROVER)
DONORS = has_role(Role.DONOR_OFFICER, Role.DONOR_APPROVER)
CHECKERS = STAFF | DONORS | has_role(Role.INSPECTOR, Role.SECRETARIAT)
holding = WORKS_FOR_OWNER
approver = has_role(Role.APPROVER)
inspector = has_role(Role.INSPECTOR)
secretariat = has_role(Role.SECRETARIAT)
verified = Rule("works for a verified agency", lambda actor, _: actor.verified and actor.agency_id is not None)
sees = Rule("sees it", _sees)
donor = Rule("works for its donor", _works_for_donor)
asked_to_take = Rule("works for the agency that shall take it", _is_asked_to_take)
receives = Rule("is the one to whom it is handed", _receives_handover)
delivers = Rule("works for its donor or implementer", _is_registered_by)
another_agency = Rule("works for another agency than the one that answers for it", _another_agency)

GRANTS: Grants = {
    Items.LIST: ANYONE_SIGNED_IN,
    Items.READ: sees,
    Items.REGISTER: (STAFF | has_role(Role.DONOR_OFFICER)) & verified,
    Items.EDIT: (STAFF & holding) | (has_role(Role.DONOR_OFFICER) & delivers),
    Items.DELIVER: STAFF & holding,
    Items.PLACE: STAFF & holding,
    Items.REPAIR: STAFF & holding,
    Items.HAND_OVER: STAFF & holding,
    Items.CONFIRM: receives & holding,
    Items.MISS: (STAFF & holding) | (inspector & sees),
    Items.FIND: approver & holding,
    Items.LOSE: approver & holding,
    Items.ASK: approver & holding,
    Items.CONSENT: has_role(Role.DONOR_APPROVER) & donor,
    Items.TAKE_OVER: approver & asked_to_take,
    Items.REFUSE: (has_role(Role.DONOR_APPROVER) & donor) | (approver & asked_to_take),
    Items.CHECK: CHECKERS & sees & verified,
    Items.PLAN: (DONORS & donor) | (secretariat & sees),
    Items.LABELS: ANYONE_SIGNED_IN,
    Items.CLOCK: NOBODY,
    Findings.LIST: ANYONE_SIGNED_IN,
    Findings.READ: sees,
    Findings.OPEN: CHECKERS & sees & verified,
    Findings.ACT: STAFF & WORKS_FOR_OWNER,
    Findings.CLOSE: (DONORS | inspector | secretariat) & sees & another_agency,
    Findings.CLOCK: NOBODY,
}
