"""What an agency is: kinds, roles under the Protocol, status."""

from enum import StrEnum


class AgencyKind(StrEnum):
    """What an agency does."""

    BORDER_POLICE = "border_police"
    IMMIGRATION = "immigration"
    POLICE = "police"
    PROSECUTION = "prosecution"
    JUDICIARY = "judiciary"
    CUSTOMS = "customs"
    COAST_GUARD = "coast_guard"
    FORENSIC = "forensic"
    TRAINING_ACADEMY = "training_academy"
    MINISTRY = "ministry"
    NGO = "ngo"
    INTERNATIONAL = "international"
    MEDIA = "media"
    SECRETARIAT = "secretariat"


class ProtocolRole(StrEnum):
    """What a State is on the routes that its agency works on; often several at once."""

    ORIGIN = "origin"
    TRANSIT = "transit"
    DESTINATION = "destination"


class AgencyStatus(StrEnum):
    """Only verified agencies see what members share."""

    PENDING = "pending"
    VERIFIED = "verified"
    SUSPENDED = "suspended"


class PartyStatus(StrEnum):
    """What is known of a State and the Protocol. Information with its date, never a gate."""

    PARTY = "party"
    SIGNATORY_ONLY = "signatory_only"
    NOT_LISTED_2014 = "not_listed_2014"


WITHOUT_PROTOCOL_ROLE = frozenset(
    {AgencyKind.NGO, AgencyKind.INTERNATIONAL, AgencyKind.MEDIA, AgencyKind.SECRETARIAT, AgencyKind.TRAINING_ACADEMY}
)
"""These may stand outside the routes on which people are smuggled."""

ENDORSABLE = ("offer", "need", "request")
"""Kinds of record that a State may have its coordinator endorse."""

WEEKDAYS = range(7)
"""Monday is 0."""
