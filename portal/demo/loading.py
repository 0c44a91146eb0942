"""Loads the demonstration once: States, the programme, its agencies (verified), invented agencies and people."""

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import insert, select, update

from portal import reference
from portal.demo import items, rounds, shipments
from portal.demo.calendar import days_to_move, first_day_in, moved
from portal.demo.cast import AGENCIES, PASSWORD, PEOPLE, InventedAgency
from portal.demo.rates import load_rates
from portal.demo.story import Story
from portal.features.agencies.domain import AgencyStatus
from portal.features.agencies.models import Agency
from portal.features.exchanges.programme.importing import import_programme
from portal.features.exchanges.programme.sheets import SentFile
from portal.features.ledger.services import hold
from portal.features.people.models import Membership, Person
from portal.features.people.services.hashing import hash_password
from portal.infra.db import db
from portal.kernel.policy import SYSTEM

PROGRAMME = Path(__file__).parent.parent / "data" / "programme"
SETTLED = timedelta(days=30)
"""People and agencies of the demonstration have been here this long when it is loaded."""


def load(*, at: datetime) -> bool:
    """Write the demonstration down; False when it is there already, and then nothing is touched."""
    if db.session.scalar(select(Agency.id).where(Agency.key == AGENCIES[0].key)):
        return False
    reference.load_states()
    load_rates(at=at)
    year, ahead = _programme(at)
    db.session.add_all(_agency(invented, at) for invented in AGENCIES)
    db.session.flush()
    _people(at)
    hold(*db.session.scalars(select(Agency.id)))  # of all chains, as many of them grow below in the order of the story
    story = Story(at, year, ahead)
    story.tell()
    rounds.tell(story)
    shipments.tell(at=at, actor=story.actor)
    items.tell(story)
    return True


def accounts() -> list[dict[str, str | None]]:
    """Who can sign in: one entry for each membership."""
    states = {agency.key: agency.state for agency in AGENCIES}
    return [
        {
            "email": person.email,
            "password": PASSWORD,
            "role": role.value,
            "agency": key,
            "state": states[key] if key in states else key[:2],
        }
        for person in PEOPLE
        for key, role in person.memberships
    ]


def _agency(invented: InventedAgency, at: datetime) -> Agency:
    verified = invented.status == AgencyStatus.VERIFIED
    return Agency(
        key=invented.key,
        state_iso2=invented.state,
        names={invented.language: invented.name},
        name_language=invented.language,
        kind=invented.kind,
        protocol_roles=list(invented.roles),
        languages=[{"language": "en", "level": "C1"}],
        time_zone=invented.time_zone,
        status=invented.status,
        verified_at=at - SETTLED if verified else None,
        suspended_at=None,
    )


def _programme(at: datetime) -> tuple[int, timedelta]:
    """The programme with its calendar moved ahead, imported as the secretariat would, and its agencies verified."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(PROGRAMME.glob("*.csv"))}
    first = min(first_day_in(text) for name, text in texts.items() if name != "agencies.csv")
    ahead = days_to_move(first, loaded_on=at.date())
    files = [SentFile(name, moved(text, ahead).encode()) for name, text in texts.items()]
    found, outcome = import_programme(files, by=SYSTEM, at=at - SETTLED)
    if outcome is None:
        raise RuntimeError(f"the programme of the demonstration has errors: {found.errors[:3]}")
    db.session.execute(update(Agency).values(status=AgencyStatus.VERIFIED, verified_at=at - SETTLED))
    return first.year, ahead


def _people(at: datetime) -> None:
    """One hash for all: hashing each would make the first start wait, and the password is printed anyway."""
    agency_ids = dict(db.session.execute(select(Agency.key, Agency.id)).all())
    password_hash = hash_password(PASSWORD)
    people = [
        Person(email=p.email, name=p.name, language=p.language, password_hash=password_hash, created_at=at - SETTLED)
        for p in PEOPLE
    ]
    db.session.add_all(people)
    db.session.flush()
    rows = [
        {
            "person_id": row.id,
            "agency_id": agency_ids[key],
            "role": role,
            "starts_at": at - SETTLED,
            "ends_at": None,
            "version": 1,
        }
        for row, person in zip(people, PEOPLE, strict=True)
        for key, role in person.memberships
    ]
    db.session.execute(insert(Membership), rows)
