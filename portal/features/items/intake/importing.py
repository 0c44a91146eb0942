"""From a file that was sent to items that are written: kept, checked by a job, confirmed by a person, written by a job."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload, undefer

from portal.features.exchanges.programme.findings import Findings, Place
from portal.features.exchanges.programme.sheets import shown_name
from portal.features.items.intake import findings as kept
from portal.features.items.intake.comparing import Intake, moving
from portal.features.items.intake.models import WORKING, ItemFile, ItemFileFindings, Stage
from portal.features.items.intake.reading import Refused, Sheet, opened
from portal.features.items.intake.writing import Writer
from portal.features.items.policy import GRANTS, Items
from portal.features.people.models import Membership
from portal.features.people.queries import actor_of
from portal.infra.db import bookkeeping, db, now, reading
from portal.kernel.errors import Conflict, DomainError, Problem, Stale
from portal.kernel.policy import Actor

KEPT_FOR = timedelta(hours=24)
PATIENCE = timedelta(minutes=3)
"""A job that has given no sign of life for so long was killed."""
AT_ONCE = 5
FIRST_FINDINGS = 100
_LOCK = 14_0305
_log = logging.getLogger("portal.items")


class _Ended(Exception):
    """The file cannot be written as it was shown; the code says why."""


def send(name: str, content: bytes, *, by: Actor, at: datetime) -> ItemFile:
    """Keep a file until a job has checked it and somebody has confirmed it, or a day has gone by."""
    file = ItemFile(
        key=token_urlsafe(12),
        agency_id=by.agency_id,
        person_id=by.person_id,
        wanted_as=by.membership_id,
        name=shown_name(name)[:200],
        stage=Stage.WAITING,
        content=content,
        size=len(content),
        created_at=at,
        expires_at=at + KEPT_FOR,
        figures={},
    )
    db.session.add(file)
    db.session.flush()
    return file


def find(actor: Actor | None, key: str) -> ItemFile | None:
    """A file of the actor's agency: a colleague may look at it, and confirm it."""
    if actor is None or actor.agency_id is None:
        return None
    query = select(ItemFile).where(ItemFile.key == key, ItemFile.agency_id == actor.agency_id)
    return db.session.scalars(query.execution_options(populate_existing=True)).first()


def confirm(file: ItemFile, *, plan: str, by: Actor, at: datetime) -> ItemFile:
    """Have it written as it was shown."""
    db.session.refresh(file, with_for_update=True)
    if not file.sound or file.plan != plan or file.expires_at <= at:
        raise Stale(Problem("import_changed_meanwhile"))
    file.stage, file.wanted_as, file.person_id, file.problem, file.done = (
        Stage.CONFIRMED,
        by.membership_id,
        by.person_id,
        None,
        0,
    )
    db.session.flush()
    return file


def silent(file: ItemFile, at: datetime) -> bool:
    return file.stage in WORKING and file.beat_at is not None and file.beat_at < at - PATIENCE


def forget_expired(*, at: datetime) -> int:
    """Remove the files that nobody confirmed in time, and those that were written long ago."""
    old = select(ItemFile.id).where(ItemFile.expires_at <= at, ItemFile.stage.not_in(sorted(WORKING)))
    ids = list(db.session.scalars(old))
    db.session.execute(delete(ItemFileFindings).where(ItemFileFindings.file_id.in_(ids)))
    db.session.execute(delete(ItemFile).where(ItemFile.id.in_(ids)))
    return len(ids)


# ------------------------------------------------------------------------------------------------------ by the job


def work_off(*, at: datetime) -> int:
    """For the job runner: check what was sent, write what was confirmed. Ends its own transactions."""
    _bury_the_silent(at)
    for done in range(AT_ONCE):
        taken = _take_next(now())
        if taken is None:
            return done
        _do(*taken)
    return AT_ONCE


def _bury_the_silent(at: datetime) -> None:
    """What a killed job left: nothing of it was written, so it is checked again or may be confirmed again."""
    for was, then in ((Stage.CHECKING, Stage.WAITING), (Stage.WRITING, Stage.CHECKED)):
        dead = update(ItemFile).where(ItemFile.stage == was, ItemFile.beat_at < at - PATIENCE)
        buried = dead.values(stage=then, problem="killed", version=ItemFile.version + 1)
        db.session.execute(buried.execution_options(synchronize_session=False))
    db.session.commit()


def _take_next(at: datetime) -> tuple[int, Stage] | None:
    """Claim a file that nobody works on: of two runners one gets it."""
    for was, then in ((Stage.CONFIRMED, Stage.WRITING), (Stage.WAITING, Stage.CHECKING)):
        wanted = select(ItemFile.id).where(ItemFile.stage == was).order_by(ItemFile.id).limit(1)
        claim = update(ItemFile).where(ItemFile.id == wanted.scalar_subquery(), ItemFile.stage == was)
        claim = claim.values(stage=then, beat_at=at, done=0, version=ItemFile.version + 1).returning(ItemFile.id)
        taken = db.session.scalar(claim.execution_options(synchronize_session=False))
        db.session.commit()
        if taken is not None:
            return taken, then
    return None


def _do(file_id: int, stage: Stage) -> None:
    """One file; whatever goes wrong is written down, and nothing else changes."""
    problem = None
    try:
        (_check if stage is Stage.CHECKING else _write)(file_id)
        db.session.commit()
    except _Ended as ended:
        problem = str(ended)
    except (Conflict, IntegrityError):
        problem = "import_changed_meanwhile"
    except DomainError:
        problem = "not_allowed_now"
    except Exception:  # noqa: BLE001 - the job must end, whatever went wrong
        _log.exception("file %s of items failed", file_id)
        problem = "broken"
    finally:
        reading(only=False)
    if problem is not None:
        db.session.rollback()
        _failed(file_id, stage, problem)


