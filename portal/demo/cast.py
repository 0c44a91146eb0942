"""The invented people and agencies of the demonstration. Nobody here exists; `.example` addresses cannot be mailed."""

from dataclasses import dataclass

from portal.features.agencies.domain import AgencyKind, AgencyStatus
from portal.kernel.policy import Role

PASSWORD = "Invented-harbour-27"  # noqa: S105 - printed for everyone who tries the demonstration, and valid nowhere else


@dataclass(frozen=True, slots=True, kw_only=True)
class InventedAgency:
    """An agency that the programme file does not have: whoever pledges, watches over or runs the portal."""

    key: str
    state: str | None
    kind: AgencyKind
    name: str
    language: str
    time_zone: str
    roles: tuple[str, ...] = ()
    status: AgencyStatus = AgencyStatus.VERIFIED


@dataclass(frozen=True, slots=True)
class InventedPerson:
    """Someone with one membership or more; the interface opens in `language`."""

    name: str
    language: str
    memberships: tuple[tuple[str, Role], ...]

    @property
    def email(self) -> str:
        words = self.name.lower().split()
        return f"{words[0]}.{words[-1]}@{self.memberships[0][0].lower()}.example"


AGENCIES = (
    InventedAgency(
        key="SECRETARIAT",
        state=None,
        kind=AgencyKind.SECRETARIAT,
        name="Secretariat of the Protocol (demonstration)",
        language="en",
        time_zone="Europe/Vienna",
    ),
    InventedAgency(
        key="DK-DEVE",
        state="DK",
        kind=AgencyKind.MINISTRY,
        name="Ministry for Development Cooperation (demonstration)",
        language="en",
        time_zone="Europe/Copenhagen",
        roles=("destination",),
    ),
    InventedAgency(
        key="NE-COOR",
        state="NE",
        kind=AgencyKind.MINISTRY,
        name="Coordination nationale (démonstration)",
        language="fr",
        time_zone="Africa/Niamey",
        roles=("origin", "transit"),
    ),
    InventedAgency(
        key="SAFE-PASSAGE",
        state=None,
        kind=AgencyKind.INTERNATIONAL,
        name="Safe Passage Organization (demonstration)",
        language="en",
        time_zone="Europe/Zurich",
    ),
    InventedAgency(
        key="OPEN-HARBOUR",
        state=None,
        kind=AgencyKind.NGO,
        name="Open Harbour Legal Aid (demonstration)",
        language="en",
        time_zone="Europe/Athens",
    ),
    InventedAgency(
        key="NEW-HORIZON",
        state=None,
        kind=AgencyKind.NGO,
        name="New Horizon Shelter (demonstration)",
        language="en",
        time_zone="UTC",
        status=AgencyStatus.PENDING,
    ),
)

STRONG_PAIRS = (
    ("IT-BORD", "MA-IMMI"),
    ("FR-BORD", "MA-IMMI"),
    ("CH-IMMI", "TN-IMMI"),
    ("GB-BORD", "CN-IMMI"),
    ("BE-BORD", "MN-BORD"),
    ("ES-PROS", "ML-BORD"),
    ("GR-BORD", "NE-BORD"),
)
"""Host and sender whose posts in the programme fit with 80 points and more; a test counts them anew."""

