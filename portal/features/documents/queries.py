"""Documents of records, for those who see the record: the slice that owns it is asked each time."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from portal.features.documents.domain import Owner, Owners, closer
from portal.features.documents.models import Document
from portal.infra.db import db, first
from portal.kernel.labels import Tlp
from portal.kernel.policy import Actor


@dataclass(frozen=True, slots=True)
class Place:
    """A record that has documents, found through the reader's own visibility."""

    owner: Owner
    record: Any

    @property
    def subject(self) -> str:
        return self.owner.lifecycle.name

    @property
    def label(self) -> Tlp:
        return self.owner.label_of(self.record)


@dataclass(frozen=True, slots=True)
class Attached:
    """A document with the record it is attached to."""

    document: Document
    owner: Owner
    record: Any

    @property
    def agency_id(self) -> int | None:
        """Of the agency that attached it, which may also remove it."""
        return self.document.agency_id

    @property
    def label(self) -> Tlp:
        """A record that was closed later closes its documents with it."""
        return closer(self.document.label, self.owner.label_of(self.record))

    def seen_by(self, actor: Actor) -> bool:
        return self.owner.sees(actor, self.record, self.label)


def find_place(owners: Owners, actor: Actor | None, subject: str, ref: str) -> Place | None:
    """None unless this actor reads the record itself: knowing its reference alone opens nothing."""
    owner = owners.get(subject)
    record = owner.find(actor, ref) if owner else None
    if actor is None or owner is None or record is None:
        return None
    return Place(owner, record) if owner.sees(actor, record, owner.label_of(record)) else None


def find(owners: Owners, actor: Actor | None, key: str) -> Attached | None:
    """The document at an address; None when it was removed, or is not for this reader: both are the same 404."""
    document = first(select(Document).where(Document.key == key, Document.removed_at.is_(None)))
    place = find_place(owners, actor, document.subject, document.ref) if document else None
    if document is None or place is None or actor is None:
        return None
    attached = Attached(document, place.owner, place.record)
    return attached if attached.seen_by(actor) else None


def documents_of(place: Place, actor: Actor) -> list[Attached]:
    """What this reader sees of the record's documents, oldest first."""
    found = db.session.scalars(_of(place.subject, place.record.ref).where(Document.removed_at.is_(None)))
    attached = (Attached(document, place.owner, place.record) for document in found)
    return [one for one in attached if one.seen_by(actor)]


def removed_of(place: Place, actor: Actor) -> list[Attached]:
    """Removed ones stay on the record's page, for those who work on it."""
    found = db.session.scalars(_of(place.subject, place.record.ref).where(Document.removed_at.is_not(None)))
    attached = (Attached(document, place.owner, place.record) for document in found)
    return [one for one in attached if place.owner.attaches(actor, place.record) and one.seen_by(actor)]


def live_of(subject: str, ref: str) -> Sequence[Document]:
    """All of a record's, for services that have decided who may know of it."""
    return db.session.scalars(_of(subject, ref).where(Document.removed_at.is_(None))).all()


def kept_digests(digests: Collection[str]) -> set[str]:
    """Those among them that a document needs, removed ones included."""
    return set(db.session.scalars(select(Document.digest).where(Document.digest.in_(digests))))


def _of(subject: str, ref: str) -> Any:
    query = select(Document).where(Document.subject == subject, Document.ref == ref)
    return query.order_by(Document.id)
