"""People with passwords, and what tests of sign-ins do again and again."""

from collections.abc import Callable

import pytest

from portal.features.people.models import Membership, Person
from portal.features.people.services import hashing
from portal.infra.db import db
from portal.infra.outbox import OutboxMail
from portal.kernel.policy import Role
from tests.client import PageClient
from tests.world import LONG_AGO, PASSWORD, World

__all__ = ["PASSWORD"]


def has_password(person: Person) -> str:
    person.password_hash = hashing.hash_password(PASSWORD)
    db.session.commit()
    return person.email


@pytest.fixture(name="officer")
def _officer(world: World) -> str:
    """The address of a liaison officer with a password."""
    return has_password(world.person("host_officer"))


@pytest.fixture(name="sign_in")
def _sign_in(client: PageClient) -> Callable[..., object]:
    """Signs in through the page, as the browser does."""

    def go(email: str, password: str = PASSWORD, **fields: str) -> object:
        client.csrf_token = None
        answer = client.post("/en/sign-in", data={"email": email, "password": password, **fields})
        client.csrf_token = None
        return answer

    return go


def second_membership(world: World, name: str, agency: str, role: Role) -> Membership:
    membership = Membership(
        person_id=world.people[name], agency_id=world.agencies[agency], role=role, starts_at=LONG_AGO, ends_at=None
    )
    db.session.add(membership)
    db.session.commit()
    return membership


def latest_mail(kind: str) -> OutboxMail:
    query = db.select(OutboxMail).where(OutboxMail.kind == kind).order_by(OutboxMail.id.desc())
    return db.session.scalars(query).first()


def link_in(kind: str) -> str:
    """The path of the link in the latest mail of this kind."""
    return latest_mail(kind).params["url"].removeprefix("http://localhost")
