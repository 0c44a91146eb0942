"""Two matching rounds of the demonstration: one of last month, published, and one that takes posts just now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from portal.demo.cast import PEOPLE
from portal.demo.story import Story
from portal.features.agencies.models import Agency
from portal.features.exchanges.domain.lifecycles import CLAIMABLE
from portal.features.exchanges.models import Post
from portal.features.exchanges.queries import by_id
from portal.features.matches.domain.commands import Accept, Decline
from portal.features.matches.models import Proposal
from portal.features.matches.queries.proposals import WITH_PARTIES
from portal.features.matches.services import accept, decline, expire_due
from portal.features.rounds import services
from portal.features.rounds.domain.commands import ChooseRun, KeepAll, PlanRound, StartRun
from portal.features.rounds.models import Round
from portal.infra.db import db
from portal.kernel.policy import Actor, Role

PLANNER, SENDER = "Amina Rahimov", "Thomas Berger"
STAYS_OUT = ("IT-BORD", "MA-IMMI", "NE-BORD")
"""Agencies that have not yet brought their posts into the open round: their people are asked to."""
REFUSES = "FR-BORD"
REASON = "Nos places sont prises par un autre programme ; nous serons là au prochain cycle."


@dataclass(frozen=True, slots=True)
class Rounds:
    """Told after everything else, with posts that nothing else happened to."""

    story: Story

    def tell(self) -> None:
        self.last_month()
        self.just_now()

    # -------------------------------------------------------------------------------------------------- last month

    def last_month(self) -> None:
        """Agencies of the cast alone: planned, run twice, sent by a second person, one refusal, published."""
        round_ = self.planned(days=29, opens=28, closes=24, review=22, answer_days=14, spread_points=4)
        services.open_enrolment(round_, by=self.story.actor(PLANNER), at=self.story.ago(28))
        for post in self.untouched(self.cast_agencies()):
            self.enrol(round_, post, days=26)
        services.close(round_, by=self.story.actor(PLANNER), at=self.story.ago(24))
        self.run(round_, days=24, look_below=60)
        self.run(round_, days=23, look_below=60, spread_points=4)
        services.choose(ChooseRun(run=2), round_, by=self.story.actor(PLANNER), at=self.story.ago(23))
        self.keep_all(round_, 2, days=23)
        services.send_now(round_, by=self.story.actor(SENDER), at=self.story.ago(22))
        self.answers(round_, days=19, refuses=REFUSES)
        services.do_now(services.want_follow_up(round_, at=self.story.ago(18)), round_, at=self.story.ago(18))
        self.answers(round_, days=15, refuses=None)
        expire_due(at=self.story.ago(3))
        services.publish(round_, by=self.story.actor(PLANNER), at=self.story.ago(3))

    def answers(self, round_: Round, *, days: int, refuses: str | None) -> None:
        """Both approvers accept; one agency of all refuses once."""
        refused = False
        for proposal in self.open_proposals(round_):
            if refuses and not refused and proposal.host.key == refuses:
                decline(Decline(reason=REASON), proposal, by=self.approver(refuses), at=self.story.ago(days))
                refused = True
                continue
            for agency in (proposal.sender, proposal.host):
                seen = Accept(version=proposal.terms_version, hash=proposal.terms_hash)
                accept(seen, proposal, by=self.approver(agency.key), at=self.story.ago(days))

    def open_proposals(self, round_: Round) -> Sequence[Proposal]:
        query = select(Proposal).where(Proposal.answer_by.is_not(None)).options(*WITH_PARTIES).order_by(Proposal.id)
        return [proposal for proposal in db.session.scalars(query).all() if proposal.negotiating and round_.sent]

    def run(self, round_: Round, *, days: int, **rules: int) -> None:
        at = self.story.ago(days)
        services.do_now(services.start(StartRun(**rules), round_, by=self.story.actor(PLANNER), at=at), round_, at=at)

    def keep_all(self, round_: Round, number: int, *, days: int) -> None:
        services.keep_all(KeepAll(run=number), round_, by=self.story.actor(SENDER), at=self.story.ago(days))

    # ---------------------------------------------------------------------------------------------------- just now

    def just_now(self) -> None:
        """Open for two weeks more; most agencies are in already."""
        round_ = self.planned(days=6, opens=5, closes=-16, review=-23, answer_days=14, empty_points=5, spread_points=3)
        services.open_enrolment(round_, by=self.story.actor(PLANNER), at=self.story.ago(5))
        keys = select(Agency.key).where(Agency.key.not_in(STAYS_OUT))
        posts = self.untouched(db.session.scalars(keys).all())
        for number, post in enumerate(posts):
            self.enrol(round_, post, days=4 if number < len(posts) // 2 else 2)

    # ------------------------------------------------------------------------------------------------------- parts

    def planned(self, *, days: int, opens: int, closes: int, review: int, answer_days: int, **rules: int) -> Round:
        day = lambda before: (self.story.at - timedelta(days=before)).date()  # noqa: E731
        command = PlanRound(
            opens_on=day(opens), closes_on=day(closes), review_until=day(review), answer_days=answer_days, **rules
        )
        return services.plan(command, by=self.story.actor(PLANNER), at=self.story.ago(days))

    def untouched(self, agency_keys: Sequence[str]) -> list[Post]:
        """Posts of the programme with something free, of these agencies, on which nothing else was ever proposed."""
        busy = [*db.session.execute(select(Proposal.offer_id, Proposal.need_id))]
        taken = {post_id for pair in busy for post_id in pair}
        query = (
            select(Post.id)
            .join(Agency, Agency.id == Post.agency_id)
            .where(Agency.key.in_(agency_keys), Post.state.in_(sorted(CLAIMABLE)), Post.imported_key.is_not(None))
        )
        posts = [by_id(post_id) for post_id in db.session.scalars(query.order_by(Post.id)) if post_id not in taken]
        return [post for post in posts if post]

    def enrol(self, round_: Round, post: Post, *, days: int) -> None:
        """As an editor of its agency would; most agencies of the programme have no people here."""
        by = Actor(person_id=None, membership_id=None, role=Role.EDITOR, agency_id=post.agency_id)
        services.enrol(services.Place(round_, post), by=by, at=self.story.ago(days))

    def cast_agencies(self) -> list[str]:
        """Agencies whose approvers are people of the demonstration."""
        return sorted({key for person in PEOPLE for key, role in person.memberships if role == Role.APPROVER})

    def approver(self, agency_key: str) -> Actor:
        name = next(p.name for p in PEOPLE if (agency_key, Role.APPROVER) in p.memberships)
        return self.story.actor(name)


def tell(story: Story) -> None:
    Rounds(story).tell()
