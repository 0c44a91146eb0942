"""The tables of rounds: enrolled posts, runs and all they depend on, pairs, who is left, marks, what is being sent."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.features.agencies.models import Agency
from portal.features.exchanges.domain.disclosure import OVERSEERS
from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.models import Post
from portal.features.matches.models import Proposal
from portal.features.rounds.domain.lifecycle import HOLDING, ROUND, SENT, RoundState
from portal.features.rounds.domain.rules import PATIENCE, RoundPolicy
from portal.features.rounds.domain.vocabulary import LeftOut, MarkKind, RunStanding, Stage
from portal.infra.db import Record, Table
from portal.kernel.lifecycle import Lifecycle
from portal.kernel.policy import Actor


class Round(Record):
    """Many offers and needs matched together. Agencies know of it from its opening on."""

    __tablename__ = "matching_round"

    ref: Mapped[str] = mapped_column(String(16), unique=True)
    number: Mapped[int] = mapped_column(unique=True)
    """What people call it by: matching round 7."""
    state: Mapped[RoundState] = mapped_column(index=True)
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    review_until: Mapped[date]
    answer_days: Mapped[int]
    policy: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The rules as they are published with the round."""
    seed: Mapped[str] = mapped_column(String(32))
    """Of the lottery between equally good answers; drawn when the round is planned, and published with it."""
    planned_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    opened_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    answer_by: Mapped[datetime | None]
    """The deadline of what was sent; later for those who are asked after a refusal."""
    published_at: Mapped[datetime | None]
    chosen_run: Mapped[int | None]
    """The number of the run whose pairs are, or were, sent."""
    chosen_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    figures: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """What was agreed in the end, once it is published."""
    cancelled_because: Mapped[str | None]

    frozen = False
    enrolled = to_look_at = unanswered = 0
    """What stands in the way of closing, sending and publishing; `queries` counts them for the page and the services."""

    @property
    def lifecycle(self) -> Lifecycle[RoundState]:
        return ROUND

    @property
    def rules(self) -> RoundPolicy:
        return RoundPolicy(**self.policy)

    @property
    def holding(self) -> bool:
        return self.state in HOLDING

    @property
    def sent(self) -> bool:
        return self.state in SENT

    def disclosed_to(self, actor: Actor) -> bool:
        """The Python twin of `queries.visible`."""
        if actor.role in OVERSEERS:
            return True
        member = actor.agency_id is not None and (actor.verified or actor.suspended)
        return self.opened_at is not None and member


class Enrolment(Table):
    """A post that an agency brought into a round. What it brings is counted when the round closes."""

    __tablename__ = "round_enrolment"
    __table_args__ = (
        UniqueConstraint("round_id", "post_id"),
        Index(
            "uq_round_enrolment_in_one_round",
            "post_id",
            unique=True,
            sqlite_where=text("active"),
            postgresql_where=text("active"),
        ),
        Index("ix_round_enrolment_agency", "agency_id", "round_id"),
        Index("ix_round_enrolment_kind", "round_id", "kind", "id"),
    )

    round_id: Mapped[int] = mapped_column(ForeignKey("matching_round.id"))
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    kind: Mapped[PostKind]
    state_iso2: Mapped[str | None] = mapped_column(String(2))
    enrolled_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    enrolled_at: Mapped[datetime]
    active: Mapped[bool] = mapped_column(default=True)
    """Until the round is sent or cancelled: a post is in one round at a time."""
    brings: Mapped[int | None]
    """Places or officers that were free when the round closed."""
    left_out: Mapped[LeftOut | None]

    post: Mapped[Post] = relationship(lazy="raise")
    agency: Mapped[Agency] = relationship(lazy="raise")


class ByJob:
    """What a person wanted and a job works on."""

    ended_at: Mapped[datetime | None]
    beat_at: Mapped[datetime | None]
    """The last sign of life of the job that works on it."""

    def silent(self, at: datetime) -> bool:
        """Its job was killed: it began, never ended, and gives no sign of life."""
        return self.ended_at is None and self.beat_at is not None and self.beat_at < at - PATIENCE


class Run(ByJob, Record):
    """One solution of a round, with everything needed to compute it again: inputs, rules, seed, answer, digest."""

    __tablename__ = "round_run"
    __table_args__ = (
        UniqueConstraint("round_id", "number"),
        Index(
            "uq_round_run_one_at_a_time",
            "round_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_round_run_waiting", "ended_at", "begun_at", "id"),
    )

    round_id: Mapped[int] = mapped_column(ForeignKey("matching_round.id"))
    number: Mapped[int]
    follow_up: Mapped[bool] = mapped_column(default=False)
    """After a refusal: what is agreed or still open is locked, the rest is solved again."""
    policy: Mapped[dict[str, Any]] = mapped_column(JSON)
    seed: Mapped[str] = mapped_column(String(32))
    wanted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    wanted_as: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))
    wanted_at: Mapped[datetime]
    begun_at: Mapped[datetime | None]
    stage: Mapped[Stage | None]
    problem: Mapped[str | None]
    """Why it failed: a code."""
    problem_details: Mapped[str | None]
    """What the engine said, for the secretariat."""
    input: Mapped[str | None] = mapped_column(Text, deferred=True)
    result: Mapped[str | None] = mapped_column(Text, deferred=True)
    """As the engine wrote them, to the byte."""
    digest: Mapped[str | None] = mapped_column(String(64))
    """Over inputs and answer."""
    proof: Mapped[str | None] = mapped_column(String(20))
    """The kind of certificate that was checked: duality or stability."""
    value: Mapped[int | None] = mapped_column(BigInteger)
    objective: Mapped[int | None] = mapped_column(BigInteger)
    evenness: Mapped[int | None]
    """Jain's index over States of officers placed to officers wanted, in thousandths."""
    figures: Mapped[dict[str, Any] | None] = mapped_column(JSON)

    @property
    def rules(self) -> RoundPolicy:
        return RoundPolicy(**self.policy)

    @property
    def done(self) -> bool:
        return self.digest is not None

    def standing(self, at: datetime) -> RunStanding:
        if self.done:
            return RunStanding.DONE
        if self.problem or self.silent(at):
            return RunStanding.FAILED
        return RunStanding.WAITING if self.begun_at is None else RunStanding.WORKING


