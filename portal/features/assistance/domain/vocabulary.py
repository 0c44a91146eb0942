"""What requests for assistance and pledges are made of."""

from enum import IntEnum, StrEnum


class TaType(StrEnum):
    """Kinds of technical assistance, in the shape of the lists of the Convention's questionnaire."""

    NEEDS_ASSESSMENT = "needs_assessment"
    LEGAL_ADVICE = "legal_advice"
    STRATEGY = "strategy"
    TRAINING = "training"
    TRAINING_OF_TRAINERS = "training_of_trainers"
    MENTORING = "mentoring"
    INSTITUTIONS = "institutions"
    EQUIPMENT = "equipment"
    DATA_SYSTEMS = "data_systems"
    REGIONAL_PLATFORM = "regional_platform"
    AWARENESS = "awareness"
    OTHER = "other"


class Priority(StrEnum):
    """Its criteria are written beside each in `labels.CRITERIA`; "critical" needs a reason too."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class LineKind(StrEnum):
    EQUIPMENT = "equipment"
    TRAINING = "training"
    EXPERTISE = "expertise"
    SOFTWARE = "software"


SERVICES = frozenset({LineKind.TRAINING, LineKind.EXPERTISE, LineKind.SOFTWARE})
"""Received through a delivery of service; equipment is received through shipments."""


class Unit(StrEnum):
    PIECE = "piece"
    SET = "set"
    PERSON = "person"
    DAY = "day"
    LICENCE = "licence"


UNITS = {
    LineKind.EQUIPMENT: (Unit.PIECE, Unit.SET),
    LineKind.TRAINING: (Unit.PERSON, Unit.DAY),
    LineKind.EXPERTISE: (Unit.DAY, Unit.PERSON),
    LineKind.SOFTWARE: (Unit.LICENCE,),
}


class SiteKind(StrEnum):
    """As IATI and GeoNames name the places where borders are checked."""

    BORDER_POST = "border_post"
    AIRPORT = "airport"
    PORT = "port"
    CUSTOMS = "customs"
    OFFICE = "office"
    OTHER = "other"


class Condition(StrEnum):
    NEW = "new"
    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"
    UNSERVICEABLE = "unserviceable"


class Supply(StrEnum):
    """How sure a need of a piece of equipment is covered for its life."""

    SECURED = "secured"
    PLANNED = "planned"
    OPEN = "open"
    NOT_NEEDED = "not_needed"


class ExportAnswer(StrEnum):
    NONE = "none"
    """No control known."""
    DONOR_CHECKS = "donor_checks"
    END_USER_CERTIFICATE = "end_user_certificate"
    """The requester gives one."""


class Risk(StrEnum):
    """Of human-rights due diligence."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    BLOCKED = "blocked"


class Outcome(StrEnum):
    """What a due-diligence record says about pledges."""

    PENDING = "pending"
    """Not finished: nothing may be accepted yet."""
    TRAINING_ONLY = "training_only"
    CLEARED = "cleared"


class Factor(StrEnum):
    """What a reviewer looked at."""

    USE_OF_FORCE = "use_of_force"
    DETENTION = "detention"
    NON_REFOULEMENT = "non_refoulement"
    PRIVACY = "privacy"
    DISCRIMINATION = "discrimination"
    ACCOUNTABILITY = "accountability"
    OTHER = "other"


class Redaction(IntEnum):
    """Why something is withheld: the reasons of the IATI consultation, and one of ours."""

    INTERNATIONAL_RELATIONS = 1
    SAFETY = 2
    PERSONAL = 3
    COMMERCIAL = 4
    ONGOING_OPERATION = 5


class ClosingCause(StrEnum):
    """Why a request ended without everything: feeds the gap page."""

    NO_DONOR = "no_donor"
    MET_ELSEWHERE = "met_elsewhere"
    NO_LONGER_NEEDED = "no_longer_needed"
    TOO_LATE = "too_late"
    SAFEGUARDS = "safeguards"
    OTHER = "other"


class Valuation(StrEnum):
    """How the value of something in kind was found."""

    INVOICE = "invoice"
    MARKET = "market"
    BOOK = "book"
    REPLACEMENT = "replacement"


class Means(StrEnum):
    """What a pledge gives."""

    IN_KIND = "in_kind"
    FUNDS = "funds"


class ExportLicence(StrEnum):
    """What the donor found out about the export of something controlled."""

    NOT_NEEDED = "not_needed"
    APPLIED_FOR = "applied_for"
    GRANTED = "granted"


class Procurer(StrEnum):
    """Who buys what pledged funds pay for."""

    REQUESTER = "requester"
    DONOR = "donor"
    IMPLEMENTER = "implementer"


class Tied(StrEnum):
    """IATI codes 5, 3 and 4."""

    UNTIED = "5"
    PARTLY = "3"
    TIED = "4"


class FlowType(StrEnum):
    """IATI codes: official development assistance, other official flows, other flows. Code 20 is withdrawn."""

    ODA = "10"
    OTHER_OFFICIAL = "21"
    OTHER = "50"
