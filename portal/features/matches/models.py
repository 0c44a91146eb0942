"""The tables of proposals: what is proposed, each version of its terms, who accepted which, questions; and new fits."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, column
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.features.agencies.models import Agency
from portal.features.exchanges.domain.disclosure import OVERSEERS
from portal.features.exchanges.models import Post
from portal.features.matches.domain.lifecycle import (
    ACCEPTED,
    BOTH_ACCEPTED,
    NEGOTIATING,
    OPEN,
    PROPOSAL,
    Author,
    ProposalState,
    Side,
)
from portal.features.matches.domain.terms import PostTermsSeen, Terms
from portal.infra.db import Record, Table
from portal.kernel.labels import Tlp
from portal.kernel.lifecycle import Lifecycle
from portal.kernel.policy import Actor

_OPEN_ROW = column("state").in_(sorted(state.value for state in OPEN))


class Proposal(Record):
    """Terms on a pair of posts. The agencies stand here too, so that lists and rules need no join."""

    __tablename__ = "proposal"
    __table_args__ = (
        CheckConstraint("host_agency_id <> sender_agency_id", name="two_agencies"),
        CheckConstraint("starts_on <= ends_on", name="days_in_order"),
        CheckConstraint("officers >= 1", name="some_officers"),
        Index("uq_proposal_open_pair", "offer_id", "need_id", unique=True, sqlite_where=_OPEN_ROW,
              postgresql_where=_OPEN_ROW),
        Index("ix_proposal_host", "host_agency_id", "state", "id"),
        Index("ix_proposal_sender", "sender_agency_id", "state", "id"),
        Index("ix_proposal_offer", "offer_id", "state", "waiting_since", "id"),
        Index("ix_proposal_need", "need_id", "state", "waiting_since", "id"),
        Index("ix_proposal_due", "state", "expires_at"),
        Index("ix_proposal_to_remind", "state", "remind_at"),
    )  # fmt: skip

    ref: Mapped[str] = mapped_column(String(16), unique=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    need_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    host_agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    sender_agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    state: Mapped[ProposalState]
    label: Mapped[Tlp]
    """The stricter of the two posts' labels."""
    proposed_by: Mapped[Author]
    terms_by: Mapped[Author]
    """Who wrote the current version."""
    terms_version: Mapped[int]
    terms_hash: Mapped[str] = mapped_column(String(64))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    officers: Mapped[int]
    """Of the current version; the rest of it stands in `ProposalTerms`."""
    started_at: Mapped[datetime]
    moved_at: Mapped[datetime]
    """The clock: since when nothing has changed."""
    expires_at: Mapped[datetime]
    answer_by: Mapped[datetime | None]
    """The deadline of the matching round that put it forward: it ends then, however late its terms last changed."""
    reminders: Mapped[int] = mapped_column(default=0)
    """Sent since the clock started."""
    remind_at: Mapped[datetime | None]
    """When the next one is due; None when all have been sent."""
    waiting_since: Mapped[datetime | None]
    waits_for: Mapped[Side | None]
    """Whose remainder is used up while waiting: places of the host, or officers of the sender."""

    offer: Mapped[Post] = relationship(foreign_keys=[offer_id], lazy="raise")
    need: Mapped[Post] = relationship(foreign_keys=[need_id], lazy="raise")
    host: Mapped[Agency] = relationship(foreign_keys=[host_agency_id], lazy="raise")
    sender: Mapped[Agency] = relationship(foreign_keys=[sender_agency_id], lazy="raise")

    @property
    def reference(self) -> str:
        return self.ref

    @property
    def lifecycle(self) -> Lifecycle[ProposalState]:
        return PROPOSAL

    @property
    def frozen(self) -> bool:
        """Derived: one of the two agencies is suspended."""
        return self.host.suspended or self.sender.suspended

    @property
    def open(self) -> bool:
        return self.state in OPEN

    @property
    def negotiating(self) -> bool:
        return self.state in NEGOTIATING

    def agency_id_of(self, side: Side) -> int:
        return self.host_agency_id if side is Side.HOST else self.sender_agency_id

    def agency_of(self, side: Side) -> Agency:
        return self.host if side is Side.HOST else self.sender

    def post_of(self, side: Side) -> Post:
        return self.offer if side is Side.HOST else self.need

    def side_of(self, actor: Actor) -> Side | None:
        return next((side for side in Side if actor.agency_id == self.agency_id_of(side)), None)

    @staticmethod
    def other_side(side: Side) -> Side:
        return side.other

    def accepted_by(self, side: Side) -> bool:
        """Whether this side has accepted the current version."""
        return self.state in BOTH_ACCEPTED or self.state == ACCEPTED[side]

    def disclosed_to(self, actor: Actor) -> bool:
        """The Python twin of `queries.visible`, without what needs the database (releases of RED posts)."""
        if self.side_of(actor) is not None:
            return True
        return actor.role in OVERSEERS and self.label not in {Tlp.AMBER_STRICT, Tlp.RED}


