"""Moves a record along its lifecycle and writes down who did it, when and why. Nothing else sets a state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from blinker import Signal
from sqlalchemy import JSON, ForeignKey, Index, select
from sqlalchemy.orm import Mapped, mapped_column

from portal.infra.db import Table, db
from portal.kernel.errors import Frozen, IllegalTransition, Problem, Rejected
from portal.kernel.lifecycle import Lifecycle
from portal.kernel.policy import Actor, Role

S = TypeVar("S", bound=StrEnum)


class HasState(Protocol):
    @property
    def id(self) -> int: ...

    state: Any

    @property
    def frozen(self) -> bool:
        """Derived: the agency or its counterpart is suspended."""
        ...


class StateChange(Table):
    """One arrow taken. Append-only: this table is the official history. `details` holds codes, never prose."""

    __tablename__ = "state_change"
    __table_args__ = (Index("ix_state_change_subject", "lifecycle", "subject_id", "id"),)

    lifecycle: Mapped[str]
    subject_id: Mapped[int]
    transition: Mapped[str]
    came_from: Mapped[str]
    went_to: Mapped[str]
    reason: Mapped[str | None]
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    role: Mapped[Role]
    """In which they acted: the clock's is `SYSTEM`."""
    at: Mapped[datetime] = mapped_column(index=True)


@dataclass(frozen=True, slots=True)
class News:
    """What listeners hear about a change, in the same transaction: the change and the record itself."""

    change: StateChange
    subject: Any
    by: Actor


changed = Signal("a record took a step of its lifecycle")


def advance(
    lifecycle: Lifecycle[S],
    subject: HasState,
    name: str,
    *,
    by: Actor,
    at: datetime,
    reason: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> StateChange:
    """Take the transition called `name`, or refuse with `IllegalTransition`, `Frozen` or `Rejected`."""
    try:
        transition = lifecycle.step(subject.state, name)
    except IllegalTransition as refusal:
        _say_who_moved_it(refusal, subject)
        raise
    if subject.frozen and transition.manual:
        raise Frozen
    reason = (reason or "").strip() or None
    missing = [Problem("required", "reason")] if transition.asks_reason and not reason else []
    if problems := [*missing, *transition.guard(subject)]:
        raise Rejected(*problems)
    return _write_down(lifecycle, subject, transition.name, transition.target, by, at, reason, details)


def begin(
    lifecycle: Lifecycle[S], subject: HasState, *, by: Actor, at: datetime, details: Mapping[str, Any] | None = None
) -> StateChange:
    """Write down that a record came to be, in its initial state (flushed, so that it has an id)."""
    subject.state = lifecycle.initial
    db.session.add(subject)
    db.session.flush()
    return _write_down(lifecycle, subject, "begin", lifecycle.initial, by, at, None, details)


def note(
    lifecycle: Lifecycle[S],
    subject: HasState,
    name: str,
    *,
    by: Actor,
    at: datetime,
    reason: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> StateChange:
    """Write down something that happened to the record without changing its state (an import, a release)."""
    return _write_down(lifecycle, subject, name, None, by, at, reason, details)


def history_of(lifecycle: str, subject_id: int) -> Sequence[StateChange]:
    """Newest first."""
    query = select(StateChange).where(StateChange.lifecycle == lifecycle, StateChange.subject_id == subject_id)
    return db.session.scalars(query.order_by(StateChange.id.desc())).all()


def _write_down(  # noqa: PLR0917 - the two doors above name every one of them
    lifecycle: Lifecycle[S],
    subject: HasState,
    name: str,
    target: S | None,
    by: Actor,
    at: datetime,
    reason: str | None,
    details: Mapping[str, Any] | None,
) -> StateChange:
    came_from = subject.state
    if target is not None:
        subject.state = target
    change = StateChange(
        lifecycle=lifecycle.name,
        subject_id=subject.id,
        transition=name,
        came_from=came_from,
        went_to=subject.state,
        reason=reason,
        details=dict(details or {}),
        person_id=by.person_id,
        agency_id=by.agency_id,
        role=by.role,
        at=at,
    )
    db.session.add(change)
    db.session.flush()
    changed.send(lifecycle.name, news=News(change, subject, by))
    return change


def _say_who_moved_it(refusal: IllegalTransition, subject: HasState) -> None:
    latest = next(iter(history_of(refusal.lifecycle, subject.id)), None)
    if latest:
        refusal.changed_at = latest.at
