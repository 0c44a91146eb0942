"""Invitations: who may invite whom to what, what the link is worth, and what comes of it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from portal.features.people.domain import is_public_mail, normal_email
from portal.features.people.models import Invitation, Membership, Person
from portal.features.people.queries import live_memberships
from portal.infra.db import db, now
from portal.infra.outbox import OutboxMail
from portal.kernel.policy import Role
from tests.client import PageClient
from tests.features.people.conftest import has_password, latest_mail, link_in
from tests.world import World

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
NEW = "amina@host.example"
OWN_WORDS = "four quiet words together"


def invite(client: PageClient, key: str = "IT-HOST", **changes: str):
    client.csrf_token = None
    fields = {"email": NEW, "name": "Amina", "language": "fr", "role": "editor", **changes}
    return client.post(f"/en/members/{key}/invite", data=fields)


@pytest.mark.parametrize(
    "role", ["liaison_officer", "editor", "approver", "donor_officer", "donor_approver", "inspector"]
)
def test_an_approver_gives_the_roles_of_an_agency(client: PageClient, world: World, role: str) -> None:
    client.sign_in(world.people["host_approver"])
    assert invite(client, role=role).status_code == 303
    assert db.session.scalars(db.select(Invitation)).one().role == Role(role)


@pytest.mark.parametrize("role", ["coordinator", "secretariat", "auditor", "administrator", "system", "nonsense", ""])
def test_an_approver_gives_no_other_role(client: PageClient, world: World, role: str) -> None:
    client.sign_in(world.people["host_approver"])
    assert invite(client, role=role).status_code == 422
    assert db.session.scalars(db.select(Invitation)).first() is None


@pytest.mark.parametrize(
    ("persona", "key", "status"),
    [
        ("host_officer", "IT-HOST", 403),
        ("host_editor", "IT-HOST", 403),
        ("host_coordinator", "IT-HOST", 403),
        ("host_approver", "NE-SEND", 403),
        ("host_approver", "GH-PEND", 404),
        ("auditor", "IT-HOST", 403),
        ("suspended_approver", "ES-SUSP", 409),
        ("secretariat", "GH-PEND", 303),
        ("secretariat", "NE-SEND", 303),
    ],
)
def test_who_invites_where(client: PageClient, world: World, persona: str, key: str, status: int) -> None:
    client.sign_in(world.people[persona])
    assert invite(client, key).status_code == status


@pytest.mark.parametrize(
    ("key", "role", "allowed"),
    [
        ("NE-SEND", "coordinator", True),
        ("INT-SECR", "coordinator", False),
        ("INT-SECR", "secretariat", True),
        ("INT-SECR", "auditor", True),
        ("NE-SEND", "secretariat", False),
        ("NE-SEND", "administrator", False),
        ("NE-SEND", "system", False),
    ],
)
def test_what_the_secretariat_gives(client: PageClient, world: World, key: str, role: str, allowed: bool) -> None:
    client.sign_in(world.people["secretariat"])
    assert invite(client, key, role=role).status_code == (303 if allowed else 422)


@pytest.mark.parametrize(
    "address",
    [
        "a@gmail.com",
        "a@GMAIL.com",
        "a@yahoo.co.uk",
        "a@mail.yahoo.fr",
        "a@qq.com",
        "a@mail.ru",
        "a@hotmail.it",
        "a@proton.me",
    ],
)
def test_public_mail_is_refused_for_government_agencies(client: PageClient, world: World, address: str) -> None:
    client.sign_in(world.people["secretariat"])
    refused = invite(client, email=address)
    assert refused.status_code == 422
    assert 'id="email-error"' in refused.text
    assert "public mail service" in refused.text
    assert invite(client, "INT-SECR", role="auditor", email=address).status_code == 303


@pytest.mark.parametrize(
    "address", ["a@interno.it", "a@notgmail.com", "a@gmail.com.gov.example", "a@yahoo-police.example"]
)
def test_other_addresses_are_not_public(address: str) -> None:
    assert not is_public_mail(normal_email(address))


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "a@b",
        "a@b@c.example",
        "a b@c.example",
        "a@c.example\r\nBcc: x@y.example",
        "a@-x.example",
        "ü@c.example",
        "x" * 260 + "@c.example",
    ],
)
def test_what_is_no_address_is_refused_at_its_field(client: PageClient, world: World, address: str) -> None:
    client.sign_in(world.people["host_approver"])
    refused = invite(client, email=address)
    assert refused.status_code == 422
    assert 'id="email-error"' in refused.text


def test_the_link_makes_an_account_once(client: PageClient, world: World) -> None:
    client.sign_in(world.people["host_approver"])
    invite(client)
    path = link_in("invitation")
    assert path.startswith("/fr/invitations/")
    stored = db.session.scalars(db.select(Invitation)).one()
    assert path.rpartition("/")[2].encode() not in stored.token_hash
    client.post("/en/sign-out")
    client.csrf_token = None
    page = client.get(path)
    assert "Amina" in page.text
    answer = client.send(page, {"name": "Amina", "language": "ar", "password": OWN_WORDS})
    assert answer.location == "/ar/"
    assert NEW in client.get("/ar/account").text
    person = db.session.scalars(db.select(Person).filter_by(email=NEW)).one()
    assert [(m.role, m.agency_id) for m in live_memberships(person.id, at=now())] == [
        (Role.EDITOR, world.agencies["host"])
    ]
    for again in (client.get(path), client.post(path, data={"name": "B", "language": "en", "password": OWN_WORDS})):
        assert again.status_code == 410


@pytest.mark.parametrize(
    "name",
    [
        "Suharto",
        "O’Brien d'Artagnan",
        "Nguyễn Văn An",
        "山田 太郎",
        "محمد بن عبد الله",
        "ʻOkina",
        "J.-P. Ó Súilleabháin",
    ],
)
def test_names_are_accepted_as_their_owners_write_them(client: PageClient, world: World, name: str) -> None:
    client.sign_in(world.people["host_approver"])
    invite(client)
    client.post("/en/sign-out")
    client.csrf_token = None
    assert (
        client.post(link_in("invitation"), data={"name": name, "language": "en", "password": OWN_WORDS}).status_code
        == 303
    )
    assert db.session.scalars(db.select(Person).filter_by(email=NEW)).one().name == name


@pytest.mark.parametrize("password", ["", "short", "password1234", "PASSWORD 1234", "aaaaaaaaaaaaaa", NEW, "x" * 201])
def test_easy_passwords_are_refused_and_the_name_is_kept(client: PageClient, world: World, password: str) -> None:
    client.sign_in(world.people["host_approver"])
    invite(client)
    client.post("/en/sign-out")
    client.csrf_token = None
    refused = client.post(link_in("invitation"), data={"name": "Amina B", "language": "fr", "password": password})
    assert refused.status_code == 422
    assert 'id="password-error"' in refused.text
    assert "Amina B" in refused.text
    assert client.get(link_in("invitation")).status_code == 200


def test_a_link_is_too_old_after_seven_days(client: PageClient, world: World) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        client.sign_in(world.people["host_approver"])
        invite(client)
        clock.shift(timedelta(days=7) - timedelta(seconds=1))
        assert client.get(link_in("invitation")).status_code == 200
        clock.shift(timedelta(seconds=1))
        assert client.get(link_in("invitation")).status_code == 410


def test_a_new_invitation_and_a_cancelled_one_kill_the_link(client: PageClient, world: World) -> None:
    client.sign_in(world.people["host_approver"])
    invite(client)
    first = link_in("invitation")
    invite(client)
    second = link_in("invitation")
    assert client.get(first).status_code == 410
    assert client.get(second).status_code == 200
    page = client.get("/en/members")
    client.send(page, action="/cancel")
    assert client.get(second).status_code == 410


def test_someone_with_an_account_gets_one_more_membership(client: PageClient, world: World, sign_in: Callable) -> None:
    email = has_password(world.person("host_officer"))
    client.sign_in(world.people["sender_approver"])
    assert invite(client, "NE-SEND", email=email, role="inspector").status_code == 303
    path = link_in("invitation")
    assert "make my account" not in client.get(path).text.lower()
    assert client.post(f"{path}/accept").status_code == 410  # signed in as someone else
    refused = client.post(path, data={"name": "Evil", "language": "en", "password": "another good password"})
    assert refused.status_code == 422  # the link alone never changes an account
    client.post("/en/sign-out")
    sign_in(email)
    answer = client.send(client.get(path), action="/accept")
    assert answer.location.endswith("/act-for")
    assert len(live_memberships(world.people["host_officer"], at=now())) == 2
    assert client.get(path).status_code == 410


def test_inviting_a_member_to_the_role_they_have_is_refused(client: PageClient, world: World) -> None:
    client.sign_in(world.people["host_approver"])
    assert invite(client, email="host.editor@host.example").status_code == 422


@pytest.mark.asvs("3.7.1")
def test_mails_never_name_the_host_of_a_request(client: PageClient, world: World) -> None:
    client.sign_in(world.people["host_approver"])
    has_password(world.person("host_editor"))
    client.csrf_token = None
    token = client._token()
    client.set_cookie("session", client.get_cookie("session").value, domain="evil.example")
    evil = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    fields = {"email": NEW, "language": "fr", "role": "editor", "csrf_token": token}
    reset = {"email": "host.editor@host.example", "csrf_token": token}
    for path, data in (("/en/members/IT-HOST/invite", fields), ("/en/forgotten-password", reset)):
        assert client.post(path, data=data, base_url="http://evil.example", headers=evil).status_code == 303
    mails = db.session.scalars(db.select(OutboxMail)).all()
    assert {m.kind for m in mails} == {"invitation", "password_reset"}
    for mail in mails:
        assert mail.params["url"].startswith("http://localhost/")
        assert "evil" not in str(mail.params)


def test_an_agency_sends_no_flood_of_mail(client: PageClient, world: World) -> None:
    client.sign_in(world.people["host_approver"])
    answers = [invite(client, email=f"person{n}@host.example").status_code for n in range(41)]
    assert answers == [303] * 40 + [422]


def test_pressing_twice_makes_one_membership(client: PageClient, world: World) -> None:
    client.sign_in(world.people["host_approver"])
    invite(client)
    path = link_in("invitation")
    client.post("/en/sign-out")
    client.csrf_token = None
    fields = {"name": "Amina", "language": "en", "password": OWN_WORDS}
    assert client.post(path, data=fields).status_code == 303
    client.csrf_token = None
    assert client.post(path, data=fields).status_code == 410
    assert db.session.query(Membership).join(Person).filter(Person.email == NEW).count() == 1
    assert latest_mail("invitation").address == NEW


def test_someone_else_who_is_signed_in_signs_out_and_finds_the_invitation_again(
    client: PageClient, world: World
) -> None:
    email = has_password(world.person("host_officer"))
    client.sign_in(world.people["host_approver"])
    invite(client, email=email, role="editor")
    link = link_in("invitation")
    page = client.get(link)
    assert world.person("host_approver").email in page.text
    answer = client.send(page, action="/sign-out")
    assert answer.location == link
    assert client.get("/en/account").status_code == 303
    assert "/fr/sign-in?next=" + link in client.get(link).text


def test_what_is_wrong_with_no_answer_is_not_called_an_answer(sign_in: Callable) -> None:
    refused = sign_in("nobody@nowhere.example")
    assert "This did not work" in refused.text
    assert "answer needs a change" not in refused.text
