"""The forms of agencies and States."""

from collections.abc import Iterable
from typing import Any, ClassVar

from babel.dates import get_day_names
from flask import request
from wtforms import EmailField, FieldList, Form, FormField, HiddenField, StringField, TelField

from portal.features.agencies.domain import AgencyKind, PartyStatus, ProtocolRole
from portal.features.agencies.domain.commands import (
    AgencyFacts,
    AgencyRecord,
    Endorsement,
    NewAgency,
    StateRecord,
    offered_time_zones,
)
from portal.features.agencies.domain.vocabulary import ENDORSABLE, WEEKDAYS
from portal.features.agencies.models import Agency, State
from portal.kernel.contract import Command
from portal.kernel.languages import LANGUAGES, Level
from portal.kernel.states import STATES
from portal.web.formats import bdi, locale
from portal.web.forms import ChoiceField, ChoicesField, CommandForm, DayField, choices
from portal.web.i18n import current_language
from portal.web.i18n import gettext as _now
from portal.web.i18n import later as _
from portal.web.labels import label

_OFTEN = (
    *LANGUAGES,
    "de",
    "it",
    "pt",
    "fa",
    "ps",
    "ur",
    "bn",
    "so",
    "ti",
    "am",
    "ha",
    "sw",
    "tr",
    "uk",
    "vi",
    "sq",
    "el",
)
"""Languages offered by name; any other is kept when it stands in a record already."""


def language_choices() -> list[Any]:
    names = locale().languages
    return choices(sorted(((c, names.get(c, c)) for c in _OFTEN), key=lambda pair: pair[1]), empty="")


def state_choices(empty: str) -> list[Any]:
    language = current_language()
    named = [(s.iso2, s.name(language)) for s in STATES.values() if s.is_state]
    return choices(sorted(named, key=lambda pair: pair[1]), empty=empty)


def day_names(days: Iterable[int]) -> list[str]:
    names = get_day_names("wide", locale=locale())
    return [names[day] for day in days]


ROWS = ("names", "languages", "contacts")


class NameRow(Form):
    language = ChoiceField(_("Language"), choices=language_choices)
    name = StringField(_("Name"))


class SpokenRow(Form):
    language = ChoiceField(_("Language"), choices=language_choices)
    level = ChoiceField(_("Level"), choices=lambda: choices(((m.value, m.value) for m in Level), empty=""))


class ContactRow(Form):
    function = StringField(_("Function"))
    email = EmailField(_("Mailbox"))
    phone = TelField(_("Telephone"))


class AgencyForm(CommandForm[AgencyFacts]):
    """What the agency's approver keeps; the secretariat's forms add to it."""

    command: ClassVar[type[Command]] = AgencyFacts

    names = FieldList(
        FormField(NameRow),
        _("Names"),
        min_entries=1,
        description=_("The first one is the name in the agency’s own language. Add others where they are official."),
    )
    acronym = StringField(_("Short name"))
    languages = FieldList(
        FormField(SpokenRow),
        _("Working languages"),
        min_entries=1,
        description=_("Each with the level at which the agency can work, from A1 to C2."),
    )
    time_zone = ChoiceField(_("Time zone"), choices=())
    working_days = ChoicesField(
        _("Working days"), choices=lambda: choices((str(d), bdi(name)) for d, name in enumerate(day_names(WEEKDAYS)))
    )
    contacts = FieldList(
        FormField(ContactRow),
        _("Contact points"),
        description=_("Functions and shared mailboxes rather than people. Only verified agencies see them."),
    )
    seen_version = HiddenField()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if self.asks_for_row or not self.contacts.entries:
            self[self.asks_for_row or "contacts"].append_entry()
        zones = dict.fromkeys([*offered_time_zones(), self.time_zone.data or "UTC"])
        self.time_zone.choices = choices((zone, zone) for zone in zones)
        self.seen_version.data = self.seen_version.data or "1"

    @property
    def asks_for_row(self) -> str:
        """The list to which one more row was asked for, instead of saving."""
        asked = request.form.get("add", "")
        return asked if asked in ROWS else ""


class AgencyRecordForm(AgencyForm):
    command: ClassVar[type[Command]] = AgencyRecord

    state = ChoiceField(
        _("State"), choices=lambda: state_choices(_now("None: international, regional or non-governmental"))
    )
    kind = ChoiceField(_("Kind"), enum=AgencyKind)
    protocol_roles = ChoicesField(_("Role on the routes"), enum=ProtocolRole)
    iati_org_id = StringField(
        _("Identifier in the IATI register"), description=_("Donors publish under it, such as XM-DAC-41128.")
    )


class NewAgencyForm(AgencyRecordForm):
    command = NewAgency

    key = StringField(_("Key"), description=_("Stands in addresses and files, such as IT-BORD. It never changes."))


def facts_of(agency: Agency) -> dict[str, Any]:
    """A record as its form shows it, its own name first."""
    first = agency.name_language
    names = sorted(agency.names.items(), key=lambda pair: (pair[0] != first, pair[0]))
    return {
        "names": [{"language": code, "name": name} for code, name in names],
        "acronym": agency.acronym,
        "languages": agency.languages,
        "time_zone": agency.time_zone,
        "working_days": [str(day) for day in agency.working_days],
        "contacts": [{"function": c.function, "email": c.email, "phone": c.phone} for c in agency.contacts],
        "state": agency.state_iso2 or "",
        "kind": agency.kind,
        "protocol_roles": agency.protocol_roles,
        "iati_org_id": agency.iati_org_id,
        "seen_version": str(agency.version),
    }


class EndorsementForm(CommandForm[Endorsement]):
    command: ClassVar[type[Command]] = Endorsement

    endorses = ChoicesField(
        _("The State’s coordinator endorses"),
        choices=lambda: choices((kind, label(f"endorses.{kind}")) for kind in ENDORSABLE),
        description=_(
            "Switched on, records of this kind are published only after the national coordinator endorsed them."
        ),
    )


class StateForm(EndorsementForm):
    command = StateRecord

    party_status = ChoiceField(_("Status under the Protocol"), enum=PartyStatus, empty=None)
    consent_on = DayField(_("Date of consent to be bound"))
    party_as_of = StringField(_("As of"), description=_("The day of the source, such as 2014-07-10."))
    party_source = StringField(_("Source"))
    party_note = StringField(_("Note"))


def state_facts(state: State) -> dict[str, Any]:
    return {
        "party_status": state.party_status,
        "consent_on": state.consent_on,
        "party_as_of": state.party_as_of,
        "party_source": state.party_source,
        "party_note": state.party_note,
        "endorses": state.endorses,
    }
