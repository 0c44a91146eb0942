"""A small, named world: two agencies that work together, a third that must learn nothing, and one of each person."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from portal.features.agencies.domain import AgencyKind, AgencyStatus, PartyStatus, ProtocolRole
from portal.features.agencies.models import Agency, ContactPoint, State
from portal.features.assistance.domain.lifecycles import RequestState
from portal.features.assistance.domain.vocabulary import LineKind, Outcome, Priority, Risk, Unit
from portal.features.assistance.models import Request, RequestLine
from portal.features.exchanges.domain.lifecycles import PostState
from portal.features.exchanges.domain.vocabulary import Clearance, Direction, Format, PostKind
from portal.features.exchanges.models import Post, PostLanguage, PostTopic, PostWindow
from portal.features.people.models import Membership, Person
from portal.infra.db import db
from portal.kernel.labels import Tlp
from portal.kernel.languages import Level
from portal.kernel.policy import Role
from portal.kernel.reference import Kind, new_reference
from portal.kernel.states import STATES

LONG_AGO = datetime(2026, 1, 5, 9, tzinfo=UTC)
NEXT_YEAR = datetime.now(UTC).year + 1
PASSWORD = "correct horse battery staple"

AGENCIES = {  # key: (State, kind, roles, name, language of the name, time zone)
    "host": ("IT", AgencyKind.BORDER_POLICE, ("destination",), "Polizia di Frontiera", "it", "Europe/Rome"),
    "sender": ("NE", AgencyKind.BORDER_POLICE, ("origin", "transit"), "Police des frontières", "fr", "Africa/Niamey"),
    "stranger": ("SN", AgencyKind.IMMIGRATION, ("origin",), "Police de l’immigration", "fr", "Africa/Dakar"),
    "donor": ("DK", AgencyKind.MINISTRY, ("destination",), "Udenrigsministeriet", "da", "Europe/Copenhagen"),
    "pending": ("GH", AgencyKind.IMMIGRATION, ("origin",), "Immigration Service", "en", "Africa/Accra"),
    "suspended": ("ES", AgencyKind.POLICE, ("destination",), "Cuerpo de Policía", "es", "Europe/Madrid"),
    "secretariat": (None, AgencyKind.SECRETARIAT, (), "Secretariat", "en", "UTC"),
}

PERSONAS = {  # name: (agency, role)
    "host_officer": ("host", Role.LIAISON_OFFICER),
    "host_editor": ("host", Role.EDITOR),
    "host_approver": ("host", Role.APPROVER),
    "host_second_approver": ("host", Role.APPROVER),
    "host_coordinator": ("host", Role.COORDINATOR),
    "sender_officer": ("sender", Role.LIAISON_OFFICER),
    "sender_editor": ("sender", Role.EDITOR),
    "sender_approver": ("sender", Role.APPROVER),
    "sender_coordinator": ("sender", Role.COORDINATOR),
    "stranger_editor": ("stranger", Role.EDITOR),
    "stranger_approver": ("stranger", Role.APPROVER),
    "donor_officer": ("donor", Role.DONOR_OFFICER),
    "donor_approver": ("donor", Role.DONOR_APPROVER),
    "inspector": ("donor", Role.INSPECTOR),
    "pending_approver": ("pending", Role.APPROVER),
    "suspended_approver": ("suspended", Role.APPROVER),
    "secretariat": ("secretariat", Role.SECRETARIAT),
    "second_secretariat": ("secretariat", Role.SECRETARIAT),
    "auditor": ("secretariat", Role.AUDITOR),
    "administrator": ("secretariat", Role.ADMINISTRATOR),
}


@dataclass
class World:
    """Ids, not objects: a test reads what it needs in its own session."""

    agencies: dict[str, int] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    memberships: dict[str, int] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)

    def agency(self, name: str) -> Agency:
        return db.session.get_one(Agency, self.agencies[name])

    def person(self, name: str) -> Person:
        return db.session.get_one(Person, self.people[name])

    def request(self, name: str) -> Request:
        return db.session.scalars(db.select(Request).filter_by(ref=self.refs[name])).one()

    def post(self, name: str) -> Post:
        return db.session.scalars(db.select(Post).filter_by(ref=self.refs[name])).one()


def build_world() -> World:
    """Write the world and commit it: `offer` and `need` fit; each agency has its people."""
    world = World()
    for iso2 in ("IT", "NE", "SN", "DK", "GH", "ES", "FR", "GB"):
        db.session.add(a_state(iso2))
    for key, (iso2, kind, roles, name, language, zone) in AGENCIES.items():
        agency = Agency(
            key=f"{iso2 or 'INT'}-{key[:4].upper()}",
            state_iso2=iso2,
            kind=kind,
            names={language: name},
            name_language=language,
            protocol_roles=[ProtocolRole(r).value for r in roles],
            languages=[{"language": "fr", "level": "B2"}, {"language": "en", "level": "B1"}],
            time_zone=zone,
            status={"pending": AgencyStatus.PENDING, "suspended": AgencyStatus.SUSPENDED}.get(
                key, AgencyStatus.VERIFIED
            ),
            verified_at=None if key == "pending" else LONG_AGO,
        )
        db.session.add(agency)
        db.session.flush()
        db.session.add(
            ContactPoint(agency_id=agency.id, function="duty desk", email=f"desk@{key}.example", languages=["fr"])
        )
        world.agencies[key] = agency.id
    for name, (agency_key, role) in PERSONAS.items():
        add_person(world, name, agency_key, role)
    world.refs["offer"] = add_post(world, PostKind.OFFER, "host").ref
    world.refs["need"] = add_post(world, PostKind.NEED, "sender").ref
    world.refs["request"] = add_request(world, "sender").ref
    db.session.commit()
    return world


def a_state(iso2: str) -> State:
    info = STATES[iso2]
    return State(
        iso2=iso2,
        party_status=PartyStatus(info.party_status),
        party_as_of=info.party_as_of,
        party_source=info.party_source,
        party_note=info.party_note,
        consent_on=info.consent_on,
        endorses=[],
    )


def add_person(world: World, name: str, agency_key: str, role: Role) -> Person:
    person = Person(
        email=f"{name.replace('_', '.')}@{agency_key}.example",
        name=name.replace("_", " ").title(),
        language="en",
        password_hash=None,
        created_at=LONG_AGO,
    )
    db.session.add(person)
    db.session.flush()
    membership = Membership(
        person_id=person.id, agency_id=world.agencies[agency_key], role=role, starts_at=LONG_AGO, ends_at=None
    )
    db.session.add(membership)
    db.session.flush()
    world.people[name], world.memberships[name] = person.id, membership.id
    return person


def add_post(world: World, kind: PostKind, agency_key: str, **changes: Any) -> Post:
    """A published post that fits its counterpart in the world, unless `changes` say otherwise."""
    offer = kind == PostKind.OFFER
    windows = changes.pop("windows", [(date(NEXT_YEAR, 3, 1), date(NEXT_YEAR, 3, 26))])
    topics = changes.pop("topics", ["art14-2b"])
    languages = changes.pop("languages", [("fr", Level.B1)])
    values: dict[str, Any] = {
        "kind": kind,
        "ref": new_reference(Kind.OFFER if offer else Kind.NEED, 2026),
        "agency_id": world.agencies[agency_key],
        "state": PostState.PUBLISHED,
        "label": Tlp.GREEN,
        "title": "Secondary inspection at the airport" if offer else "Contrôle documentaire à l’aéroport",
        "title_language": "en" if offer else "fr",
        "formats": [Format.JOB_SHADOWING.value] if offer else [],
        "direction": Direction.HOSTS if offer else None,
        "capacity": 2,
        "claimed": 0,
        "min_days": 5,
        "max_days": 10,
        "band_min": 3,
        "band_max": 4 if offer else 3,
        "clearance": Clearance.NONE if offer else Clearance.BASIC,
        "costs": ["travel", "lodging"] if offer else ["lodging"],
        "prefers_states": [] if offer else ["FR", "IT"],
        "site": "Border office, gate 14",
        "contact": "Duty desk, desk@host.example",
        "programme": "Work beside our examiners.",
        "author_id": None,
        "submitted_by": None,
        "published_at": LONG_AGO + timedelta(days=1),
        "first_day": min((w[0] for w in windows), default=None),
        "last_day": max((w[1] for w in windows), default=None),
        "terms_version": 1,
        "draft": {},
    }
    post = Post(**values | changes)
    post.topics = [PostTopic(topic=t) for t in topics]
    post.languages = [PostLanguage(language=code, level=level) for code, level in languages]
    post.windows = [PostWindow(starts_on=first, ends_on=last) for first, last in windows]
    db.session.add(post)
    db.session.flush()
    return post


def add_request(world: World, agency_key: str, **changes: Any) -> Request:
    """A request that is open to all agencies and being amended, unless `changes` say otherwise."""
    lines = changes.pop("lines", [("Lecteurs de passeports", 10), ("Véhicules tout-terrain", 4)])
    typed = [{"kind": "equipment", "what": what, "quantity": str(n), "unit": "piece"} for what, n in lines]
    values: dict[str, Any] = {
        "ref": new_reference(Kind.REQUEST, 2026),
        "agency_id": world.agencies[agency_key],
        "state": RequestState.OPEN,
        "label": Tlp.GREEN,
        "title": "Contrôle documentaire, corridor d’Agadez",
        "title_language": "fr",
        "end_user_unit": "Brigade des documents",
        "sites": [{"name": "Poste frontière d’Assamakka", "kind": "border_post"}],
        "contact": "Duty desk, desk@sender.example",
        "needed_by": date(NEXT_YEAR, 6, 30),
        "ta_types": ["equipment"],
        "provisions": ["14.3"],
        "problem": "Dix postes sans lecteur.",
        "objective": "Lire chaque document au premier contrôle.",
        "priority": Priority.HIGH,
        "safeguards": "Formation au traitement humain.",
        "screening_at": LONG_AGO + timedelta(days=1),
        "opened_at": LONG_AGO + timedelta(days=2),
        "fair_on": LONG_AGO.date() - timedelta(days=200),
        "diligence_outcome": Outcome.CLEARED,
        "diligence_risk": Risk.LOW,
        "diligence_until": date(NEXT_YEAR, 12, 31),
        "terms_version": 1,
        "draft": {"base_version": 1, "saved_steps": ["who", "situation", "lines"], "title": "Contrôle", "lines": typed},
    }
    request = Request(**values | changes)
    request.lines = [
        RequestLine(
            number=number,
            kind=LineKind.EQUIPMENT,
            category="vehicle-pickup",
            what=what,
            quantity=quantity,
            unit=Unit.PIECE,
        )
        for number, (what, quantity) in enumerate(lines, start=1)
    ]
    db.session.add(request)
    db.session.flush()
    return request
