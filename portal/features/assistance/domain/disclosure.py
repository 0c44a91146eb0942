"""Who sees how much of a request and of its single fields: "Who sees what" of the domain, as pure functions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from portal.features.assistance.domain.lifecycles import SHOWN, WAITING, RequestState
from portal.features.assistance.domain.vocabulary import Redaction
from portal.kernel.labels import Tlp
from portal.kernel.policy import Actor, Role

OPEN_LABELS = frozenset({Tlp.CLEAR, Tlp.GREEN})
NAMED_ONLY = frozenset({Tlp.AMBER_STRICT, Tlp.RED})
"""Records that only those see to whom they were released by name."""
OVERSEERS = frozenset({Role.SECRETARIAT, Role.AUDITOR})
EXACT_FIELDS = frozenset({"sites", "contact", "restricted"})
"""Exact site, contact and names: between both sides of an accepted pledge only."""
ORDER = (Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER, Tlp.AMBER_STRICT, Tlp.RED)


class Disclosure(StrEnum):
    NOTHING = "nothing"
    REFERENCE = "reference"
    """Reference, label and state only."""
    SUMMARY = "summary"
    EXACT = "exact"


@dataclass(frozen=True, slots=True)
class Seen:
    """How a reader is connected to a request, as the database knows it."""

    live: bool = False
    """The reader's agency has a live pledge on it."""
    agreed: bool = False
    """One of them is accepted."""
    released_to_agency: bool = False
    released_exactly: bool = False
    released_to_person: bool = False


@dataclass(frozen=True, slots=True)
class FieldRule:
    """What its owner said about one field: a stricter label, or withheld for a reason."""

    label: Tlp | None = None
    withheld: Redaction | None = None


class Shown(Protocol):
    """What the decision needs of a request."""

    agency_id: int
    label: Tlp
    state: RequestState
    screening_at: datetime | None
    opened_at: datetime | None

    @property
    def state_iso2(self) -> str | None: ...


def disclosure(actor: Actor | None, request: Shown, seen: Seen, label: Tlp | None = None) -> Disclosure:
    """How much of the request this reader sees; with `label`, as if it carried that one (for single fields)."""
    label = label or request.label
    if actor is None:
        return Disclosure.SUMMARY if label == Tlp.CLEAR and request.state in SHOWN else Disclosure.NOTHING
    if actor.agency_id is not None and actor.agency_id == request.agency_id:
        return Disclosure.EXACT
    found = _by_name(actor, request, seen, label)
    if found is not Disclosure.NOTHING:
        return found
    if label not in NAMED_ONLY and (seen.agreed or seen.live):
        return Disclosure.EXACT if seen.agreed else Disclosure.SUMMARY
    if _coordinates(actor, request):
        return Disclosure.SUMMARY
    if actor.role in OVERSEERS:
        return _overseen(request, label)
    return Disclosure.SUMMARY if _shared_with(actor, request, label) else Disclosure.NOTHING


def sees_field(actor: Actor | None, request: Shown, seen: Seen, name: str, rules: Mapping[str, FieldRule]) -> bool:
    """Whether the reader sees this field of a request that they see."""
    if actor is not None and actor.agency_id is not None and actor.agency_id == request.agency_id:
        return True
    level = disclosure(actor, request, seen)
    if level in {Disclosure.NOTHING, Disclosure.REFERENCE}:
        return False
    if name in EXACT_FIELDS and level is not Disclosure.EXACT:
        return False
    rule = rules.get(name)
    if rule is None:
        return True
    if rule.withheld is not None:
        return False
    stricter = rule.label is not None and ORDER.index(rule.label) > ORDER.index(request.label)
    return not stricter or disclosure(actor, request, seen, rule.label) in {Disclosure.SUMMARY, Disclosure.EXACT}


def _by_name(actor: Actor, request: Shown, seen: Seen, label: Tlp) -> Disclosure:
    """Released: to the secretariat from its screening on, to everyone else once it is open."""
    reached = request.screening_at if actor.role in OVERSEERS else request.opened_at
    if reached is None:
        return Disclosure.NOTHING
    if seen.released_to_person:
        return Disclosure.EXACT
    if seen.released_to_agency and label != Tlp.RED:
        return Disclosure.EXACT if seen.released_exactly or seen.agreed else Disclosure.SUMMARY
    return Disclosure.NOTHING


def _coordinates(actor: Actor, request: Shown) -> bool:
    waiting_here = request.state in WAITING and actor.state is not None and actor.state == request.state_iso2
    return actor.role == Role.COORDINATOR and waiting_here


def _overseen(request: Shown, label: Tlp) -> Disclosure:
    if request.screening_at is None:
        return Disclosure.NOTHING
    return Disclosure.REFERENCE if label in NAMED_ONLY else Disclosure.SUMMARY


def _shared_with(actor: Actor, request: Shown, label: Tlp) -> bool:
    if request.state not in SHOWN:
        return False
    if not actor.verified or actor.agency_id is None:
        return label == Tlp.CLEAR
    return label in OPEN_LABELS