class ProposalTerms(Table):
    """One version of what is proposed: append-only. Both sides read every version."""

    __tablename__ = "proposal_terms"
    __table_args__ = (UniqueConstraint("proposal_id", "number"),)

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    officers: Mapped[int]
    costs: Mapped[list[str]] = mapped_column(JSON)
    conditions: Mapped[str]
    conditions_language: Mapped[str] = mapped_column(String(8))
    offer_ref: Mapped[str] = mapped_column(String(16))
    offer_version: Mapped[int]
    offer_hash: Mapped[str] = mapped_column(String(64))
    need_ref: Mapped[str] = mapped_column(String(16))
    need_version: Mapped[int]
    need_hash: Mapped[str] = mapped_column(String(64))
    side: Mapped[Side | None]
    """Who wrote it; None when a revised post made it."""
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    def terms(self, proposal_ref: str) -> Terms:
        return Terms(
            proposal=proposal_ref,
            version=self.number,
            offer=PostTermsSeen(self.offer_ref, self.offer_version, self.offer_hash),
            need=PostTermsSeen(self.need_ref, self.need_version, self.need_hash),
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            officers=self.officers,
            costs=tuple(self.costs),
            conditions=self.conditions,
            conditions_language=self.conditions_language,
        )


class Acceptance(Table):
    """One side's consent to one version: append-only. A newer version voids it without touching it."""

    __tablename__ = "acceptance"
    __table_args__ = (
        UniqueConstraint("proposal_id", "number", "side"),
        UniqueConstraint("proposal_id", "number", "person_id", name="uq_acceptance_one_side_each"),
    )

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    side: Mapped[Side]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    at: Mapped[datetime]


class Question(Record):
    """A question about a proposal and its answer. Both sides read them; they stay with the proposal."""

    __tablename__ = "question"
    __table_args__ = (UniqueConstraint("proposal_id", "number"),)

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    number: Mapped[int]
    side: Mapped[Side]
    """Of the one who asks."""
    text: Mapped[str]
    language: Mapped[str] = mapped_column(String(8))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    answer: Mapped[str | None]
    answer_language: Mapped[str | None] = mapped_column(String(8))
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]


class FitBoard(Table):
    """One row, which takes a new mark with every change of fits.

    Writing it is the lock that makes two posts published in the same instant see each other, and a mark that is not
    the one it knows tells a process that the index it keeps is out of date.
    """

    __tablename__ = "fit_board"

    mark: Mapped[str] = mapped_column(String(32))


class FitNotice(Table):
    """A strong new fit, told to the owner of one of its posts: at most one a day for each post."""

    __tablename__ = "fit_notice"
    __table_args__ = (UniqueConstraint("post_id", "day"), Index("ix_fit_notice_open", "post_id", "dismissed_at"))

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    day: Mapped[date]
    other_id: Mapped[int] = mapped_column(ForeignKey("post.id"), index=True)
    score: Mapped[int]
    made_at: Mapped[datetime]
    dismissed_at: Mapped[datetime | None]
