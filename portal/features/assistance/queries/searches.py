"""Saved searches: everybody their own, in the agency they act for."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from portal.features.assistance.models import SavedSearch
from portal.features.assistance.policy import DONORS
from portal.infra.db import db
from portal.kernel.policy import Actor
from portal.kernel.tasks import Task


def saved(actor: Actor) -> Sequence[SavedSearch]:
    query = select(SavedSearch).where(
        SavedSearch.person_id == actor.person_id, SavedSearch.agency_id == actor.agency_id
    )
    return db.session.scalars(query.order_by(SavedSearch.id)).all()


def find_search(actor: Actor, number: int) -> SavedSearch | None:
    return next((one for one in saved(actor) if one.id == number), None)


def tasks(actor: Actor, *, at: datetime) -> list[Task]:
    """News of saved searches that nobody has looked at: that there are some, never what."""
    if actor.agency_id is None or actor.suspended or not DONORS.holds(actor, None):
        return []
    return [
        Task(
            code="search.news",
            ref="",
            endpoint="assistance.search",
            args={"number": str(one.id)},
            params={"title": one.name},
            since=one.news_at,
            icon="search",
        )
        for one in saved(actor)
        if one.news_at is not None and one.news_at <= at
    ]
