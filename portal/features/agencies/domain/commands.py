"""What the secretariat and an agency's approver may ask to be written down about agencies and States."""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from portal.features.agencies.domain.vocabulary import (
    ENDORSABLE,
    WITHOUT_PROTOCOL_ROLE,
    AgencyKind,
    PartyStatus,
    ProtocolRole,
)
from portal.kernel.contract import Command, Day, Part, count, words
from portal.kernel.errors import Problem
from portal.kernel.languages import Level
from portal.kernel.states import STATES

_KEY = re.compile(r"[A-Z]{2,4}-[A-Z0-9]{2,12}")
_IATI_ORG_ID = re.compile(r"(?:[A-Z]{2}-[A-Z0-9]{2,12}-[A-Za-z0-9._-]{1,40})?")
"""The list that an organisation stands in, and its number there; https://org-id.guide names the lists."""
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_MAIL = re.compile(r"[^@\s,;<>\"]{1,64}@(?:[^@\s.,;<>\"]{1,63}\.)+[^@\s.,;<>\"]{2,63}")
_AREAS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
_AS_OF = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_MISTAKEN = {"UK": "GB", "EL": "GR"}
"""Codes that many use and that ISO 3166 gives to nobody."""


@cache
def time_zones() -> tuple[str, ...]:
    """The places by which the tz database names its zones, and UTC."""
    return ("UTC", *sorted(z for z in available_timezones() if z.partition("/")[0] in _AREAS and "/" in z))


@cache
def offered_time_zones() -> tuple[str, ...]:
    """One name for each zone of today, without parts of federal States and polar stations: short enough to choose from.

    Any other zone stays where a record has it.
    """
    table = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    names = {line.split("\t")[2] for line in table.splitlines() if line and not line.startswith("#")}
    wanted = {name for name in names if name.count("/") == 1 and not name.startswith("Antarctica")}
    return ("UTC", *sorted(wanted | {"America/Argentina/Buenos_Aires"}))


def _time_zone(text: str) -> str:
    if text not in time_zones():
        raise PydanticCustomError("no_such_time_zone", "")
    return text


def _state(text: str) -> str:
    code = text.upper()
    if code in _MISTAKEN:
        raise PydanticCustomError("state_code_mistaken", "", {"code": code, "meant": _MISTAKEN[code]})
    if code not in STATES or not STATES[code].is_state:
        raise PydanticCustomError("no_such_state", "")
    return code


def _shaped(shape: re.Pattern[str], code: str) -> AfterValidator:
    def check(text: str) -> str:
        if not shape.fullmatch(text):
            raise PydanticCustomError(code, "")
        return text

    return AfterValidator(check)


LanguageCode = Annotated[words(3), _shaped(_LANGUAGE, "no_such_language")]
StateCode = Annotated[words(2), AfterValidator(_state)]
TimeZone = Annotated[words(60), AfterValidator(_time_zone)]
Mailbox = Annotated[words(254), _shaped(_MAIL, "not_an_email")]


class NameIn(Part):
    """The agency's name in one language."""

    language: LanguageCode
    name: words(200)


class Spoken(Part):
    """A language in which the agency can work, with its level: complete, or refused."""

    language: LanguageCode
    level: Level


class Contact(Part):
    """How a function of the agency is reached."""

    function: words(120)
    email: Mailbox
    phone: words(40, min_length=0) = ""


class AgencyFacts(Command):
    """What an agency's own approver keeps up to date."""

    names: Annotated[tuple[NameIn, ...], Field(min_length=1, max_length=12)]
    acronym: words(20, min_length=0) = ""
    languages: Annotated[tuple[Spoken, ...], Field(min_length=1, max_length=12)]
    time_zone: TimeZone
    working_days: Annotated[tuple[count(0, 6), ...], Field(min_length=1, max_length=7)]
    contacts: Annotated[tuple[Contact, ...], Field(max_length=8)] = ()
    seen_version: count(1, 1_000_000_000) = 1

    def problems(self) -> Iterator[Problem]:
        yield from _repeated("names", [n.language for n in self.names])
        yield from _repeated("languages", [s.language for s in self.languages])


class AgencyRecord(AgencyFacts):
    """Everything, as the secretariat writes it."""

    state: StateCode | None = None
    kind: AgencyKind
    protocol_roles: tuple[ProtocolRole, ...] = ()
    iati_org_id: Annotated[words(60, min_length=0), _shaped(_IATI_ORG_ID, "not_an_iati_org_id")] = ""

    def problems(self) -> Iterator[Problem]:
        yield from super().problems()
        if not self.protocol_roles and self.kind not in WITHOUT_PROTOCOL_ROLE:
            yield Problem("required", "protocol_roles")


class NewAgency(AgencyRecord):
    key: Annotated[words(20), _shaped(_KEY, "not_an_agency_key")]


class StateRecord(Command):
    """What is known of a State and the Protocol, with its source, and whether its coordinator endorses records."""

    party_status: PartyStatus
    consent_on: Day | None = None
    party_as_of: Annotated[words(10), _shaped(_AS_OF, "not_a_date_of_record")]
    party_source: words(300)
    party_note: words(300, min_length=0) = ""
    endorses: tuple[Annotated[str, _shaped(re.compile("|".join(ENDORSABLE)), "not_in_list")], ...] = ()

    def problems(self) -> Iterator[Problem]:
        if self.consent_on and self.party_status != PartyStatus.PARTY:
            yield Problem("only_parties_have_consent", "consent_on")


class Endorsement(Command):
    """The switch alone, for the State's coordinator."""

    endorses: tuple[Annotated[str, _shaped(re.compile("|".join(ENDORSABLE)), "not_in_list")], ...] = ()


def _repeated(field: str, codes: list[str]) -> Iterator[Problem]:
    for index, code in enumerate(codes):
        if code in codes[:index]:
            yield Problem("language_twice", f"{field}-{index}-language")
