"""Who may do what. Permissions are names; a grant says which rule opens each one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from portal.kernel.errors import NotAllowed, Problem


class Role(StrEnum):
    """What a person does for the agency they act in. `SYSTEM` is the portal's own clock."""

    LIAISON_OFFICER = "liaison_officer"
    EDITOR = "editor"
    APPROVER = "approver"
    COORDINATOR = "coordinator"
    DONOR_OFFICER = "donor_officer"
    DONOR_APPROVER = "donor_approver"
    INSPECTOR = "inspector"
    SECRETARIAT = "secretariat"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"


class Permission(StrEnum):
    """Each feature subclasses this: `class Offers(Permission): READ = "offers:read"`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The person acting, in one of their memberships, reduced to what decisions depend on.

    `state` is the ISO 3166-1 alpha-2 code of the agency's State, None for organisations without one.
    `verified` says that the agency is verified, `suspended` that its work is frozen.
    """

    person_id: int | None
    membership_id: int | None
    role: Role
    agency_id: int | None
    state: str | None = None
    verified: bool = True
    suspended: bool = False


SYSTEM = Actor(person_id=None, membership_id=None, role=Role.SYSTEM, agency_id=None)


def _nothing_more(_actor: Actor, _subject: Any) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Rule:
    """A named yes/no question about an actor and a subject; combine with `&` and `|`.

    `tells` gives the code of what those are told whom this rule refuses; in `a & b` the first that refuses speaks,
    so that nobody learns of a rule further on. None: their role does not allow it.
    """

    name: str
    holds: Callable[[Actor, Any], bool]
    tells: Callable[[Actor, Any], str | None] = _nothing_more

    def __and__(self, other: "Rule") -> "Rule":
        return Rule(
            f"{self.name} and {other.name}",
            lambda a, s: self.holds(a, s) and other.holds(a, s),
            lambda a, s: other.tells(a, s) if self.holds(a, s) else self.tells(a, s),
        )

    def __or__(self, other: "Rule") -> "Rule":
        return Rule(
            f"{self.name}, or {other.name}",
            lambda a, s: self.holds(a, s) or other.holds(a, s),
            lambda a, s: self.tells(a, s) or other.tells(a, s),
        )


Grants = Mapping[Permission, Rule]


def second_person(name: str, holds: Callable[[Actor, Any], bool]) -> Rule:
    """A rule of four eyes: whoever it refuses is told that another person takes the step."""
    return Rule(name, holds, lambda _actor, _subject: "another_person")


def has_role(*roles: Role) -> Rule:
    return Rule("is " + " or ".join(roles), lambda actor, _: actor.role in roles)


def _works_for_owner(actor: Actor, subject: Any) -> bool:
    return actor.agency_id is not None and actor.agency_id == subject.agency_id


ANYONE_SIGNED_IN = Rule("is signed in", lambda _actor, _subject: True)
NOBODY = Rule("is nobody: only the portal's clock does this", lambda _actor, _subject: False)
WORKS_FOR_OWNER = Rule("works for the agency that owns the record", _works_for_owner)


class Policy:
    """Every grant in the portal. A permission nobody granted is refused."""

    def __init__(self, *grants: Grants) -> None:
        self.grants: dict[Permission, Rule] = {}
        for group in grants:
            if twice := self.grants.keys() & group.keys():
                raise ValueError(f"granted twice: {sorted(twice)}")
            self.grants.update(group)

    def allows(self, actor: Actor | None, permission: Permission, subject: object = None) -> bool:
        rule = self.grants.get(permission)
        return actor is not None and rule is not None and rule.holds(actor, subject)

    def require(self, actor: Actor | None, permission: Permission, subject: object = None) -> None:
        if not self.allows(actor, permission, subject):
            rule = self.grants.get(permission)
            told = rule.tells(actor, subject) if actor and rule else None
            raise NotAllowed(permission, *([Problem(told)] if told else []))
