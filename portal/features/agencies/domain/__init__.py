"""What agencies and States are, and the rules about them."""

from portal.features.agencies.domain.lifecycle import AGENCY
from portal.features.agencies.domain.vocabulary import AgencyKind, AgencyStatus, PartyStatus, ProtocolRole

__all__ = ["AGENCY", "AgencyKind", "AgencyStatus", "PartyStatus", "ProtocolRole"]
