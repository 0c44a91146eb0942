"""A thing that waits for someone: derived from the records themselves, so that it is never out of date."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """`code` names the words: `task.<code>` starts with a verb, `task.<code>.button` is the button's word.

    `params` fill the words. `endpoint` and `args` lead to where it is done. `waits_on_us` False means that the
    other side has to act and we only watch.
    """

    code: str
    ref: str
    endpoint: str
    args: Mapping[str, str]
    params: Mapping[str, str] = field(default_factory=dict)
    since: datetime
    due_at: datetime | None = None
    icon: str = "edit"
    waits_on_us: bool = True
