"""A round with many pairs from many States, brought in by the fastest way that keeps to the rules."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert

from portal.features.agencies.domain import AgencyKind, AgencyStatus
from portal.features.agencies.models import Agency, State
from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.rounds import services
from portal.features.rounds.models import Enrolment, Round
from portal.infra.db import db
from portal.kernel.languages import Level
from portal.kernel.reference import Kind, new_reference
from portal.kernel.states import STATES
from tests.features.matches.acts import NOW, actor
from tests.features.rounds.acts import opened
from tests.world import LONG_AGO, NEXT_YEAR, World, a_state, add_post

TOPICS = tuple(f"art14-2{letter}" for letter in "abcde")
ORIGINS, HOSTS = 30, 20


def agencies_of_many_states(world: World, number: int) -> list[str]:
    """Keys of agencies, each of another State."""
    states = sorted(STATES)[:: len(STATES) // (number + 1)][:number]
    known = set(db.session.scalars(db.select(State.iso2)))
    db.session.add_all([a_state(iso2) for iso2 in states if iso2 not in known])
    for iso2 in states:
        agency = Agency(
            key=f"{iso2}-MANY",
            state_iso2=iso2,
            kind=AgencyKind.BORDER_POLICE,
            names={"en": f"Invented border service of {iso2}"},
            name_language="en",
            status=AgencyStatus.VERIFIED,
            verified_at=LONG_AGO,
        )
        db.session.add(agency)
        db.session.flush()
        world.agencies[f"many-{iso2}"] = agency.id
    return [f"many-{iso2}" for iso2 in states]


def enrolled(
    world: World, offers: int, needs: int, *, of_two: bool = False, round_: Round | None = None, **rules: Any
) -> Round:
    """An open round with so many posts, of agencies of many States or of the two that the world has."""
    states = [] if of_two else agencies_of_many_states(world, ORIGINS + HOSTS)
    hosts, senders = (["host"], ["sender"]) if of_two else (states[:HOSTS], states[HOSTS:])
    round_ = round_ or opened(world, **rules)
    refs = {kind: _references(kind, max(offers, needs)) for kind in (Kind.OFFER, Kind.NEED)}
    posts = [
        *(_offer(world, hosts[number % len(hosts)], refs[Kind.OFFER][number], number) for number in range(offers)),
        *(_need(world, senders[number % len(senders)], refs[Kind.NEED][number], number) for number in range(needs)),
    ]
    states_of = {agency.id: agency.state_iso2 for agency in db.session.scalars(db.select(Agency))}
    db.session.execute(
        insert(Enrolment),
        [
            {
                "round_id": round_.id,
                "post_id": post.id,
                "agency_id": post.agency_id,
                "kind": post.kind,
                "state_iso2": states_of[post.agency_id],
                "enrolled_at": NOW,
                "active": True,
                "brings": post.free,
            }
            for post in posts
        ],
    )
    return round_


def _references(kind: Kind, number: int) -> list[str]:
    found: set[str] = set()
    while len(found) < number:
        found.add(new_reference(kind, 2026))
    return sorted(found)


def _offer(world: World, key: str, ref: str, number: int) -> Any:
    title = f"Secondary inspection and study visit, group {number}"
    changes = {"ref": ref, "capacity": 1, "topics": [TOPICS[number % 5]], "title": title}
    return add_post(world, PostKind.OFFER, key, **changes)


def _need(world: World, key: str, ref: str, number: int) -> Any:
    late = date(NEXT_YEAR, 3, 26) - timedelta(days=number % 14)
    changes = {
        "ref": ref,
        "capacity": 1,
        "topics": [TOPICS[number % 5]],
        "languages": [("fr", list(Level)[2 + number % 3])],
        "windows": [(date(NEXT_YEAR, 3, 1), late)],
        "prefers_states": [],
        "title": f"Contrôle documentaire à l’aéroport, équipe {number}",
    }
    return add_post(world, PostKind.NEED, key, **changes)


def closed(world: World, offers: int, needs: int, **more: Any) -> Round:
    round_ = enrolled(world, offers, needs, **more)
    services.close(round_, by=actor(world, "secretariat"), at=NOW)
    db.session.commit()
    return round_
