"""The words of every choice."""

from typing import Any

from portal.features.assistance.domain.diligence import Clearance
from portal.features.assistance.domain.rungs import Rung
from portal.features.assistance.domain.vocabulary import (
    ClosingCause,
    Condition,
    ExportAnswer,
    Factor,
    FlowType,
    LineKind,
    Outcome,
    Priority,
    Procurer,
    Redaction,
    Risk,
    SiteKind,
    Supply,
    TaType,
    Tied,
    Unit,
    Valuation,
)
from portal.web.i18n import later as _
from portal.web.i18n import later_counted
from portal.web.i18n import later_in_context as _in

CRITERIA = {
    "critical": _("Lives are at risk now, or a border crossing cannot work without it. Needs a reason."),
    "high": _("A duty of the Protocol cannot be met without it this year."),
    "medium": _("Work is possible, but slower or less safe."),
    "low": _("It improves what already works."),
}
CHOICES: dict[Any, Any] = {
    TaType: {
        TaType.NEEDS_ASSESSMENT: _("Needs assessment"),
        TaType.LEGAL_ADVICE: _("Legal advice and drafting"),
        TaType.STRATEGY: _("Strategy and policy"),
        TaType.TRAINING: _("Training of practitioners"),
        TaType.TRAINING_OF_TRAINERS: _("Training of trainers"),
        TaType.MENTORING: _("Mentoring on site"),
        TaType.INSTITUTIONS: _("Building of institutions"),
        TaType.EQUIPMENT: _("Technology and equipment"),
        TaType.DATA_SYSTEMS: _("Data systems"),
        TaType.REGIONAL_PLATFORM: _("Platform for regional cooperation"),
        TaType.AWARENESS: _("Raising of awareness"),
        TaType.OTHER: _in("kind of assistance", "Other"),
    },
    Priority: {
        Priority.CRITICAL: _in("priority", "Critical"),
        Priority.HIGH: _in("priority", "High"),
        Priority.MEDIUM: _in("priority", "Medium"),
        Priority.LOW: _in("priority", "Low"),
    },
    LineKind: {
        LineKind.EQUIPMENT: _("Equipment"),
        LineKind.TRAINING: _("Training"),
        LineKind.EXPERTISE: _("Expertise"),
        LineKind.SOFTWARE: _("Software"),
    },
    Unit: {
        Unit.PIECE: _in("unit", "Pieces"),
        Unit.SET: _in("unit", "Sets"),
        Unit.PERSON: _in("unit", "Persons"),
        Unit.DAY: _in("unit", "Days"),
        Unit.LICENCE: _in("unit", "Licences"),
    },
    SiteKind: {
        SiteKind.BORDER_POST: _("Border post"),
        SiteKind.AIRPORT: _("Airport"),
        SiteKind.PORT: _("Port"),
        SiteKind.CUSTOMS: _("Customs post"),
        SiteKind.OFFICE: _("Office"),
        SiteKind.OTHER: _in("kind of place", "Other"),
    },
    Condition: {
        Condition.NEW: _in("condition", "New"),
        Condition.GOOD: _in("condition", "Good"),
        Condition.FAIR: _in("condition", "Fair"),
        Condition.POOR: _in("condition", "Poor"),
        Condition.UNSERVICEABLE: _in("condition", "Unserviceable"),
    },
    Supply: {
        Supply.SECURED: _in("supply", "Secured"),
        Supply.PLANNED: _in("supply", "Planned"),
        Supply.OPEN: _in("supply", "Still open"),
        Supply.NOT_NEEDED: _in("supply", "Not needed"),
    },
    ExportAnswer: {
        ExportAnswer.NONE: _("We know of no control"),
        ExportAnswer.DONOR_CHECKS: _("The donor checks"),
        ExportAnswer.END_USER_CERTIFICATE: _("We give an end-user certificate"),
    },
    Risk: {
        Risk.LOW: _in("risk", "Low"),
        Risk.MEDIUM: _in("risk", "Medium"),
        Risk.HIGH: _in("risk", "High"),
        Risk.BLOCKED: _in("risk", "Blocked"),
    },
    Outcome: {
        Outcome.PENDING: _("Not finished: no pledge can be accepted yet"),
        Outcome.TRAINING_ONLY: _("Training only until cleared"),
        Outcome.CLEARED: _("Cleared"),
    },
    Clearance: {
        Clearance.MISSING: _in("due diligence", "Not recorded yet"),
        Clearance.PENDING: _in("due diligence", "Not finished"),
        Clearance.BLOCKED: _in("due diligence", "Blocked"),
        Clearance.EXPIRED: _in("due diligence", "Expired"),
        Clearance.TRAINING_ONLY: _("Training only until cleared"),
        Clearance.CLEARED: _("Cleared"),
    },
    Factor: {
        Factor.USE_OF_FORCE: _("Use of force"),
        Factor.DETENTION: _("Detention"),
        Factor.NON_REFOULEMENT: _("Non-refoulement"),
        Factor.PRIVACY: _("Privacy"),
        Factor.DISCRIMINATION: _("Discrimination"),
        Factor.ACCOUNTABILITY: _("Accountability"),
        Factor.OTHER: _in("factor", "Other"),
    },
    Redaction: {
        Redaction.INTERNATIONAL_RELATIONS: _("International relations"),
        Redaction.SAFETY: _("Safety of people"),
        Redaction.PERSONAL: _("Personal information"),
        Redaction.COMMERCIAL: _("Commercially sensitive"),
        Redaction.ONGOING_OPERATION: _("Ongoing operation"),
    },
    ClosingCause: {
        ClosingCause.NO_DONOR: _("No donor was found"),
        ClosingCause.MET_ELSEWHERE: _("It was met in another way"),
        ClosingCause.NO_LONGER_NEEDED: _("It is no longer needed"),
        ClosingCause.TOO_LATE: _("It would come too late"),
        ClosingCause.SAFEGUARDS: _("Safeguards were not enough"),
        ClosingCause.OTHER: _in("cause", "Other"),
    },
    Valuation: {
        Valuation.INVOICE: _("Invoice"),
        Valuation.MARKET: _("Market value"),
        Valuation.BOOK: _("Book value"),
        Valuation.REPLACEMENT: _("Replacement cost"),
    },
    Procurer: {
        Procurer.REQUESTER: _("The agency that asked"),
        Procurer.DONOR: _("The donor"),
        Procurer.IMPLEMENTER: _("The implementer"),
    },
    Tied: {Tied.UNTIED: _("Untied"), Tied.PARTLY: _("Partly tied"), Tied.TIED: _("Tied")},
    FlowType: {
        FlowType.ODA: _("Official development assistance (10)"),
        FlowType.OTHER_OFFICIAL: _("Other official flow (21)"),
        FlowType.OTHER: _("Other flow (50)"),
    },
    Rung: {
        Rung.REQUESTED: _in("rung", "Requested"),
        Rung.PLEDGED: _in("rung", "Pledged"),
        Rung.COMMITTED: _in("rung", "Committed"),
        Rung.SHIPPED: _in("rung", "Shipped"),
        Rung.RECEIVED: _in("rung", "Received"),
        Rung.VERIFIED: _in("rung", "Verified in use"),
    },
}

QUANTITIES = {
    Unit.PIECE: later_counted("%(num)s piece", "%(num)s pieces"),
    Unit.SET: later_counted("%(num)s set", "%(num)s sets"),
    Unit.PERSON: later_counted("%(num)s person", "%(num)s persons"),
    Unit.DAY: later_counted("%(num)s day", "%(num)s days"),
    Unit.LICENCE: later_counted("%(num)s licence", "%(num)s licences"),
}
"""How many of a unit, as people say it."""