class Sending(ByJob, Record):
    """The proposals of a chosen run on their way: wanted by a person, put forward by a job, a few at a time."""

    __tablename__ = "round_sending"
    __table_args__ = (Index("ix_round_sending_waiting", "ended_at", "id"),)

    round_id: Mapped[int] = mapped_column(ForeignKey("matching_round.id"), unique=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("round_run.id"))
    wanted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    wanted_as: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))
    wanted_at: Mapped[datetime]
    answer_by: Mapped[datetime]
    begun_at: Mapped[datetime | None]
    taken: Mapped[int] = mapped_column(default=0)
    """How often a job has taken it on: whoever has an older number than this leaves it alone."""


class RunPair(Table):
    """An offer and a need that a run brought together."""

    __tablename__ = "round_pair"
    __table_args__ = (
        UniqueConstraint("run_id", "offer_id", "need_id"),
        Index("ix_round_pair_score", "run_id", "score", "id"),
        Index("ix_round_pair_look", "run_id", "needs_look", "kept_at"),
        Index("ix_round_pair_offer", "offer_id", "run_id"),
        Index("ix_round_pair_need", "need_id", "run_id"),
        Index("ix_round_pair_proposal", "proposal_id"),
    )

    run_id: Mapped[int] = mapped_column(ForeignKey("round_run.id"))
    offer_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    need_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    host_state: Mapped[str | None] = mapped_column(String(2))
    sender_state: Mapped[str | None] = mapped_column(String(2))
    officers: Mapped[int]
    locked: Mapped[int]
    score: Mapped[int]
    bonus: Mapped[int]
    parts: Mapped[dict[str, int]] = mapped_column(JSON)
    ranks: Mapped[dict[str, int]] = mapped_column(JSON)
    """`for_need` of `of_need`, `for_offer` of `of_offer`: 1 is the best that fits. `one_more`: what a further place is worth."""
    looks: Mapped[list[str]] = mapped_column(JSON)
    needs_look: Mapped[bool]
    kept_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    kept_at: Mapped[datetime | None]
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposal.id"))
    lost: Mapped[bool] = mapped_column(default=False)
    """It could no longer be put forward when its turn came."""
    followed: Mapped[bool] = mapped_column(default=False)
    """It was refused, or lost, and the rest was solved again since."""

    offer: Mapped[Post] = relationship(foreign_keys=[offer_id], lazy="raise")
    need: Mapped[Post] = relationship(foreign_keys=[need_id], lazy="raise")
    proposal: Mapped[Proposal | None] = relationship(foreign_keys=[proposal_id], lazy="raise")


class RunLeft(Table):
    """A post that has something left over in a run. `wholly`: it got no pair at all."""

    __tablename__ = "round_left"
    __table_args__ = (
        UniqueConstraint("run_id", "post_id"),
        Index("ix_round_left_page", "run_id", "kind", "wholly", "id"),
        Index("ix_round_left_post", "post_id"),
    )

    run_id: Mapped[int] = mapped_column(ForeignKey("round_run.id"))
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    kind: Mapped[PostKind]
    state_iso2: Mapped[str | None] = mapped_column(String(2))
    left: Mapped[int]
    wholly: Mapped[bool]
    code: Mapped[str] = mapped_column(String(40))
    """Why: `nothing_fits`, or `others_better` when something fits and went to others."""
    params: Mapped[dict[str, Any]] = mapped_column(JSON)
    times: Mapped[int] = mapped_column(default=0)
    """Earlier rounds in which its State got nothing."""

    post: Mapped[Post] = relationship(lazy="raise")


class Mark(Table):
    """A pair that the secretariat locked or ruled out, and why. Kept when it is lifted."""

    __tablename__ = "round_mark"
    __table_args__ = (
        Index(
            "uq_round_mark_one_each",
            "round_id",
            "offer_id",
            "need_id",
            unique=True,
            sqlite_where=text("lifted_at IS NULL"),
            postgresql_where=text("lifted_at IS NULL"),
        ),
        Index("ix_round_mark_offer", "offer_id"),
        Index("ix_round_mark_need", "need_id"),
    )

    round_id: Mapped[int] = mapped_column(ForeignKey("matching_round.id"))
    offer_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    need_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    kind: Mapped[MarkKind]
    officers: Mapped[int | None]
    """How many officers a lock keeps in place."""
    reason: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """None: an agency refused the pair, so the portal ruled it out."""
    at: Mapped[datetime]
    lifted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    lifted_at: Mapped[datetime | None]

    offer: Mapped[Post] = relationship(foreign_keys=[offer_id], lazy="raise")
    need: Mapped[Post] = relationship(foreign_keys=[need_id], lazy="raise")
