"""The tables of requests for assistance."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Computed, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.features.agencies.models import Agency
from portal.features.assistance.domain.disclosure import Disclosure, FieldRule, Seen, disclosure, sees_field
from portal.features.assistance.domain.lifecycles import LIVE, REQUEST, RequestState
from portal.features.assistance.domain.rungs import SustainmentScore, gap, sustainment_score
from portal.features.assistance.domain.vocabulary import (
    ClosingCause,
    Condition,
    ExportAnswer,
    LineKind,
    Outcome,
    Priority,
    Redaction,
    Risk,
    Unit,
)
from portal.infra.db import Record, Table
from portal.kernel.labels import Tlp
from portal.kernel.money import Money, as_given
from portal.kernel.policy import Actor

STAGE = (
    "CASE WHEN state IN ('open', 'on_hold') THEN 2"
    " WHEN state IN ('fulfilled', 'closed_partly', 'closed_unmet') THEN 1 ELSE 0 END"
)
"""Live, ended or not shown to others: the first key of every list's index. `domain.finding.STAGE` has the names."""
REACH = "CASE WHEN label = 'clear' THEN 4 WHEN label = 'green' THEN 3 WHEN label = 'amber' THEN 2 ELSE 1 END"
"""How far its label lets it travel, the second key: `domain.finding.REACH` has the names."""


