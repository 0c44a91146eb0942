"""Who may do what with agencies and with what is known of States."""

from typing import Any

from portal.kernel.policy import WORKS_FOR_OWNER, Actor, Grants, Permission, Role, Rule, has_role


class Agencies(Permission):
    LIST = "agencies:list"
    READ = "agencies:read"
    HISTORY = "agencies:history"
    WRITE = "agencies:write"
    EDIT = "agencies:edit"
    VERIFY = "agencies:verify"
    SUSPEND = "agencies:suspend"
    RESUME = "agencies:resume"


class States(Permission):
    READ = "states:read"
    EDIT = "states:edit"
    ENDORSEMENT = "states:endorsement"


def _coordinates(actor: Actor, state: Any) -> bool:
    return actor.role == Role.COORDINATOR and actor.state is not None and actor.state == state.iso2


secretariat = has_role(Role.SECRETARIAT)
approver = has_role(Role.APPROVER)
verified = Rule("is of a verified agency", lambda actor, _subject: actor.verified)
of_another_agency = Rule("is not of that agency", lambda actor, agency: actor.agency_id != agency.agency_id)
coordinates_it = Rule("is the State's coordinator", _coordinates)

GRANTS: Grants = {
    Agencies.LIST: verified,
    Agencies.READ: verified | WORKS_FOR_OWNER,
    Agencies.HISTORY: WORKS_FOR_OWNER | has_role(Role.SECRETARIAT, Role.AUDITOR),
    Agencies.WRITE: secretariat,
    Agencies.EDIT: secretariat | (approver & WORKS_FOR_OWNER),
    Agencies.VERIFY: secretariat & of_another_agency,
    Agencies.SUSPEND: secretariat & of_another_agency,
    Agencies.RESUME: secretariat & of_another_agency,
    States.READ: verified,
    States.EDIT: secretariat,
    States.ENDORSEMENT: secretariat | coordinates_it,
}
