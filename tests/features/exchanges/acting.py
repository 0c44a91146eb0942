"""People of the world as actors, and terms that nothing is wrong with."""

from datetime import date
from typing import Any

from portal.features.exchanges.domain.commands import STEPS
from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.people.models import Membership
from portal.features.people.queries import actor_of
from portal.infra.db import db
from portal.kernel.policy import Actor
from tests.world import NEXT_YEAR, PERSONAS, World


def acting(world: World, name: str) -> Actor:
    query = db.select(Membership).where(Membership.id == world.memberships[name])
    membership = db.session.scalars(query.options(db.joinedload(Membership.agency))).one()
    return actor_of(membership)


def everyone(world: World) -> dict[str, Actor | None]:
    return {"nobody": None} | {name: acting(world, name) for name in PERSONAS}


def typed(kind: PostKind, **changes: Any) -> dict[str, Any]:
    """What somebody types who makes no mistake."""
    common: dict[str, Any] = {
        "title": "Observation au bureau de Catane",
        "title_language": "fr",
        "topics": ["art14-2b", "fraudulent-documents"],
        "formats": ["job_shadowing", "study_visit"],
        "languages": [{"language": "fr", "level": "B1"}],
        "clearance": "basic",
        "windows": [{"starts_on": f"{NEXT_YEAR}-02-01", "ends_on": f"{NEXT_YEAR}-02-05"}],
        "min_days": "5",
        "max_days": "5",
        "costs": ["travel", "lodging"],
        "contact": "Permanence, desk@host.example",
        "programme": "Observer le travail des agents.",
        "label": "green",
    }
    offer = {
        "direction": "hosts",
        "places": "2",
        "interpreter": "no",
        "band_min": "3",
        "band_max": "4",
        "site": "Catania",
    }
    return common | (offer if kind == PostKind.OFFER else {"officers": "2", "band": "3"}) | changes


def of_step(kind: PostKind, step: str, **changes: Any) -> dict[str, Any]:
    values = typed(kind, **changes)
    return {name: values[name] for name in STEPS[kind][step].model_fields if name in values}


TODAY = date(NEXT_YEAR - 1, 11, 24)
