"""What the invented people did before the demonstration opens, so that each inbox shows something true."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from portal.demo.assistance import Asked
from portal.demo.cast import PEOPLE
from portal.demo.pledges import Promised
from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.models import Post
from portal.features.exchanges.queries import by_id
from portal.features.exchanges.services import create_draft, publish, submit_post
from portal.features.matches.domain.commands import Accept, Answer, Ask, Counter, Decline, Propose
from portal.features.matches.domain.rules import suggested_days
from portal.features.matches.models import Proposal
from portal.features.matches.services import accept, answer, ask, counter, decline, propose, settle
from portal.features.matches.services.pairs import Pair, room_for
from portal.features.people.models import Membership, Person
from portal.features.people.queries import actor_of, live_memberships
from portal.infra.db import db
from portal.kernel.policy import Actor

OFFER: Mapping[str, Any] = {
    "title": "Contrôle de deuxième ligne à l’aéroport",
    "title_language": "fr",
    "topics": ["art14-2b", "fraudulent-documents"],
    "direction": "hosts",
    "formats": ["job_shadowing", "study_visit"],
    "places": 2,
    "languages": [{"language": "fr", "level": "B1"}, {"language": "en", "level": "B1"}],
    "interpreter": "no",
    "band_min": 2,
    "band_max": 4,
    "accepts_states": [],
    "excludes_states": [],
    "clearance": "basic",
    "min_days": 2,
    "max_days": 5,
    "costs": ["travel", "daily_allowance", "lodging"],
    "costs_note": "",
    "conditions": "Sans arme. L’agence d’envoi assure ses agents.",
    "site": "Aéroport de Catane, bureau de la frontière",
    "contact": "Permanence du bureau, desk@it-bord.example",
    "programme": "Travail aux côtés de nos examinateurs, du premier guichet à la deuxième ligne.",
    "restricted": "",
    "label": "green",
}
OFFER_WINDOWS = (("02-01", "02-05"), ("03-08", "03-12"), ("03-15", "03-19"), ("04-12", "04-16"))
NEED: Mapping[str, Any] = {
    "title": "Contrôle documentaire à l’aéroport de Niamey",
    "title_language": "fr",
    "topics": ["art14-2b"],
    "formats": ["job_shadowing"],
    "officers": 2,
    "languages": [{"language": "fr", "level": "B2"}],
    "band": 3,
    "accepts_states": [],
    "excludes_states": [],
    "prefers_states": ["FR", "IT"],
    "clearance": "basic",
    "min_days": 2,
    "max_days": 10,
    "costs": ["travel", "lodging"],
    "costs_note": "",
    "conditions": "",
    "site": "",
    "contact": "Secrétariat de la police aux frontières, desk@ne-bord.example",
    "programme": "Reconnaître les faux documents au premier contrôle, et former ensuite les collègues.",
    "restricted": "",
    "label": "green",
}
NEED_WINDOWS = (("03-01", "03-26"), ("05-03", "05-28"))


@dataclass(frozen=True, slots=True)
class Story:
    """Tells what happened, each step `days` before the demonstration is loaded. `ahead` moves the calendar."""

    at: datetime
    year: int
    ahead: timedelta

    def tell(self) -> None:
        settle()  # the fits of the programme are known before anybody acts on them
        self.two_posts_that_fit()
        settle()
        self.posts_that_wait()
        self.proposals()
        asked = Asked(self.at, self.actor, lambda name: self.membership(name).agency)
        asked.tell()
        Promised(asked).tell()

    # ------------------------------------------------------------------------------------------------------- posts

    def two_posts_that_fit(self) -> None:
        """The pair of the first journey: Italy hosts, Niger sends."""
        offer = self.submitted("Elena Marchetti", PostKind.OFFER, self.terms(OFFER, OFFER_WINDOWS), days=12)
        publish(offer, by=self.actor("Giulia Santoro"), at=self.ago(11))
        need = self.submitted("Ibrahim Saley", PostKind.NEED, self.terms(NEED, NEED_WINDOWS), days=6)
        publish(need, by=self.actor("Halima Moussa"), at=self.ago(5))

    def posts_that_wait(self) -> None:
        """One post waits for its approver on each side, and one is not finished."""
        changes = {"title": "Fouille des véhicules au port", "topics": ["art14-2d"], "site": "Port de Catane"}
        offer_terms = self.terms({**OFFER, **changes}, OFFER_WINDOWS[2:])
        self.submitted("Elena Marchetti", PostKind.OFFER, offer_terms, days=2)
        need_terms = self.terms({**NEED, "title": "Entretiens avec les migrants", "topics": ["art14-2e"]}, NEED_WINDOWS)
        self.submitted("Ibrahim Saley", PostKind.NEED, need_terms, days=1)
        started = {"title": "Inspección de equipajes", "title_language": "es", "label": "green", "clearance": "none"}
        self.draft("Lucia Herrero", PostKind.OFFER, started, days=3)

    def terms(self, terms: Mapping[str, Any], windows: tuple[tuple[str, str], ...]) -> dict[str, Any]:
        """As a person types them, with the windows in the year of the programme."""
        days = [{"starts_on": self.day(first), "ends_on": self.day(last)} for first, last in windows]
        return {**terms, "windows": days}

    def day(self, month_and_day: str) -> str:
        first_written = datetime.fromisoformat(f"{self.year}-{month_and_day}").date()
        return (first_written + self.ahead).isoformat()

    def draft(self, author: str, kind: PostKind, typed: Mapping[str, Any], *, days: int) -> Post:
        membership = self.membership(author)
        by = actor_of(membership)
        return create_draft(kind, membership.agency, by=by, at=self.ago(days), start=typed)

    def submitted(self, author: str, kind: PostKind, typed: Mapping[str, Any], *, days: int) -> Post:
        written = self.draft(author, kind, typed, days=days)
        db.session.flush()
        db.session.expire(written)
        post = by_id(written.id)
        if post is None:
            raise LookupError(f"{author}'s draft is not there")
        return submit_post(post, by=self.actor(author), at=self.ago(days))

    # --------------------------------------------------------------------------------------------------- proposals

    def proposals(self) -> None:
        """Each on a strong pair of the programme, each in another state."""
        self.proposed("Owen Radcliffe", "O0086", "N0108", days=4)
        self.proposed("Anna Rosset", "O0011", "N0014", days=3)
        self.agreed(self.proposed("Andres Villalba", "O0003", "N0117", days=9))
        self.countered(self.proposed("Pieter Verhaegen", "O0024", "N0060", days=8))
        refused = self.proposed("Julien Marsac", "O0035", "N0056", days=7)
        reason = Decline(reason="Nos officiers sont engagés en août ; nous reviendrons vers vous.")
        decline(reason, refused, by=self.actor("Karim Tazi"), at=self.ago(6))

    def proposed(self, who: str, offer_key: str, need_key: str, *, days: int) -> Proposal:
        offer, need = self.imported(PostKind.OFFER, offer_key), self.imported(PostKind.NEED, need_key)
        by = self.actor(who)
        return propose(self.first_terms(offer, need), pair=Pair(offer, need), by=by, at=self.ago(days))

    def first_terms(self, offer: Post, need: Post) -> Propose:
        room = room_for(offer, need)
        dates = suggested_days(room, today=self.at.date())
        if dates is None:
            raise LookupError(f"{offer.imported_key} and {need.imported_key} have no days in common")
        return Propose(
            offer=offer.ref,
            need=need.ref,
            starts_on=dates[0],
            ends_on=dates[1],
            officers=room.officers,
            costs=tuple(sorted(set(offer.costs) & set(need.costs))),
            conditions="",
            conditions_language="en",
        )

    def agreed(self, proposal: Proposal) -> None:
        seen = Accept(version=proposal.terms_version, hash=proposal.terms_hash)
        accept(seen, proposal, by=self.actor("Seydou Traore"), at=self.ago(7))

    def countered(self, proposal: Proposal) -> None:
        """Other conditions, a question and its answer: now it is the host's turn."""
        question = Ask(text="Предоставляется ли жильё рядом с местом стажировки?", language="ru")
        ask(question, proposal, by=self.actor("Oyuna Bataar"), at=self.ago(6))
        reply = Answer(question=1, text="Oui, à dix minutes à pied.", language="fr")
        answer(reply, proposal, by=self.actor("Pieter Verhaegen"), at=self.ago(5))
        first = self.first_terms(proposal.offer, proposal.need)
        with_conditions = {
            "conditions": "Сотрудник возвращается в последний день вечером.",
            "conditions_language": "ru",
            "version": proposal.terms_version,
            "hash": proposal.terms_hash,
        }
        other = Counter(**(first.model_dump(exclude={"offer", "need"}) | with_conditions))
        counter(other, proposal, by=self.actor("Temur Ganzorig"), at=self.ago(4))

    # ------------------------------------------------------------------------------------------------------ people

    def ago(self, days: int) -> datetime:
        return self.at - timedelta(days=days)

    def membership(self, name: str) -> Membership:
        """The first membership of one of the cast."""
        email = next(person.email for person in PEOPLE if person.name == name)
        person_id = db.session.scalars(select(Person.id).where(Person.email == email)).one()
        return live_memberships(person_id, at=self.at)[0]

    def actor(self, name: str) -> Actor:
        return actor_of(self.membership(name))

    def imported(self, kind: PostKind, key: str) -> Post:
        post = by_id(db.session.scalars(select(Post.id).filter_by(kind=kind, imported_key=key)).one())
        if post is None:
            raise LookupError(key)
        return post
