"""The agencies that an agency works with."""

from sqlalchemy import case, or_, select

from portal.features.matches.domain.lifecycle import OPEN, ProposalState
from portal.features.matches.models import Proposal
from portal.infra.db import db


def counterparts(agency_id: int) -> list[int]:
    """Agencies with a live proposal, or an agreed exchange, with this one."""
    other = case((Proposal.host_agency_id == agency_id, Proposal.sender_agency_id), else_=Proposal.host_agency_id)
    query = select(other).where(
        or_(Proposal.host_agency_id == agency_id, Proposal.sender_agency_id == agency_id),
        Proposal.state.in_([*sorted(OPEN), ProposalState.CONFIRMED]),
    )
    return sorted(db.session.scalars(query.distinct()))
