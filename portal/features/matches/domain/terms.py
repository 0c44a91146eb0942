"""What both sides agree on: one version of the terms, its hash, and the difference between two versions."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class PostTermsSeen:
    """The version of a post's own terms that a proposal rests on."""

    ref: str
    version: int
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The canonical content of one version. Costs are the kinds that the host covers, in the order of their codes."""

    proposal: str
    version: int
    offer: PostTermsSeen
    need: PostTermsSeen
    starts_on: date
    ends_on: date
    officers: int
    costs: tuple[str, ...]
    conditions: str
    conditions_language: str

    @property
    def days(self) -> int:
        return (self.ends_on - self.starts_on).days + 1

    @property
    def hash(self) -> str:
        """SHA-256 over everything above: whoever accepts it accepts exactly this."""
        content = json.dumps(asdict(self), sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
        return hashlib.sha256(content.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that another version says differently. `code` names the words."""

    code: str
    before: object
    after: object


def differences(before: Terms, after: Terms) -> Iterator[Difference]:
    """What changed, in the order in which people read terms."""
    compared = (
        ("starts_on", before.starts_on, after.starts_on),
        ("ends_on", before.ends_on, after.ends_on),
        ("officers", before.officers, after.officers),
        ("costs", before.costs, after.costs),
        ("conditions", before.conditions, after.conditions),
        ("offer", before.offer.hash, after.offer.hash),
        ("need", before.need.hash, after.need.hash),
    )
    for code, old, new in compared:
        if old != new:
            yield Difference(code, old, new)
