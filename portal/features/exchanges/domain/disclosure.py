"""Who sees how much of a post: the table "Who sees what" of the domain, as one pure function."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from portal.features.exchanges.domain.lifecycles import LIVE, WAITING, PostState
from portal.kernel.labels import Tlp
from portal.kernel.policy import Actor, Role

OPEN_LABELS = frozenset({Tlp.CLEAR, Tlp.GREEN})
NAMED_ONLY = frozenset({Tlp.AMBER_STRICT, Tlp.RED})
"""Records that only those see to whom they were released by name."""
OVERSEERS = frozenset({Role.SECRETARIAT, Role.AUDITOR})


class Disclosure(StrEnum):
    """How much is shown: from nothing at all to the exact site, contact and restricted remarks."""

    NOTHING = "nothing"
    REFERENCE = "reference"
    """Reference, label and state only."""
    SUMMARY = "summary"
    EXACT = "exact"


@dataclass(frozen=True, slots=True)
class Seen:
    """How a reader is connected to a post, as the database knows it."""

    fits: bool = False
    """A live post of the reader's agency fits this one."""
    live: bool = False
    """There is a live proposal between the two agencies."""
    agreed: bool = False
    """Both agencies agreed on terms."""
    released_to_agency: bool = False
    released_to_person: bool = False


class Shown(Protocol):
    """What the decision needs of a post."""

    agency_id: int
    label: Tlp
    state: PostState
    published_at: datetime | None

    @property
    def state_iso2(self) -> str | None: ...


def disclosure(actor: Actor | None, post: Shown, seen: Seen) -> Disclosure:
    if actor is None:
        return Disclosure.SUMMARY if post.label == Tlp.CLEAR and post.state in LIVE else Disclosure.NOTHING
    if actor.agency_id is not None and actor.agency_id == post.agency_id:
        return Disclosure.EXACT
    if _let_in_by_name(post, seen) or (seen.agreed and post.label != Tlp.RED):
        return Disclosure.EXACT
    if _coordinates(actor, post):
        return Disclosure.SUMMARY
    if actor.role in OVERSEERS:
        return _overseen(post)
    return Disclosure.SUMMARY if _shared_with(actor, post, seen) else Disclosure.NOTHING


def sees_document(actor: Actor, post: Shown, seen: Seen, label: Tlp) -> bool:
    """A document as open as its post goes with the post; a closer one only to those who see everything of it."""
    level = disclosure(actor, post, seen)
    return level is Disclosure.EXACT or (level is Disclosure.SUMMARY and label == post.label)


def _let_in_by_name(post: Shown, seen: Seen) -> bool:
    released = seen.released_to_person or (seen.released_to_agency and post.label != Tlp.RED)
    return released and post.published_at is not None


def _coordinates(actor: Actor, post: Shown) -> bool:
    waiting_here = post.state in WAITING and actor.state is not None and actor.state == post.state_iso2
    return actor.role == Role.COORDINATOR and waiting_here


def _overseen(post: Shown) -> Disclosure:
    if post.published_at is None:
        return Disclosure.NOTHING
    return Disclosure.REFERENCE if post.label in NAMED_ONLY else Disclosure.SUMMARY


def _shared_with(actor: Actor, post: Shown, seen: Seen) -> bool:
    if post.state not in LIVE:
        return False
    if not actor.verified or actor.agency_id is None:
        return post.label == Tlp.CLEAR
    return post.label in OPEN_LABELS or (post.label == Tlp.AMBER and (seen.fits or seen.live))
