"""From files to a plan, and from a confirmed plan to the database: what the page and the command have in common."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe

from sqlalchemy import delete, func, select

from portal.features.exchanges.programme.checking import check
from portal.features.exchanges.programme.comparing import Plan, compare, known_agency_keys
from portal.features.exchanges.programme.findings import Finding
from portal.features.exchanges.programme.models import ProgrammeFile, ProgrammeUpload
from portal.features.exchanges.programme.sheets import Reading, SentFile, read, shown_name
from portal.features.exchanges.programme.writing import Outcome, apply
from portal.infra.db import db
from portal.kernel.errors import IllegalTransition, Problem, Stale
from portal.kernel.policy import Actor

KEPT_FOR = timedelta(hours=24)
_LOCK = 14_0302
"""Number of our advisory lock: Article 14, three tables, two steps."""


@dataclass(frozen=True, slots=True)
class DryRun:
    """What the files hold and what applying them would do; nothing is written yet."""

    errors: list[Finding]
    warnings: list[Finding]
    plan: Plan
    source: str

    @property
    def ready(self) -> bool:
        return not self.errors and not self.plan.empty


def dry_run(files: Iterable[SentFile], *, at: datetime) -> DryRun:
    sent = list(files)
    return _compared(read(sent), ", ".join(shown_name(one.name) for one in sent), at=at)


def _compared(reading: Reading, source: str, *, at: datetime) -> DryRun:
    lines = check(reading, known_agencies=known_agency_keys(), today=at.date())
    plan = compare(lines, reading)
    return DryRun(reading.findings.errors, reading.findings.warnings, plan, source)


def import_programme(files: Iterable[SentFile], *, by: Actor, at: datetime) -> tuple[DryRun, Outcome | None]:
    """Apply at once, as commands do; nothing is written when there is an error."""
    _one_at_a_time()
    found = dry_run(files, at=at)
    if found.errors:
        return found, None
    return found, apply(found.plan, by=by, at=at, source=found.source)


# -------------------------------------------------------------------------------------- kept until it is confirmed


def keep(files: Iterable[SentFile], *, by: Actor, at: datetime) -> ProgrammeUpload:
    """Keep what was sent until somebody confirms it, or a day has gone by."""
    forget_expired(at=at)
    sent = list(files)
    upload = ProgrammeUpload(
        key=token_urlsafe(12),
        person_id=by.person_id,
        digest=_digest(sent),
        created_at=at,
        expires_at=at + KEPT_FOR,
        outcome={},
    )
    db.session.add(upload)
    db.session.flush()
    db.session.add_all(
        ProgrammeFile(upload_id=upload.id, name=shown_name(one.name), content=one.content) for one in sent
    )
    return upload


def find_upload(key: str, *, at: datetime) -> ProgrammeUpload | None:
    query = select(ProgrammeUpload).where(ProgrammeUpload.key == key)
    upload = db.session.scalars(query).first()
    expired = upload is not None and upload.applied_at is None and upload.expires_at <= at
    return None if expired else upload


def look_again(upload: ProgrammeUpload, *, at: datetime) -> DryRun:
    """The dry run of what was kept."""
    return dry_run(_files(upload), at=at)


def confirm(upload: ProgrammeUpload, *, fingerprint: str, by: Actor, at: datetime) -> Outcome:
    """Apply what was shown, all or nothing; refuse when what would happen is no longer what was shown."""
    _one_at_a_time()
    db.session.refresh(upload)
    if upload.applied_at is not None:
        raise IllegalTransition("programme", "apply", "applied")
    files = _files(upload)
    found = dry_run(files, at=at)
    if _digest(files) != upload.digest or found.plan.fingerprint != fingerprint or found.errors:
        raise Stale(Problem("programme_changed_meanwhile"))
    outcome = apply(found.plan, by=by, at=at, source=found.source)
    upload.applied_at, upload.applied_by, upload.outcome = at, by.person_id, outcome.figures
    db.session.execute(delete(ProgrammeFile).where(ProgrammeFile.upload_id == upload.id))
    return outcome


def _one_at_a_time() -> None:
    """Two imports at the same moment would both find a key new. SQLite has one writer at a time anyway."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def forget_expired(*, at: datetime) -> int:
    """Remove uploads that nobody confirmed in time, and those that were applied long ago."""
    ids = list(db.session.scalars(select(ProgrammeUpload.id).where(ProgrammeUpload.expires_at <= at)))
    if ids:
        db.session.execute(delete(ProgrammeFile).where(ProgrammeFile.upload_id.in_(ids)))
        db.session.execute(delete(ProgrammeUpload).where(ProgrammeUpload.id.in_(ids)))
    return len(ids)


def _files(upload: ProgrammeUpload) -> list[SentFile]:
    query = select(ProgrammeFile.name, ProgrammeFile.content).filter_by(upload_id=upload.id)
    return [SentFile(name, content) for name, content in db.session.execute(query.order_by(ProgrammeFile.id))]


def _digest(files: Iterable[SentFile]) -> str:
    """Of all bytes, each file with its length, so that two files cannot pass for one."""
    total = hashlib.sha256()
    for one in files:
        total.update(len(one.content).to_bytes(8, "big") + one.content)
    return total.hexdigest()
