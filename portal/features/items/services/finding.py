"""Opens findings and takes them to their end. The item counts those that are open."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.features.items.domain.checking import ANSWER_WITHIN, OpenFinding, Severity
from portal.features.items.domain.lifecycles import FINDING, GONE, ITEM, FindingState
from portal.features.items.models import Finding, Item
from portal.features.items.services.holding import held
from portal.infra.db import db
from portal.infra.history import advance, begin, note
from portal.kernel.errors import Conflict, Problem, Rejected
from portal.kernel.policy import Actor
from portal.kernel.reference import Kind, new_reference


def open_finding(command: OpenFinding, *, item: Item, by: Actor, at: datetime, language: str = "en") -> Finding:
    """A problem that someone saw; the holder answers for it."""
    item = held(item.id, by=by)
    if item.state in GONE:
        raise Conflict(Problem("item_ended"))
    if command.due_on <= at.date():
        raise Rejected(Problem("day_over", "due_on"))
    return _opened(item, command.what, command.severity, by=by, at=at, due_on=command.due_on, language=language)


def open_by_portal(item: Item, code: str, severity: Severity, *, by: Actor, at: datetime) -> Finding:
    """Of a held item, because of what was reported of it."""
    due_on = (at + ANSWER_WITHIN).date()
    return _opened(item, code, severity, by=by, at=at, due_on=due_on, language="")


def explain(finding: Finding, *, by: Actor, at: datetime, reason: str | None = None) -> Finding:
    return _step("explain", finding, by, at, reason)


def remedy(finding: Finding, *, by: Actor, at: datetime, reason: str | None = None) -> Finding:
    return _step("remedy", finding, by, at, reason)


def send_back(finding: Finding, *, by: Actor, at: datetime, reason: str | None = None) -> Finding:
    return _step("send_back", finding, by, at, reason)


def close(finding: Finding, *, by: Actor, at: datetime, reason: str | None = None) -> Finding:
    """Someone of another agency is satisfied."""
    finding = _step("close", finding, by, at, reason)
    finding.closed_at = at
    finding.item.open_findings -= 1
    db.session.flush()
    return finding


def _step(name: str, finding: Finding, by: Actor, at: datetime, reason: str | None) -> Finding:
    item = held(finding.item_id, by=by)
    finding = _as_it_is(finding.id)
    advance(FINDING, finding, name, by=by, at=at, reason=reason)
    note(ITEM, item, f"finding_{name}", by=by, at=at, details={"finding": finding.ref})
    return finding


def _as_it_is(finding_id: int) -> Finding:
    query = select(Finding).where(Finding.id == finding_id).execution_options(populate_existing=True)
    return db.session.scalars(query.options(joinedload(Finding.item), joinedload(Finding.agency))).one()


def _opened(item: Item, what: str, severity: Severity, *, by: Actor, at: datetime, due_on: date,
            language: str) -> Finding:  # fmt: skip
    finding = Finding(
        ref=new_reference(Kind.FINDING, at.year),
        item_id=item.id,
        agency_id=item.agency_id,
        state=FindingState.OPEN,
        severity=severity,
        due_on=due_on,
        what=what,
        language=language,
        opened_by=by.person_id,
        opened_at=at,
    )
    finding.item, finding.agency = item, item.agency
    begin(FINDING, finding, by=by, at=at)
    item.open_findings += 1
    note(ITEM, item, "open_finding", by=by, at=at, details={"finding": finding.ref})
    db.session.flush()
    return finding