def _failed(file_id: int, stage: Stage, problem: str) -> None:
    """It may be looked at anew: what was wrong when it was written shows when it is checked again."""
    again = Stage.WAITING if stage is Stage.WRITING and problem == "import_changed_meanwhile" else Stage.CHECKED
    file = db.session.get_one(ItemFile, file_id, populate_existing=True)
    file.stage, file.problem = again, problem
    if stage is Stage.CHECKING:
        file.figures = {"errors": 1, "new": 0, "changed": 0, "unchanged": 0, "lines": 0}
    db.session.commit()


def _check(file_id: int) -> None:
    reading(only=True)
    file, content = _loaded(file_id)
    parts: list[bytes] = []
    result = _looked_through(file, content, parts, lambda row: _touch(file_id, row))
    db.session.rollback()
    reading(only=False)
    file = db.session.get_one(ItemFile, file_id, populate_existing=True)
    kept.keep(file, parts)
    file.stage, file.figures, file.plan, file.beat_at = Stage.CHECKED, result[0], result[1], now()


def _looked_through(
    file: ItemFile, content: bytes, parts: list[bytes], tell: Callable[[int], None]
) -> tuple[dict[str, Any], str]:
    """What the file would do, and a digest of it; what is wrong is packed into `parts`."""
    found, by = Findings(), actor(file)
    intake = _intake(file, content, found, by)
    if intake is not None:
        try:
            for batch in intake.batches():
                if found.found:
                    parts.append(kept.packed(sorted(found.found, key=lambda one: one.row or 0)))
                    found.found.clear()
                tell(batch.last)
        except Refused as refusal:
            found.error(refusal.code, Place(file.name), **refusal.params)
    counts = dict(intake.figures) if intake else {}
    more = len(found.errors) if intake is None or found.errors else 0
    if found.found:
        parts.append(kept.packed(found.found))
    figures: dict[str, Any] = {name: counts.get(name, 0) for name in ("lines", "new", "changed", "unchanged")}
    figures["errors"] = counts.get("errors", 0) + more
    figures["chains"] = sorted(intake.chains) if intake else []
    figures["claims"] = {str(line): units for line, units in intake.claimed.items()} if intake else {}
    return figures, intake.fingerprint if intake else ""


def _write(file_id: int) -> None:
    _one_at_a_time()
    file, content = _loaded(file_id)
    by, found = actor(file), Findings()
    if not GRANTS[Items.REGISTER].holds(by, None):
        raise _Ended("not_allowed_now")
    tell: Callable[[int], None] = lambda _row: None  # noqa: E731
    if db.engine.dialect.name == "postgresql":  # SQLite has one writer at a time, and that is the import itself
        tell = lambda row: _touch(file_id, row)  # noqa: E731
    writer = Writer(by, now(), file.key)
    writer.claim(file.figures["claims"])
    first = None
    if file.figures["changed"]:
        first = _ready(file, content, found, by)
        writer.change(first, tell)
    if file.figures["new"]:
        last = _ready(file, content, found, by, again=first)
        writer.add(last, file.figures["chains"], tell)
        first = first or last
    if found.errors or first is None or first.fingerprint != file.plan:
        raise _Ended("import_changed_meanwhile")
    file.stage, file.content, file.ended_at, file.problem = Stage.DONE, None, now(), None
    kept.forget(file)


def _ready(file: ItemFile, content: bytes, found: Findings, by: Actor, *, again: Intake | None = None) -> Intake:
    intake = _intake(file, content, found, by, moving_ones=again.moving if again else None, counts_receipts=False)
    if intake is None:
        raise _Ended("import_changed_meanwhile")
    return intake


def _intake(
    file: ItemFile,
    content: bytes,
    found: Findings,
    by: Actor,
    *,
    moving_ones: Any = None,
    counts_receipts: bool = True,
) -> Intake | None:
    if moving_ones is None:
        first = opened(file.name, content, Findings())
        moving_ones = _moving(first, by) if first else frozenset()
    sheet = opened(file.name, content, found)
    if sheet is None:
        return None
    return Intake(sheet, by, file.created_at, found, moving_ones, counts_receipts)


def _moving(sheet: Sheet, by: Actor) -> set[str]:
    try:
        return moving(sheet, by=by)
    except Refused:
        return set()  # the real pass tells it


def actor(file: ItemFile) -> Actor:
    """Whoever sent or confirmed it took the step; the portal only did the work."""
    query = select(Membership).where(Membership.id == file.wanted_as).options(joinedload(Membership.agency))
    membership = db.session.scalars(query.execution_options(populate_existing=True)).first()
    ended = membership is None or (membership.ends_at is not None and membership.ends_at <= now())
    if membership is None or ended:
        raise _Ended("not_allowed_now")
    return actor_of(membership)


def _loaded(file_id: int) -> tuple[ItemFile, bytes]:
    query = select(ItemFile).where(ItemFile.id == file_id).options(undefer(ItemFile.content))
    file = db.session.scalars(query.execution_options(populate_existing=True)).one()
    content = file.content or b""
    db.session.expire(file, ["content"])
    return file, content


def _touch(file_id: int, row: int) -> None:
    """So that whoever waits sees how far it is. In a transaction of its own, beside the one that does the work."""
    with bookkeeping() as connection:
        connection.execute(update(ItemFile).where(ItemFile.id == file_id).values(beat_at=now(), done=row))


def _one_at_a_time() -> None:
    """Two imports at the same moment would each find a number free. SQLite has one writer at a time anyway."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
