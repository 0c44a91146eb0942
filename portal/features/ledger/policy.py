"""Who reads ledgers, and whose word it takes to correct them."""

from typing import Any

from portal.kernel.policy import WORKS_FOR_OWNER, Actor, Grants, Permission, Role, Rule, has_role

APPROVERS = (Role.APPROVER, Role.DONOR_APPROVER)
OVERSEERS = frozenset({Role.SECRETARIAT, Role.AUDITOR})
"""Follow every chain; what an entry holds they read where they may see the record."""
KEEPERS = OVERSEERS | {Role.ADMINISTRATOR}
"""Told when a chain does not hold or a figure differs; they see how long chains are, not what stands in them."""


class Ledgers(Permission):
    LIST = "ledgers:list"
    READ = "ledgers:read"
    EXPORT = "ledgers:export"
    CORRECT = "ledgers:correct"
    LOOK_AFTER = "ledgers:look_after"


class Corrections(Permission):
    READ = "corrections:read"
    CONFIRM = "corrections:confirm"
    REFUSE = "corrections:refuse"
    WITHDRAW = "corrections:withdraw"


def _second(actor: Actor, correction: Any) -> bool:
    """Where the event had two parties the other one agrees: neither rewrites a shared figure alone."""
    if actor.person_id == correction.proposed_by:
        return False
    return actor.agency_id == (correction.other_id or correction.agency_id)


approver = has_role(*APPROVERS)
keeps_a_ledger = Rule("is of an agency", lambda actor, _subject: actor.agency_id is not None)
second = Rule("is the second person, of the other party where there is one", _second)
proposed_it = Rule("proposed it", lambda actor, correction: actor.person_id == correction.proposed_by)

GRANTS: Grants = {
    Ledgers.LIST: keeps_a_ledger,
    Ledgers.READ: keeps_a_ledger,
    Ledgers.EXPORT: WORKS_FOR_OWNER,
    Ledgers.LOOK_AFTER: has_role(*sorted(KEEPERS)),
    Ledgers.CORRECT: approver & WORKS_FOR_OWNER,
    Corrections.READ: keeps_a_ledger,
    Corrections.CONFIRM: approver & second,
    Corrections.REFUSE: approver & second,
    Corrections.WITHDRAW: approver & proposed_it,
}
