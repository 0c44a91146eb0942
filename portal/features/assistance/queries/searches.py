"""Saved searches: everybody their own, in the agency they act for."""

from collections.abc import Sequence

from sqlalchemy import select

from portal.features.assistance.models import SavedSearch
from portal.infra.db import db
from portal.kernel.policy import Actor


def saved(actor: Actor) -> Sequence[SavedSearch]:
    query = select(SavedSearch).where(
        SavedSearch.person_id == actor.person_id, SavedSearch.agency_id == actor.agency_id
    )
    return db.session.scalars(query.order_by(SavedSearch.id)).all()


def find_search(actor: Actor, number: int) -> SavedSearch | None:
    return next((one for one in saved(actor) if one.id == number), None)
