"""The words for agencies, their status, and what is known of States."""

from portal.features.agencies.domain import AgencyKind, AgencyStatus, PartyStatus, ProtocolRole
from portal.web.i18n import later as _
from portal.web.i18n import later_in_context

LABELS = {
    AgencyKind: {
        AgencyKind.BORDER_POLICE: _("Border police"),
        AgencyKind.IMMIGRATION: _("Immigration service"),
        AgencyKind.POLICE: _("Police"),
        AgencyKind.PROSECUTION: _("Prosecution service"),
        AgencyKind.JUDICIARY: _("Judiciary"),
        AgencyKind.CUSTOMS: _("Customs"),
        AgencyKind.COAST_GUARD: _("Coast guard"),
        AgencyKind.FORENSIC: _("Forensic service"),
        AgencyKind.TRAINING_ACADEMY: _("Training academy"),
        AgencyKind.MINISTRY: _("Ministry"),
        AgencyKind.NGO: _("Non-governmental organisation"),
        AgencyKind.INTERNATIONAL: _("International organisation"),
        AgencyKind.MEDIA: _("Media organisation"),
        AgencyKind.SECRETARIAT: _("Secretariat of the Protocol"),
    },
    ProtocolRole: {
        ProtocolRole.ORIGIN: _("Origin"),
        ProtocolRole.TRANSIT: _("Transit"),
        ProtocolRole.DESTINATION: _("Destination"),
    },
    AgencyStatus: {
        AgencyStatus.PENDING: later_in_context("status of an agency", "Not verified yet"),
        AgencyStatus.VERIFIED: later_in_context("status of an agency", "Verified"),
        AgencyStatus.SUSPENDED: later_in_context("status of an agency", "Suspended"),
    },
    PartyStatus: {
        PartyStatus.PARTY: _("Party"),
        PartyStatus.SIGNATORY_ONLY: _("Signatory"),
        PartyStatus.NOT_LISTED_2014: _("Not listed in the 2014 source; may have joined since"),
    },
    str: {
        "task.verify_agency": _("Verify the agency: %(name)s"),
        "task.verify_agency.button": _("Check"),
        "agency.verify": _("Verify this agency"),
        "agency.verify.done": _("The agency was verified."),
        "agency.suspend": _("Suspend this agency"),
        "agency.suspend.effect": _(
            "Its open offers, needs and proposals are frozen, and the agencies it deals with are told. "
            "Its people can still sign in and read their own records. Nothing is deleted, and you can end this again."
        ),
        "agency.suspend.done": _("The agency was suspended."),
        "agency.resume": _("End the suspension"),
        "agency.resume.done": _("The suspension of the agency was ended."),
        "agency.enter.done": _("The agency was entered."),
        "agency.edit.done": _("The details of the agency were changed."),
        "agency.member_joined.done": _("Someone joined the agency."),
        "agency.member_ended.done": _("Someone’s access to the agency was ended."),
        "agency.deputy_named.done": _("A deputy was named."),
        "agency.deputy_ended.done": _("The time of a deputy was ended."),
        "region.Africa": _("Africa"),
        "region.Americas": _("Americas"),
        "region.Asia": _("Asia"),
        "region.Europe": _("Europe"),
        "region.Oceania": _("Oceania"),
        "endorses.offer": _("Offers"),
        "endorses.need": _("Needs"),
        "endorses.request": _("Requests for assistance"),
    },
}

TAGS = {
    AgencyStatus: {
        AgencyStatus.PENDING: ("open", "half"),
        AgencyStatus.VERIFIED: ("ok", "okc"),
        AgencyStatus.SUSPENDED: ("bad", "oct"),
    },
}

MESSAGES = {
    "no_such_state": _("Choose a State in the list."),
    "state_code_mistaken": _("%(code)s is not the code of a State. You probably mean %(meant)s."),
    "no_such_time_zone": _("Choose a time zone in the list."),
    "no_such_language": _("Choose a language in the list."),
    "language_twice": _("This language is already in the list."),
    "not_an_agency_key": _("Use the State’s two letters, a hyphen and letters or digits, such as IT-BORD."),
    "not_an_iati_org_id": _("Write the code of the list and the number in it, such as XM-DAC-41128."),
    "not_a_date_of_record": _("Enter a day such as 2014-07-10, a month such as 2014-07, or a year."),
    "only_parties_have_consent": _(
        "A date of consent is only for Parties. Change the status, or leave the date empty."
    ),
    "state_change_needs_secretariat": _("Only the secretariat may change this."),
}
