"""Saved searches, and telling their owners of new requests: only of what they may see at that moment."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from blinker import signal
from sqlalchemy import Connection, select, update

from portal.features.assistance.domain.filters import Filters
from portal.features.assistance.domain.searching import MOST_SEARCHES, SaveSearch
from portal.features.assistance.models import Request, SavedSearch
from portal.features.assistance.policy import DONORS
from portal.features.assistance.queries.listing import passes
from portal.features.assistance.queries.searches import saved
from portal.features.people.queries import actor_of, live_memberships
from portal.infra.db import db
from portal.kernel.errors import Problem, Rejected
from portal.kernel.policy import Actor

A_DAY = timedelta(days=1)
found_new = signal("assistance.found_new")
"""Sent with `search` and `actor` when a saved search has new requests: notices write the mail."""


def save_search(command: SaveSearch, *, args: Mapping[str, Any], by: Actor, at: datetime) -> SavedSearch:
    """Keep the filters; a name that is there already is kept once, with the new filters."""
    mine = saved(by)
    search = next((one for one in mine if one.name.casefold() == command.name.casefold()), None)
    if search is None:
        if len(mine) >= MOST_SEARCHES:
            raise Rejected(Problem("too_many_searches", "name", {"most": MOST_SEARCHES}))
        search = SavedSearch(agency_id=by.agency_id, person_id=by.person_id, created_at=at)
        db.session.add(search)
    search.name, search.filters, search.told_until, search.news_at = command.name, dict(args), at, None
    return search


def look_at(connection: Connection, search_id: int, *, since: datetime) -> None:
    """Its owner has opened it: the news since then are no news any more. Runs in a transaction of its own."""
    seen = update(SavedSearch).where(SavedSearch.id == search_id, SavedSearch.news_at == since)
    connection.execute(seen.values(news_at=None))


def forget_search(search: SavedSearch) -> None:
    db.session.delete(search)


def tell_of_new(read: Any, *, at: datetime) -> int:
    """Tell of requests opened since the last time, at most once a day for each search; how many searches had any."""
    told = 0
    due = select(SavedSearch).where(SavedSearch.told_until <= at - A_DAY).order_by(SavedSearch.id)
    for search in db.session.scalars(due).all():
        actor = _owner(search, at)
        if actor is None:
            db.session.delete(search)  # the membership ended, and the search with it
            continue
        if _has_new(actor, read(search.filters), search.told_until, at):
            search.news_at = search.news_at or at
            found_new.send("assistance", search=search, actor=actor, at=at)
            told += 1
        search.told_until = at
    return told


def _owner(search: SavedSearch, at: datetime) -> Actor | None:
    """Who saved it, while they still look for their agency as a donor."""
    held = [m for m in live_memberships(search.person_id, at=at) if m.agency_id == search.agency_id]
    actors = [actor_of(membership) for membership in held]
    return next((actor for actor in actors if DONORS.holds(actor, None)), None)


def _has_new(actor: Actor, filters: Filters, since: datetime, until: datetime) -> bool:
    query = select(Request.id).where(Request.opened_at > since, Request.opened_at <= until, passes(actor, filters))
    return db.session.scalar(query.limit(1)) is not None
