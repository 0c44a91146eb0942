"""The tables of States and agencies."""

import unicodedata
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.features.agencies.domain import AGENCY, AgencyKind, AgencyStatus, PartyStatus
from portal.infra.db import Record
from portal.kernel.states import STATES


class State(Record):
    """What the secretariat may edit about a State. Names and regions come from `portal.kernel.states`."""

    __tablename__ = "state"

    iso2: Mapped[str] = mapped_column(String(2), unique=True)
    party_status: Mapped[PartyStatus]
    party_as_of: Mapped[str]
    party_source: Mapped[str]
    party_note: Mapped[str] = mapped_column(default="")
    consent_on: Mapped[date | None]
    endorses: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Kinds of record that the national coordinator endorses, of `ENDORSABLE`. Off by default."""
    edited_at: Mapped[datetime | None]
    """None while it is as the source file gave it."""


class Agency(Record):
    """An organisation of a State, or an international, regional or non-governmental one."""

    __tablename__ = "agency"
    __table_args__ = (Index("ix_agency_list", "status", "key"),)

    key: Mapped[str] = mapped_column(String(20), unique=True)
    """What stands in URLs and files, such as `IT-BORD`."""
    state_iso2: Mapped[str | None] = mapped_column(ForeignKey("state.iso2"), index=True)
    names: Mapped[dict[str, str]] = mapped_column(JSON)
    """Name by language code, at least one."""
    name_language: Mapped[str] = mapped_column(String(8))
    """The language in which the agency itself writes its name."""
    acronym: Mapped[str] = mapped_column(default="")
    kind: Mapped[AgencyKind]
    protocol_roles: Mapped[list[str]] = mapped_column(JSON, default=list)
    iati_org_id: Mapped[str] = mapped_column(String(60), default="", server_default="")
    """Its identifier in the register of the International Aid Transparency Initiative, such as `XM-DAC-41128`."""
    languages: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    """`[{"language": "fr", "level": "B1"}, ...]`"""
    time_zone: Mapped[str] = mapped_column(default="UTC")
    working_days: Mapped[list[int]] = mapped_column(JSON, default=lambda: [0, 1, 2, 3, 4])
    """Monday is 0."""
    status: Mapped[AgencyStatus] = mapped_column(default=AgencyStatus.PENDING, index=True)
    verified_at: Mapped[datetime | None]
    suspended_at: Mapped[datetime | None]
    search_text: Mapped[str] = mapped_column(Text, default="")
    """What a search looks in: key, names and the State's names, folded. Kept in step below."""
    state: Mapped[State | None] = relationship(lazy="raise")
    contacts: Mapped[list["ContactPoint"]] = relationship(
        back_populates="agency", lazy="raise", order_by="ContactPoint.id", cascade="all, delete-orphan"
    )

    @property
    def agency_id(self) -> int:
        """An agency belongs to itself, so that the same rules serve it and its records."""
        return self.id

    @property
    def suspended(self) -> bool:
        return self.status == AgencyStatus.SUSPENDED

    def endorses(self, kind: str) -> bool:
        """Whether this agency's State has its national coordinator endorse records of this kind."""
        return self.state is not None and kind in self.state.endorses

    def name(self, language: str) -> str:
        return self.names.get(language) or self.names[self.name_language]

    def said_in(self, language: str) -> str:
        """The language of what `name(language)` returns, for the `lang` attribute."""
        return language if language in self.names else self.name_language


class ContactPoint(Record):
    """Where an agency is reached: a function and a functional mailbox rather than a person, where there is one."""

    __tablename__ = "contact_point"

    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    function: Mapped[str]
    email: Mapped[str]
    phone: Mapped[str] = mapped_column(default="")
    languages: Mapped[list[str]] = mapped_column(JSON, default=list)
    confirmed_on: Mapped[date | None]
    agency: Mapped[Agency] = relationship(back_populates="contacts", lazy="raise")


class Standing:
    """An agency as its lifecycle sees it: its state is its status, and a suspended one may still be taken back."""

    lifecycle = AGENCY
    frozen = False

    def __init__(self, agency: Agency) -> None:
        self.agency = agency

    @property
    def id(self) -> int:
        return self.agency.id

    @property
    def agency_id(self) -> int:
        return self.agency.id

    @property
    def ref(self) -> str:
        return self.agency.key

    @property
    def state(self) -> AgencyStatus:
        return self.agency.status

    @state.setter
    def state(self, status: AgencyStatus) -> None:
        self.agency.status = status


def folded(text: str) -> str:
    """Letters without their marks and in one case, so that a search finds `Société` by `societe`."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in plain if not unicodedata.combining(c))


@event.listens_for(Agency, "before_insert")
@event.listens_for(Agency, "before_update")
def _keep_search_text(_mapper: Any, _connection: Any, agency: Agency) -> None:
    state = STATES.get(agency.state_iso2 or "")
    words = [agency.key, agency.acronym or "", *agency.names.values(), *(state.names.values() if state else ())]
    agency.search_text = folded(" · ".join(words))
