"""The tables of offers and needs. Both are a `Post`: they share fields, lists, labels and most of their lifecycle."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Computed, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.features.agencies.models import Agency
from portal.features.exchanges.domain.disclosure import Disclosure, Seen, disclosure
from portal.features.exchanges.domain.lifecycles import LIVE, NEED, OFFER, PostState
from portal.features.exchanges.domain.vocabulary import Clearance, Direction, PostKind
from portal.infra.db import Record, Table
from portal.kernel.labels import Tlp
from portal.kernel.languages import Level
from portal.kernel.lifecycle import Lifecycle
from portal.kernel.policy import Actor

REACH = (
    "CASE WHEN state NOT IN ('published', 'full', 'partly_matched', 'matched') THEN 0"
    " WHEN label = 'clear' THEN 4 WHEN label = 'green' THEN 3 WHEN label = 'amber' THEN 2 ELSE 1 END"
)
"""How far a live post travels, as the first key of every list's index: `queries.reach` has the names."""


class Post(Record):
    """An offer (`capacity` counts places) or a need (`capacity` counts officers).

    Until it is submitted, what people typed stands in `draft`, field by field as typed, also when it is not valid yet.
    The columns hold the last checked terms.
    """

    __tablename__ = "post"
    __table_args__ = (
        CheckConstraint("claimed >= 0 AND claimed <= capacity", name="claimed_within_capacity"),
        Index("ix_post_newest", "kind", "reach", "published_at", "id"),
        Index("ix_post_soonest", "kind", "reach", "first_day", "id"),
        Index("ix_post_agency_newest", "agency_id", "kind", "reach", "published_at", "id"),
        Index("ix_post_agency_soonest", "agency_id", "kind", "reach", "first_day", "id"),
        Index("ix_post_agency_state", "agency_id", "state", "id"),
        Index("ix_post_expiring", "state", "last_day"),
        UniqueConstraint("kind", "imported_key"),
    )

    kind: Mapped[PostKind]
    ref: Mapped[str] = mapped_column(String(16), unique=True)
    imported_key: Mapped[str | None] = mapped_column(String(20))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    state: Mapped[PostState]
    label: Mapped[Tlp] = mapped_column(default=Tlp.GREEN)
    title: Mapped[str] = mapped_column(String(200), default="")
    title_language: Mapped[str] = mapped_column(String(8), default="en")
    formats: Mapped[list[str]] = mapped_column(JSON, default=list)
    direction: Mapped[Direction | None]
    capacity: Mapped[int] = mapped_column(default=0)
    claimed: Mapped[int] = mapped_column(default=0)
    interpreter: Mapped[bool] = mapped_column(default=False)
    min_days: Mapped[int] = mapped_column(default=1)
    max_days: Mapped[int] = mapped_column(default=1)
    band_min: Mapped[int] = mapped_column(default=1)
    """Peer band 1 to 5; a need asks for one band, which stands in both columns."""
    band_max: Mapped[int] = mapped_column(default=5)
    clearance: Mapped[Clearance] = mapped_column(default=Clearance.NONE)
    costs: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Covered by the offer, or required by the need."""
    costs_note: Mapped[str] = mapped_column(String(300), default="")
    accepts_states: Mapped[list[str]] = mapped_column(JSON, default=list)
    excludes_states: Mapped[list[str]] = mapped_column(JSON, default=list)
    prefers_states: Mapped[list[str]] = mapped_column(JSON, default=list)
    site: Mapped[str] = mapped_column(default="")
    contact: Mapped[str] = mapped_column(default="")
    programme: Mapped[str] = mapped_column(default="")
    """What the officer will do, or wants to learn, in `title_language`."""
    conditions: Mapped[str] = mapped_column(default="")
    restricted: Mapped[str] = mapped_column(default="")
    """Remarks that only an agency that agreed may read."""
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    published_at: Mapped[datetime | None]
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    """Of all windows."""
    reach: Mapped[int] = mapped_column(Computed(REACH, persisted=True))
    terms_version: Mapped[int] = mapped_column(default=0)
    draft: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    draft_saved_at: Mapped[datetime | None]
    draft_saved_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    without_second_approver: Mapped[bool] = mapped_column(default=False)
    """Set when submitted: nobody else of the agency may approve, so the State's coordinator may."""
    returned_at: Mapped[datetime | None]
    """While a draft that came back waits to be mended."""
    held_for: Mapped[str | None] = mapped_column(String(16))
    """The reference of what holds the post: until it lets go, no other proposal begins and no material term changes."""

    agency: Mapped[Agency] = relationship(lazy="raise")
    topics: Mapped[list["PostTopic"]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by="PostTopic.id"
    )
    languages: Mapped[list["PostLanguage"]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by="PostLanguage.id"
    )
    windows: Mapped[list["PostWindow"]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by="PostWindow.starts_on"
    )

    seen = Seen()
    """How the reader is connected to the post; `queries` sets it for the actor it loads the post for."""

    @property
    def lifecycle(self) -> Lifecycle[PostState]:
        return OFFER if self.kind == PostKind.OFFER else NEED

    @property
    def free(self) -> int:
        return self.capacity - self.claimed

    @property
    def live(self) -> bool:
        return self.state in LIVE

    @property
    def frozen(self) -> bool:
        """Derived, not a state: the agency is suspended."""
        return self.agency.suspended

    @property
    def endorsement_needed(self) -> bool:
        return self.agency.endorses(self.kind)

    @property
    def state_iso2(self) -> str | None:
        return self.agency.state_iso2

    def disclosed_to(self, actor: Actor | None) -> bool:
        """The Python twin of `queries.visible`."""
        return disclosure(actor, self, self.seen) is not Disclosure.NOTHING


