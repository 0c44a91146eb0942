"""Memberships that end, deputies with their days, acting for another agency, sessions, kept forms."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from portal.features.people.models import Deputy, KeptForm, Membership, UserSession
from portal.features.people.queries import acting_people, live_memberships, seats
from portal.infra.db import db, now
from portal.infra.history import StateChange
from portal.infra.outbox import OutboxMail
from portal.kernel.policy import Role
from tests.client import PageClient
from tests.features.people.conftest import has_password, second_membership
from tests.world import World

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def handle(world: World, name: str) -> str:
    return db.session.get_one(Membership, world.memberships[name]).handle


def end(client: PageClient, world: World, name: str, **fields: str):
    client.csrf_token = None
    return client.post(f"/en/membership/{handle(world, name)}/end", data=fields)


@pytest.mark.asvs("8.3.2")
def test_access_ends_everywhere_at_the_next_request(app: Flask, client: PageClient, world: World) -> None:
    phone, laptop = app.test_client(), app.test_client()
    for device in (phone, laptop):
        device.sign_in(world.people["host_officer"])
        assert device.get("/en/account").status_code == 200
    client.sign_in(world.people["host_approver"])
    assert end(client, world, "host_officer").status_code == 303
    for device in (phone, laptop):
        assert "/sign-in" in device.get("/en/account").location
        assert "/sign-in" in device.post("/en/account/profile", data={"name": "x", "language": "en"}).location
    assert db.session.scalars(db.select(UserSession).filter_by(person_id=world.people["host_officer"])).first().ended_at
    mails = {m.address for m in db.session.scalars(db.select(OutboxMail).filter_by(kind="membership_ended"))}
    assert mails == {"host.second.approver@host.example"}
    change = db.session.scalars(db.select(StateChange).filter_by(transition="member_ended")).one()
    assert change.details == {"role": "liaison_officer"}


def test_a_role_taken_away_while_a_form_is_open_changes_nothing(app: Flask, client: PageClient, world: World) -> None:
    approver = app.test_client().sign_in(world.people["host_second_approver"])
    page = approver.get("/en/members/IT-HOST/invite")
    second_membership(world, "host_second_approver", "host", Role.EDITOR)
    client.sign_in(world.people["host_approver"])
    end(client, world, "host_second_approver")
    refused = approver.send(page, {"email": "x@host.example", "role": "approver"})
    assert refused.status_code in (303, 403)
    assert db.session.scalars(db.select(OutboxMail).filter_by(kind="invitation")).first() is None


def test_sessions_with_another_membership_choose_again(app: Flask, client: PageClient, world: World) -> None:
    second_membership(world, "host_officer", "sender", Role.EDITOR)
    officer = app.test_client().sign_in(world.people["host_officer"], world.memberships["host_officer"])
    assert officer.get("/en/account").status_code == 200
    client.sign_in(world.people["host_approver"])
    end(client, world, "host_officer")
    assert "Editor" in officer.get("/en/account").text  # the one seat left is the one they act from
    assert (
        db.session.scalars(db.select(UserSession).filter_by(person_id=world.people["host_officer"])).one().ended_at
        is None
    )


@pytest.mark.parametrize(
    ("persona", "whose", "status"),
    [
        ("host_editor", "host_officer", 404),
        ("stranger_approver", "host_officer", 404),
        ("sender_approver", "host_officer", 404),
        ("auditor", "host_officer", 403),
        ("secretariat", "host_officer", 303),
        ("host_approver", "host_officer", 303),
    ],
)
def test_who_ends_a_membership(client: PageClient, world: World, persona: str, whose: str, status: int) -> None:
    client.sign_in(world.people[persona])
    assert end(client, world, whose).status_code == status


def test_the_last_approver_is_ended_only_knowingly(client: PageClient, world: World) -> None:
    client.sign_in(world.people["secretariat"])
    page = client.get(f"/en/membership/{handle(world, 'sender_approver')}/end")
    assert "last approver" in page.text
    assert client.send(page).status_code == 422
    assert live_memberships(world.people["sender_approver"], at=now())
    assert client.send(page, {"understood": "y"}).status_code == 303
    assert live_memberships(world.people["sender_approver"], at=now()) == []


def test_someone_leaves_by_themselves(client: PageClient, world: World) -> None:
    client.sign_in(world.people["host_officer"])
    page = client.get(f"/en/membership/{handle(world, 'host_officer')}/leave")
    assert client.send(page).status_code == 303
    assert client.get("/en/account").status_code == 303
    client.sign_in(world.people["host_editor"])
    assert client.get(f"/en/membership/{handle(world, 'host_approver')}/leave").status_code == 404


def name_deputy(
    client: PageClient, world: World, first: str, last: str, who: str = "host_editor", whose: str = "host_approver"
):
    client.csrf_token = None
    fields = {"stands_in_for": handle(world, whose), "deputy": handle(world, who), "starts_on": first, "ends_on": last}
    return client.post("/en/members/IT-HOST/deputies", data=fields)


def test_a_deputy_is_an_approver_on_the_days_named_in_the_agencys_own_calendar(
    client: PageClient, world: World
) -> None:
    with time_machine.travel(datetime(2026, 12, 1, 9, tzinfo=UTC), tick=False):
        client.sign_in(world.people["host_approver"])
        assert name_deputy(client, world, "2026-12-10", "2026-12-11").status_code == 303
    editor = world.people["host_editor"]
    roles = {
        hour: {s.role for s in seats(editor, at=hour)}
        for hour in (
            datetime(2026, 12, 9, 22, 59, tzinfo=UTC),  # 23:59 in Rome
            datetime(2026, 12, 9, 23, 0, tzinfo=UTC),
            datetime(2026, 12, 11, 22, 59, tzinfo=UTC),
            datetime(2026, 12, 11, 23, 0, tzinfo=UTC),
        )
    }
    assert list(roles.values()) == [
        {Role.EDITOR},
        {Role.EDITOR, Role.APPROVER},
        {Role.EDITOR, Role.APPROVER},
        {Role.EDITOR},
    ]
    within = datetime(2026, 12, 10, 12, tzinfo=UTC)
    assert editor in acting_people(world.agencies["host"], {Role.APPROVER}, at=within)
    assert editor not in acting_people(world.agencies["host"], {Role.APPROVER}, at=within + timedelta(days=3))


def test_a_deputy_chooses_to_act_as_one_and_loses_it_at_once(app: Flask, client: PageClient, world: World) -> None:
    deputy = app.test_client().sign_in(world.people["host_editor"], world.memberships["host_editor"])
    assert deputy.get("/en/members").status_code == 403
    client.sign_in(world.people["host_approver"])
    today = now().date()
    name_deputy(client, world, today.isoformat(), (today + timedelta(days=2)).isoformat())
    row = db.session.scalars(db.select(Deputy)).one()
    deputy.post("/en/act-for", data={"seat": row.handle})
    assert deputy.get("/en/members").status_code == 200
    client.post(f"/en/members/IT-HOST/deputies/{row.handle}/end")
    assert deputy.get("/en/members").status_code in (303, 403)


@pytest.mark.parametrize(
    ("who", "whose", "first", "last", "field"),
    [
        ("host_second_approver", "host_approver", "2027-01-01", "2027-01-02", "deputy"),
        ("sender_editor", "host_approver", "2027-01-01", "2027-01-02", "deputy"),
        ("host_editor", "host_officer", "2027-01-01", "2027-01-02", "stands_in_for"),
        ("host_editor", "sender_approver", "2027-01-01", "2027-01-02", "stands_in_for"),
        ("host_editor", "host_approver", "2027-01-02", "2027-01-01", "ends_on"),
        ("host_editor", "host_approver", "2020-01-01", "2020-01-02", "ends_on"),
        ("host_editor", "host_approver", "2027-02-29", "2027-03-01", "starts_on"),
    ],
)
def test_a_deputy_that_makes_no_sense_is_refused(
    client: PageClient, world: World, who: str, whose: str, first: str, last: str, field: str
) -> None:
    client.sign_in(world.people["host_approver"])
    refused = name_deputy(client, world, first, last, who, whose)
    assert refused.status_code == 422
    assert f'id="{field}-error"' in refused.text
    assert refused.text.index('class="errs"') < refused.text.index('<h2 id="people"'), "above what is below the fold"
    assert db.session.scalars(db.select(Deputy)).first() is None


def test_when_the_approver_leaves_so_does_the_deputys_role(client: PageClient, world: World) -> None:
    client.sign_in(world.people["secretariat"])
    today = now().date()
    db.session.add(
        Deputy(
            for_membership_id=world.memberships["host_approver"],
            membership_id=world.memberships["host_editor"],
            starts_on=today - timedelta(days=1),
            ends_on=today + timedelta(days=9),
        )
    )
    db.session.commit()
    assert {s.role for s in seats(world.people["host_editor"], at=now())} == {Role.EDITOR, Role.APPROVER}
    end(client, world, "host_approver")
    assert {s.role for s in seats(world.people["host_editor"], at=now())} == {Role.EDITOR}


def test_i_see_and_end_my_other_sessions_and_nobody_elses(app: Flask, client: PageClient, world: World) -> None:
    phone = app.test_client().sign_in(world.people["host_officer"])
    stranger = app.test_client().sign_in(world.people["stranger_editor"])
    foreign = db.session.scalars(db.select(UserSession).filter_by(person_id=world.people["stranger_editor"])).one()
    client.sign_in(world.people["host_officer"])
    page = client.get("/en/account")
    assert page.text.count('/end"') == 1
    client.post(f"/en/account/sessions/{foreign.handle}/end")
    assert stranger.get("/en/account").status_code == 200
    client.send(page, action="/end")
    assert phone.get("/en/account").status_code == 303
    assert client.get("/en/account").status_code == 200


def test_signing_out_everywhere_else_and_a_new_password_end_the_other_sessions(
    app: Flask, client: PageClient, world: World, officer: str, sign_in: Callable
) -> None:
    others = [app.test_client().sign_in(world.people["host_officer"]) for _ in range(2)]
    sign_in(officer)
    client.post("/en/account/sessions/end-others")
    assert [o.get("/en/account").status_code for o in others] == [303, 303]
    other = app.test_client().sign_in(world.people["host_officer"])
    for present, new, status in (
        ("wrong", "four quiet words together", 422),
        ("correct horse battery staple", "short", 422),
        ("correct horse battery staple", "four quiet words together", 303),
    ):
        fields = {"present": present, "password": new}
        assert client.post("/en/account/password", data=fields).status_code == status
    assert other.get("/en/account").status_code == 303
    assert client.get("/en/account").status_code == 200


def test_name_and_language_are_changed(client: PageClient, world: World) -> None:
    client.sign_in(world.people["host_officer"])
    page = client.get("/en/account")
    answer = client.send(page, {"name": "Ng", "language": "zh"}, action="/account/profile")
    assert answer.location == "/zh/account"
    page = client.get("/en/account")
    assert client.send(page, {"name": "a\u202eb", "language": "zh"}, action="/account/profile").status_code == 422
    assert world.person("host_officer").name == "Ng"


def test_what_was_typed_survives_a_sign_in_that_timed_out_and_is_never_sent_unasked(
    client: PageClient, world: World, sign_in: Callable
) -> None:
    email = has_password(world.person("secretariat"))
    with time_machine.travel(NOON, tick=False) as clock:
        sign_in(email)
        token = client._token()
        clock.shift(timedelta(minutes=31))
        fields = {
            "names-0-language": "fr", "names-0-name": "Police de l’air", "key": "NE-AIR", "kind": "police", "state": "NE",
            "protocol_roles": "origin", "languages-0-language": "fr", "languages-0-level": "B2", "time_zone": "UTC",
            "working_days": ["0", "1"], "csrf_token": token, "_once": "x" * 20, "my_password": "secret",
        }  # fmt: skip
        assert "/sign-in" in client.post("/en/agencies/new", data=fields).location
        kept = db.session.scalars(db.select(KeptForm)).one()
        assert not {"csrf_token", "_once", "my_password"} & {name for name, _value in kept.fields}
        assert sign_in(email).location == "/en/kept"
        page = client.get("/en/kept")
        assert "Police de l’air" in page.text
        assert agencies_called("NE-AIR") == 0
        assert client.send(page, action="/en/agencies/new").location == "/en/agencies/NE-AIR"
        assert agencies_called("NE-AIR") == 1
        assert db.session.scalars(db.select(KeptForm)).first() is None
        assert client.get("/en/kept").status_code == 302


def agencies_called(key: str) -> int:
    from portal.features.agencies.models import Agency

    return db.session.query(Agency).filter_by(key=key).count()


def test_what_was_typed_is_for_its_writer_alone_and_for_a_day(
    client: PageClient, world: World, sign_in: Callable
) -> None:
    email, other = has_password(world.person("secretariat")), has_password(world.person("host_officer"))
    with time_machine.travel(NOON, tick=False) as clock:
        sign_in(email)
        token = client._token()
        clock.shift(timedelta(minutes=31))
        client.post("/en/agencies/new", data={"acronym": "XYZ", "csrf_token": token})
        assert sign_in(other).location == "/en/"
        assert client.get("/en/kept").status_code == 302
        client.post("/en/sign-out")
        clock.shift(timedelta(hours=24))
        assert sign_in(email).location == "/en/"


def test_nothing_is_kept_for_a_session_that_was_ended(client: PageClient, world: World, sign_in: Callable) -> None:
    sign_in(has_password(world.person("secretariat")))
    token = client._token()
    for session in db.session.scalars(db.select(UserSession)):
        session.ended_at = now()
    db.session.commit()
    client.post("/en/agencies/new", data={"acronym": "XYZ", "csrf_token": token})
    assert db.session.scalars(db.select(KeptForm)).first() is None
