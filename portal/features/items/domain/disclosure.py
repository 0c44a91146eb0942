"""Who sees an item: its parties, and those who oversee, unless its label names the parties alone."""

from collections.abc import Collection
from typing import Protocol

from portal.kernel.labels import Tlp
from portal.kernel.policy import Actor, Role

LABELS = (Tlp.AMBER, Tlp.AMBER_STRICT)
"""Who holds what at which border post is never open to all agencies; figures are (small ones suppressed)."""
OVERSEERS = frozenset({Role.SECRETARIAT, Role.AUDITOR})


class Shown(Protocol):
    """What the decision needs of an item."""

    label: Tlp

    @property
    def party_ids(self) -> Collection[int]: ...


def disclosed(actor: Actor | None, item: Shown) -> bool:
    """The Python twin of `queries.sight.visible`."""
    if actor is None:
        return False
    if actor.agency_id is not None and actor.agency_id in item.party_ids:
        return True
    return actor.role in OVERSEERS and item.label == Tlp.AMBER