class PostTopic(Table):
    __tablename__ = "post_topic"
    __table_args__ = (UniqueConstraint("post_id", "topic"),)

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    topic: Mapped[str] = mapped_column(String(40))


class PostLanguage(Table):
    __tablename__ = "post_language"
    __table_args__ = (UniqueConstraint("post_id", "language"),)

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    language: Mapped[str] = mapped_column(String(8))
    level: Mapped[Level]


class PostWindow(Table):
    """Days on which the exchange may take place, both ends included."""

    __tablename__ = "post_window"
    __table_args__ = (CheckConstraint("starts_on <= ends_on", name="window_in_order"),)

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]


class PostRelease(Table):
    """An agency, or a person, to whom a record above AMBER was released by name."""

    __tablename__ = "post_release"
    __table_args__ = (CheckConstraint("(agency_id IS NULL) <> (person_id IS NULL)", name="one_receiver"),)

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), index=True)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    released_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class PostCounterpart(Table):
    """An agency that sees a post through its proposals on it. `matches` keeps these rows in step."""

    __tablename__ = "post_counterpart"
    __table_args__ = (UniqueConstraint("post_id", "agency_id"),)

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    live: Mapped[int] = mapped_column(default=0)
    """Live proposals between the two: while there is one, the record may be seen at AMBER."""
    agreed: Mapped[int] = mapped_column(default=0)
    """Confirmed ones: while there is one, exact site, contact and names may be seen."""


class PostTerms(Table):
    """One version of what was published: append-only. `hash` is the SHA-256 of the canonical terms."""

    __tablename__ = "post_terms"
    __table_args__ = (UniqueConstraint("post_id", "number"),)

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    number: Mapped[int]
    terms: Mapped[dict[str, Any]] = mapped_column(JSON)
    hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class Fit(Table):
    """A feasible pair of live posts, kept in step when a post is published, revised or ends.

    It is what "agencies with a published feasible post" in the disclosure rules is asked of.
    """

    __tablename__ = "fit"
    __table_args__ = (
        UniqueConstraint("offer_id", "need_id"),
        Index("ix_fit_offer", "offer_id", "score", "id"),
        Index("ix_fit_need", "need_id", "score", "id"),
    )

    offer_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    need_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    score: Mapped[int]
    parts: Mapped[dict[str, int]] = mapped_column(JSON)


class PostTerm(Table):
    """A word or a quality by which a live post is found; rows exist while the post is live.

    Keeps the keys of every list's order, so that a filtered list walks one index just as the whole list does.
    """

    __tablename__ = "post_term"
    __table_args__ = (
        Index("ix_post_term_newest", "kind", "term", "reach", "published_at", "post_id"),
        Index("ix_post_term_soonest", "kind", "term", "reach", "first_day", "post_id"),
        UniqueConstraint("post_id", "term"),
    )

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    kind: Mapped[PostKind]
    term: Mapped[str] = mapped_column(String(60))
    """`w:` and a token, or a quality such as `topic:art14-2b`, `state:IT`, `speaks:fr:B1`."""
    reach: Mapped[int]
    published_at: Mapped[datetime]
    first_day: Mapped[date]
