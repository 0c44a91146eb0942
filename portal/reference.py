"""Writes down the reference data that the database keeps because people may edit it: what is known of each State."""

from typing import Any

from sqlalchemy import insert, select

from portal.features.agencies.domain import PartyStatus
from portal.features.agencies.models import State
from portal.infra.db import db
from portal.kernel.states import STATES


def load_states() -> int:
    """Add the States that are not there yet, and say how many. Edited ones stay as they are."""
    known = set(db.session.scalars(select(State.iso2)))
    rows: list[dict[str, Any]] = [
        {
            "iso2": state.iso2,
            "version": 1,
            "party_status": PartyStatus(state.party_status),
            "party_as_of": state.party_as_of,
            "party_source": state.party_source,
            "party_note": state.party_note,
            "consent_on": state.consent_on,
            "endorses": [],
        }
        for state in STATES.values()
        if state.is_state and state.iso2 not in known
    ]
    if rows:
        db.session.execute(insert(State), rows)
    return len(rows)
