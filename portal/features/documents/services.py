"""Attaches documents to records and removes them; what happened stands in the history of the record."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update

from portal.features.documents.domain import MOST_OF_RECORD, AttachDocument, RemoveDocument, labels_within
from portal.features.documents.models import Document
from portal.features.documents.queries import Attached, Place, kept_digests, live_of
from portal.infra.db import db
from portal.infra.files import Store
from portal.infra.history import note
from portal.kernel.errors import Frozen, Problem, Rejected, Stale
from portal.kernel.lifecycle import Lifecycle
from portal.kernel.policy import Actor

UNATTACHED = timedelta(days=2)
"""How long a file is kept that was sent with a form that was not accepted."""


def attach(command: AttachDocument, *, place: Place, by: Actor, at: datetime) -> Document:
    if place.record.frozen:
        raise Frozen
    if problems := _problems(command, place):
        raise Rejected(*problems)
    return write(command, lifecycle=place.owner.lifecycle, record=place.record, by=by, at=at)


def write(command: AttachDocument, *, lifecycle: Lifecycle[Any], record: Any, by: Actor, at: datetime) -> Document:
    """Attach what another slice has checked as part of a step of its own record."""
    document = Document(
        key=secrets.token_urlsafe(16),
        subject=lifecycle.name,
        ref=record.ref,
        title=command.title,
        label=command.label,
        name=command.file.name,
        kind=command.file.kind,
        size=command.file.size,
        digest=command.file.digest,
        agency_id=by.agency_id,
        person_id=by.person_id,
        attached_at=at,
    )
    db.session.add(document)
    db.session.flush()
    note(lifecycle, record, "attach_document", by=by, at=at, details={"document": document.key})
    return document


def remove(command: RemoveDocument, *, attached: Attached, by: Actor, at: datetime) -> Document:
    if attached.record.frozen:
        raise Frozen
    document = attached.document
    # Of two who remove it at once one does: the history says it once.
    standing = update(Document).where(Document.id == document.id, Document.removed_at.is_(None))
    if db.session.execute(standing.values(removed_at=at)).rowcount != 1:  # type: ignore[attr-defined]
        raise Stale(Problem("changed_meanwhile"))
    note(
        attached.owner.lifecycle,
        attached.record,
        "remove_document",
        by=by,
        at=at,
        reason=command.reason,
        details={"document": document.key},
    )
    return document


def _problems(command: AttachDocument, place: Place) -> list[Problem]:
    there = live_of(place.subject, place.record.ref)
    problems = []
    if command.label not in labels_within(place.label):
        problems.append(Problem("label_too_wide", "label", {"label": place.label.shown}))
    if len(there) >= MOST_OF_RECORD:
        problems.append(Problem("documents_too_many", None, {"most": MOST_OF_RECORD}))
    if same := next((one for one in there if one.digest == command.file.digest), None):
        problems.append(Problem("document_twice", "file", {"title": same.title}))
    return problems


def forget_unattached(store: Store, *, at: datetime) -> int:
    """Delete what was sent with forms that came to nothing; how many files."""
    forgotten = 0
    for digests in store.older_than(at - UNATTACHED):
        alone = set(digests) - kept_digests(digests)
        store.delete(alone)
        forgotten += len(alone)
    return forgotten
