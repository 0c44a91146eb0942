"""What the domain says when it refuses. The web layer alone turns these into pages and JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, as a stable code a translator and an API client can both rely on.

    `field` is the name of the form control, nested ones joined with hyphens: `windows-0-ends_on`.
    """

    code: str
    field: str | None = None
    params: Mapping[str, object] = dataclass_field(default_factory=dict)


class DomainError(Exception):
    """Base of every refusal."""


class Rejected(DomainError):
    """The request makes no sense as it stands; `problems` lists everything wrong with it."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(", ".join(f"{p.field or '*'}: {p.code}" for p in problems))
        self.problems = problems


class Conflict(DomainError):
    """The request was fine once, but the record has moved on. Base of every 409; `problems` say what happened."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(", ".join(p.code for p in problems))
        self.problems = problems


class IllegalTransition(Conflict):
    """The record is not in a state from which this step can be taken."""

    def __init__(self, lifecycle: str, transition: str, state: str) -> None:
        super().__init__(Problem("illegal_transition", None, {"lifecycle": lifecycle, "state": state}))
        self.lifecycle, self.transition, self.state = lifecycle, transition, state
        self.changed_by: str | None = None
        self.changed_at: datetime | None = None


class Stale(Conflict):
    """Someone else changed the record after this person opened it."""


class NothingLeft(Conflict):
    """All that could be claimed has been claimed; `remaining` is what could still be had."""

    def __init__(self, *, field: str, remaining: int) -> None:
        super().__init__(Problem("nothing_left", field, {"remaining": remaining}))
        self.remaining = remaining


class Frozen(Conflict):
    """The agency, or its counterpart, is suspended: its open work waits."""

    def __init__(self) -> None:
        super().__init__(Problem("agency_suspended"))


class NotAllowed(DomainError):
    """This actor may not do this to this subject; `problems` say why, where it is not the role alone."""

    def __init__(self, permission: str, *problems: Problem) -> None:
        super().__init__(permission)
        self.permission, self.problems = permission, problems
