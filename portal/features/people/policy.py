"""Who may do what with accounts, memberships and invitations."""

from typing import Any

from portal.kernel.policy import ANYONE_SIGNED_IN, WORKS_FOR_OWNER, Actor, Grants, Permission, Role, Rule, has_role


class People(Permission):
    ACCOUNT = "people:account"
    MEMBERS = "people:members"
    INVITE = "people:invite"
    END = "people:end"
    LEAVE = "people:leave"
    DEPUTY = "people:deputy"


def _is_own_membership(actor: Actor, subject: Any) -> bool:
    return actor.person_id is not None and actor.person_id == subject.person_id


approves_here = has_role(Role.APPROVER) & WORKS_FOR_OWNER
secretariat = has_role(Role.SECRETARIAT)
own_membership = Rule("is the member", _is_own_membership)

GRANTS: Grants = {
    People.ACCOUNT: ANYONE_SIGNED_IN,
    People.MEMBERS: approves_here | secretariat | (has_role(Role.AUDITOR, Role.ADMINISTRATOR)),
    People.INVITE: approves_here | secretariat,
    People.END: approves_here | secretariat,
    People.LEAVE: own_membership,
    People.DEPUTY: approves_here | secretariat,
}