PEOPLE = (
    InventedPerson("Elena Marchetti", "fr", (("IT-BORD", Role.LIAISON_OFFICER),)),
    InventedPerson("Paolo Ferrante", "en", (("IT-BORD", Role.EDITOR),)),
    InventedPerson("Giulia Santoro", "en", (("IT-BORD", Role.APPROVER),)),
    InventedPerson("Marco Bellini", "fr", (("IT-BORD", Role.APPROVER),)),
    InventedPerson("Chiara Valenti", "en", (("IT-BORD", Role.DONOR_OFFICER),)),
    InventedPerson("Stefano Rinaldi", "en", (("IT-BORD", Role.DONOR_APPROVER),)),
    InventedPerson("Salma Berrada", "fr", (("MA-IMMI", Role.EDITOR),)),
    InventedPerson("Karim Tazi", "ar", (("MA-IMMI", Role.APPROVER),)),
    InventedPerson("Nadia Alaoui", "fr", (("MA-IMMI", Role.APPROVER),)),
    InventedPerson("Ibrahim Saley", "fr", (("NE-BORD", Role.EDITOR),)),
    InventedPerson("Halima Moussa", "fr", (("NE-BORD", Role.APPROVER),)),
    InventedPerson("Moctar Adamou", "fr", (("NE-BORD", Role.APPROVER),)),
    InventedPerson("Mariama Issoufou", "fr", (("NE-COOR", Role.COORDINATOR), ("NE-BORD", Role.EDITOR))),
    InventedPerson("Claire Fontenay", "fr", (("FR-BORD", Role.LIAISON_OFFICER),)),
    InventedPerson("Julien Marsac", "fr", (("FR-BORD", Role.APPROVER),)),
    InventedPerson("Beat Zellweger", "fr", (("CH-IMMI", Role.LIAISON_OFFICER),)),
    InventedPerson("Anna Rosset", "fr", (("CH-IMMI", Role.APPROVER),)),
    InventedPerson("Leila Trabelsi", "ar", (("TN-IMMI", Role.EDITOR),)),
    InventedPerson("Sami Gharbi", "ar", (("TN-IMMI", Role.APPROVER),)),
    InventedPerson("Owen Radcliffe", "en", (("GB-BORD", Role.LIAISON_OFFICER),)),
    InventedPerson("Harriet Winslow", "en", (("GB-BORD", Role.APPROVER),)),
    InventedPerson("Lin Yue", "zh", (("CN-IMMI", Role.EDITOR),)),
    InventedPerson("Zhao Ming", "zh", (("CN-IMMI", Role.APPROVER),)),
    InventedPerson("Pieter Verhaegen", "fr", (("BE-BORD", Role.APPROVER),)),
    InventedPerson("Oyuna Bataar", "ru", (("MN-BORD", Role.EDITOR),)),
    InventedPerson("Temur Ganzorig", "ru", (("MN-BORD", Role.APPROVER),)),
    InventedPerson("Lucia Herrero", "es", (("ES-PROS", Role.LIAISON_OFFICER),)),
    InventedPerson("Andres Villalba", "es", (("ES-PROS", Role.APPROVER),)),
    InventedPerson("Fatoumata Keita", "fr", (("ML-BORD", Role.EDITOR),)),
    InventedPerson("Seydou Traore", "fr", (("ML-BORD", Role.APPROVER),)),
    InventedPerson("Eleni Markou", "en", (("GR-BORD", Role.APPROVER),)),
    InventedPerson("Kirsten Holm", "en", (("DK-DEVE", Role.DONOR_OFFICER),)),
    InventedPerson("Anders Lund", "en", (("DK-DEVE", Role.DONOR_APPROVER),)),
    InventedPerson("Ines Carvalho", "es", (("SAFE-PASSAGE", Role.INSPECTOR),)),
    InventedPerson("Daphne Kallis", "en", (("OPEN-HARBOUR", Role.EDITOR),)),
    InventedPerson("Ruth Osei", "en", (("OPEN-HARBOUR", Role.APPROVER),)),
    InventedPerson("Amina Rahimov", "ru", (("SECRETARIAT", Role.SECRETARIAT),)),
    InventedPerson("Thomas Berger", "en", (("SECRETARIAT", Role.SECRETARIAT),)),
    InventedPerson("Noor Haddad", "ar", (("SECRETARIAT", Role.AUDITOR),)),
    InventedPerson("Wei Chen", "zh", (("SECRETARIAT", Role.ADMINISTRATOR),)),
)