class Request(Record):
    """A request for technical assistance.

    Until it is handed in, what people typed stands in `draft`, as typed, also when it is not valid yet; the columns
    hold the last checked terms. Exact sites and contact are shown to the two sides of an accepted pledge only.
    """

    __tablename__ = "request"
    __table_args__ = (
        Index("ix_request_newest", "stage", "reach", "opened_at", "id"),
        Index("ix_request_soonest", "stage", "reach", "needed_by", "id"),
        Index("ix_request_fair", "stage", "reach", "fair_on", "id"),
        Index("ix_request_agency", "agency_id", "state", "id"),
        Index("ix_request_screening", "state", "screening_at"),
    )

    ref: Mapped[str] = mapped_column(String(16), unique=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    state: Mapped[RequestState]
    label: Mapped[Tlp] = mapped_column(default=Tlp.AMBER)
    title: Mapped[str] = mapped_column(String(200), default="")
    title_language: Mapped[str] = mapped_column(String(8), default="en")
    end_user_unit: Mapped[str] = mapped_column(default="")
    sites: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    """`[{"name": "Agadez", "kind": "border_post"}, ...]`, exact."""
    contact: Mapped[str] = mapped_column(default="")
    needed_by: Mapped[date | None]
    ta_types: Mapped[list[str]] = mapped_column(JSON, default=list)
    provisions: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Of Article 14, such as `14.3`."""
    problem: Mapped[str] = mapped_column(default="")
    objective: Mapped[str] = mapped_column(default="")
    priority: Mapped[Priority] = mapped_column(default=Priority.MEDIUM)
    priority_reason: Mapped[str] = mapped_column(default="")
    strategy: Mapped[str] = mapped_column(default="")
    review_observation: Mapped[str] = mapped_column(default="")
    other_donors: Mapped[str] = mapped_column(default="")
    safeguards: Mapped[str] = mapped_column(default="")
    data_protection_basis: Mapped[str] = mapped_column(default="")
    restricted: Mapped[str] = mapped_column(default="")
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    without_second_approver: Mapped[bool] = mapped_column(default=False)
    """Set when submitted: nobody else of the agency may approve, so the State's coordinator may."""
    returned_at: Mapped[datetime | None]
    """While a draft that came back waits to be mended."""
    screening_at: Mapped[datetime | None]
    """When it last came to the secretariat: the screening clock."""
    opened_at: Mapped[datetime | None]
    first_pledged_at: Mapped[datetime | None]
    """None while it was never pledged to; the pledge side sets it once."""
    fair_on: Mapped[date | None]
    """The day by which the fair-share order goes (`rungs.fair_day`), as last counted."""
    closed_at: Mapped[datetime | None]
    closing_cause: Mapped[ClosingCause | None]
    diligence_outcome: Mapped[Outcome | None]
    """Of the latest due-diligence record, with its risk and its end."""
    diligence_risk: Mapped[Risk | None]
    diligence_until: Mapped[date | None]
    terms_version: Mapped[int] = mapped_column(default=0)
    stage: Mapped[int] = mapped_column(Computed(STAGE, persisted=True))
    reach: Mapped[int] = mapped_column(Computed(REACH, persisted=True))
    draft: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    draft_saved_at: Mapped[datetime | None]
    draft_saved_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    agency: Mapped[Agency] = relationship(lazy="raise")
    lines: Mapped[list["RequestLine"]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by="RequestLine.number", back_populates="request"
    )
    fields: Mapped[list["RequestField"]] = relationship(lazy="raise", cascade="all, delete-orphan")

    lifecycle = REQUEST
    seen = Seen()
    """How the reader is connected to the request; `queries` sets it for the actor it loads the request for."""

    @property
    def live(self) -> bool:
        return self.state in LIVE

    @property
    def frozen(self) -> bool:
        """Derived, not a state: the agency is suspended."""
        return self.agency.suspended

    @property
    def endorsement_needed(self) -> bool:
        return self.agency.endorses("request")

    @property
    def state_iso2(self) -> str | None:
        return self.agency.state_iso2

    @property
    def live_lines(self) -> list["RequestLine"]:
        return [line for line in self.lines if line.live]

    @property
    def rules(self) -> dict[str, FieldRule]:
        """What is said about single fields."""
        return {
            one.field: FieldRule(one.label, Redaction(one.withheld) if one.withheld else None) for one in self.fields
        }

    def disclosed_to(self, actor: Actor | None) -> bool:
        """The Python twin of `queries.visible`."""
        return disclosure(actor, self, self.seen) is not Disclosure.NOTHING

    def read_by(self, actor: Actor | None) -> bool:
        """The Python twin of `queries.readable`."""
        return disclosure(actor, self, self.seen) in {Disclosure.SUMMARY, Disclosure.EXACT}

    def shows(self, actor: Actor | None, field: str) -> bool:
        return sees_field(actor, self, self.seen, field, self.rules)


class RequestLine(Record):
    """One thing that is asked for. `pledged` is claimed by guarded UPDATEs; `received` follows deliveries."""

    __tablename__ = "request_line"
    __table_args__ = (
        CheckConstraint("quantity >= 1", name="something_asked"),
        CheckConstraint("pledged >= 0 AND pledged <= quantity", name="pledged_within_quantity"),
        CheckConstraint("received >= 0 AND received <= pledged", name="received_within_pledged"),
        CheckConstraint("(est_minor IS NULL) = (est_currency IS NULL)", name="estimate_with_currency"),
        CheckConstraint("est_minor IS NULL OR est_minor >= 0", name="estimate_not_negative"),
        UniqueConstraint("request_id", "number"),
    )

    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"))
    number: Mapped[int]
    """Never reused within its request: pledges and field rules name it."""
    live: Mapped[bool] = mapped_column(default=True)
    """False when an amendment left it out; its history stays."""
    kind: Mapped[LineKind]
    category: Mapped[str | None] = mapped_column(String(40), index=True)
    """A key of equipment.csv."""
    what: Mapped[str] = mapped_column(String(160))
    quantity: Mapped[int]
    pledged: Mapped[int] = mapped_column(default=0)
    received: Mapped[int] = mapped_column(default=0)
    unit: Mapped[Unit]
    days: Mapped[int | None]
    est_minor: Mapped[int | None] = mapped_column(BigInteger)
    """Estimated cost of one unit, in the smallest unit of the currency."""
    est_currency: Mapped[str | None] = mapped_column(String(3))
    existing: Mapped[int | None]
    existing_condition: Mapped[Condition | None]
    required: Mapped[int | None]
    accepts_used: Mapped[bool] = mapped_column(default=False)
    needs_training: Mapped[bool] = mapped_column(default=False)
    alternatives: Mapped[str] = mapped_column(default="")
    export_answer: Mapped[ExportAnswer | None]
    spec: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    """Answers to the template of its category, by question."""
    sustainment: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    sustainment_points: Mapped[int | None] = mapped_column(index=True)
    """The score of the above, 0 to 100, kept for filters."""

    request: Mapped[Request] = relationship(lazy="raise", back_populates="lines")

    @property
    def open(self) -> int:
        return self.quantity - self.pledged

    @property
    def unit_cost(self) -> Money | None:
        return Money(self.est_minor, self.est_currency) if self.est_minor is not None and self.est_currency else None

    @property
    def unit_cost_given(self) -> dict[str, str] | None:
        return as_given(self.unit_cost) if self.unit_cost else None

    @property
    def gap(self) -> int | None:
        return gap(self.existing, self.required, self.existing_condition)

    @property
    def score(self) -> SustainmentScore | None:
        return sustainment_score(self.sustainment)

    @property
    def field(self) -> str:
        """Its name among the fields that may be labelled or withheld."""
        return f"line-{self.number}"


class RequestVersion(Table):
    """One version of what was handed in: append-only. `hash` is the SHA-256 of the canonical terms."""

    __tablename__ = "request_version"
    __table_args__ = (UniqueConstraint("request_id", "number"),)

    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"))
    number: Mapped[int]
    terms: Mapped[dict[str, Any]] = mapped_column(JSON)
    hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class RequestField(Table):
    """One field that carries a stricter label than its request, or is withheld for a reason."""

    __tablename__ = "request_field"
    __table_args__ = (
        UniqueConstraint("request_id", "field"),
        CheckConstraint("(label IS NULL) <> (withheld IS NULL)", name="label_or_reason"),
        CheckConstraint("withheld IS NULL OR withheld BETWEEN 1 AND 5", name="known_reason"),
    )

    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"))
    field: Mapped[str] = mapped_column(String(40))
    label: Mapped[Tlp | None]
    withheld: Mapped[int | None]
    """A code of `Redaction`."""
    set_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class RequestRelease(Table):
    """An agency, or a person, to whom a request above GREEN was released by name."""

    __tablename__ = "request_release"
    __table_args__ = (
        CheckConstraint("(agency_id IS NULL) <> (person_id IS NULL)", name="one_receiver"),
        UniqueConstraint("request_id", "agency_id"),
        UniqueConstraint("request_id", "person_id", name="uq_request_release_person"),
    )

    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"), index=True)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    exact: Mapped[bool] = mapped_column(default=False)
    """Whether an agency also sees site, contact and names; a person always does."""
    released_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class RequestCounterpart(Table):
    """An agency that sees a request through its pledges on it. The services of pledges keep these rows in step."""

    __tablename__ = "request_counterpart"
    __table_args__ = (
        UniqueConstraint("request_id", "agency_id"),
        CheckConstraint("live >= 0 AND agreed >= 0", name="counted_from_zero"),
    )

    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    live: Mapped[int] = mapped_column(default=0)
    """Pledges in `PLEDGE_LIVE`: while there is one, the request may be seen at AMBER."""
    agreed: Mapped[int] = mapped_column(default=0)
    """Pledges in `AGREED`: while there is one, exact site, contact and names may be seen."""


class DueDiligence(Table):
    """One record of human-rights due diligence: append-only, the latest counts."""

    __tablename__ = "due_diligence"

    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"), index=True)
    outcome: Mapped[Outcome]
    risk: Mapped[Risk | None]
    factors: Mapped[list[str]] = mapped_column(JSON, default=list)
    mitigation: Mapped[str] = mapped_column(default="")
    valid_until: Mapped[date | None]
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class RequestQuestion(Record):
    """A question on the record, and its answer: read by everyone who reads the request."""

    __tablename__ = "request_question"
    __table_args__ = (UniqueConstraint("request_id", "number"),)

    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"))
    number: Mapped[int]
    text: Mapped[str]
    language: Mapped[str] = mapped_column(String(8))
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    """Of who asked."""
    asked_at: Mapped[datetime]
    answer: Mapped[str | None]
    answer_language: Mapped[str | None] = mapped_column(String(8))
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]

    agency: Mapped[Agency] = relationship(lazy="raise")


class RequestTerm(Table):
    """A word or a quality by which a shown request is found. Keeps the keys of the list's orders."""

    __tablename__ = "request_term"
    __table_args__ = (
        Index("ix_request_term_newest", "term", "stage", "reach", "opened_at", "request_id"),
        Index("ix_request_term_soonest", "term", "stage", "reach", "needed_by", "request_id"),
        Index("ix_request_term_fair", "term", "stage", "reach", "fair_on", "request_id"),
        UniqueConstraint("request_id", "term"),
    )

    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"))
    term: Mapped[str] = mapped_column(String(60))
    stage: Mapped[int]
    reach: Mapped[int]
    opened_at: Mapped[datetime]
    needed_by: Mapped[date]
    fair_on: Mapped[date]
