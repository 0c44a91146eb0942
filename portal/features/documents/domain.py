"""What it takes to attach a file to a record of another slice, and to take it away again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.kernel.contract import Command, prose, words
from portal.kernel.files import attachment
from portal.kernel.labels import Tlp
from portal.kernel.lifecycle import Lifecycle
from portal.kernel.policy import Actor

MOST_OF_RECORD = 50
WIDEST_FIRST = (Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER, Tlp.AMBER_STRICT, Tlp.RED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """What a slice says about documents of one of its records. `portal/app.py` holds one for each lifecycle."""

    lifecycle: Lifecycle[Any]
    find: Callable[[Actor | None, str], Any]
    """The record behind a reference, if this actor may know of it."""
    sees: Callable[[Actor, Any, Tlp], bool]
    """Whether this actor sees a document with that label, which is never wider than the record's."""
    attaches: Callable[[Actor, Any], bool]
    label_of: Callable[[Any], Tlp]
    address: Callable[[Any], str]
    """Of the record's page."""
    title_of: Callable[[Any], str]


Owners = Mapping[str, Owner]
"""By the name of the lifecycle."""


def closer(one: Tlp, other: Tlp) -> Tlp:
    """The one that lets a record travel less far."""
    return max(one, other, key=WIDEST_FIRST.index)


def labels_within(label: Tlp) -> list[Tlp]:
    """Those that a document of a record with this label may carry."""
    return list(WIDEST_FIRST[WIDEST_FIRST.index(label) :])


class AttachDocument(Command):
    file: attachment()
    title: words(200, min_length=3)
    """What it is, for people who have not opened it."""
    label: Tlp


class RemoveDocument(Command):
    reason: prose(500, min_length=3)
