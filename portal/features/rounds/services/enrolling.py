"""Agencies bring their posts into an open round, or take them out again."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from portal.features.exchanges.domain.disclosure import NAMED_ONLY
from portal.features.exchanges.domain.lifecycles import CLAIMABLE
from portal.features.exchanges.models import Post
from portal.features.rounds.domain.lifecycle import ROUND, RoundState
from portal.features.rounds.models import Enrolment, Round
from portal.infra.db import db
from portal.infra.history import note
from portal.kernel.errors import Conflict, Frozen, IllegalTransition, Problem, Rejected
from portal.kernel.policy import Actor


@dataclass(frozen=True, slots=True)
class Place:
    """A post beside the round that it could take part in."""

    round: Round
    post: Post

    @property
    def ref(self) -> str:
        return self.round.ref


def enrol(place: Place, *, by: Actor, at: datetime) -> Enrolment:
    """Bring a post in. Said twice, it means once."""
    round_, post = _held(place)
    if post.frozen:
        raise Frozen
    if post.state not in CLAIMABLE:
        raise Rejected(Problem("nothing_free_to_enrol", "post"))
    if post.label in NAMED_ONLY:
        raise Rejected(Problem("too_closed_to_enrol", "post"))
    elsewhere = select(Enrolment).where(Enrolment.post_id == post.id, Enrolment.active)
    if known := db.session.scalars(elsewhere).first():
        if known.round_id == round_.id:
            return known
        raise Conflict(Problem("in_another_round"))
    before = select(Enrolment).where(Enrolment.post_id == post.id, Enrolment.round_id == round_.id)
    enrolment = db.session.scalars(before).first() or Enrolment(round_id=round_.id, post_id=post.id)
    enrolment.agency_id, enrolment.kind, enrolment.state_iso2 = post.agency_id, post.kind, post.agency.state_iso2
    enrolment.enrolled_by, enrolment.enrolled_at, enrolment.active = by.person_id, at, True
    enrolment.brings = post.free
    db.session.add(enrolment)
    db.session.flush()
    note(ROUND, round_, "enrol", by=by, at=at, details={"post": post.ref})
    return enrolment


def take_out(place: Place, *, by: Actor, at: datetime) -> None:
    """Take a post back as long as the round is open. Said twice, it means once."""
    round_, post = _held(place)
    query = select(Enrolment).where(Enrolment.post_id == post.id, Enrolment.round_id == round_.id, Enrolment.active)
    if enrolment := db.session.scalars(query).first():
        db.session.delete(enrolment)
        db.session.flush()
        note(ROUND, round_, "take_out", by=by, at=at, details={"post": post.ref})


def _held(place: Place) -> tuple[Round, Post]:
    """The round and then the post, locked: enrolment ends, and posts end, before or after this, never meanwhile."""
    db.session.refresh(place.round, with_for_update={"key_share": True})
    db.session.refresh(
        place.post, with_for_update={"key_share": True}, attribute_names=["state", "label", "claimed", "version"]
    )
    if place.round.state != RoundState.OPEN:
        raise IllegalTransition(ROUND.name, "enrol", place.round.state)
    return place.round, place.post
