"""The document that a pledge is committed with: attached to it before, or sent along."""

from datetime import datetime

from portal.features.assistance.domain.lifecycles import PLEDGE
from portal.features.assistance.domain.pledging import CommitPledge
from portal.features.assistance.models import Pledge
from portal.features.documents.domain import AttachDocument
from portal.features.documents.queries import live_of
from portal.features.documents.services import write
from portal.kernel.errors import Problem
from portal.kernel.policy import Actor


def agreement_problem(command: CommitPledge, pledge: Pledge) -> Problem | None:
    """Nothing is committed without the agreement itself."""
    attached = live_of(PLEDGE.name, pledge.ref)
    if command.file is not None:
        same = next((one for one in attached if one.digest == command.file.digest), None)
        return Problem("document_twice", "file", {"title": same.title}) if same else None
    if not command.document:
        return Problem("agreement_file_needed", "document" if attached else "file")
    known = command.document in {one.key for one in attached}
    return None if known else Problem("agreement_file_needed", "document")


def agreement_document(command: CommitPledge, pledge: Pledge, *, by: Actor, at: datetime) -> str:
    """The key of the document; a file that was sent along becomes one, labelled as the pledge is."""
    if command.file is None:
        return command.document
    sent = AttachDocument(file=command.file, title=command.agreement, label=pledge.label)
    return write(sent, lifecycle=PLEDGE, record=pledge, by=by, at=at).key
