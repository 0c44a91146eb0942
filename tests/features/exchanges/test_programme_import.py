"""Importing a programme: what would happen is shown first, then all of it is written, or nothing."""

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.features.agencies.domain import AgencyStatus
from portal.features.agencies.models import Agency
from portal.features.exchanges.domain.lifecycles import PostState
from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.models import Post, PostTerms
from portal.features.exchanges.programme import importing
from portal.features.exchanges.programme.models import ProgrammeFile, ProgrammeUpload
from portal.features.exchanges.programme.sheets import SentFile
from portal.features.exchanges.queries import by_id
from portal.features.exchanges.services import claim, hold, let_go, withdraw
from portal.infra.db import db, now
from portal.infra.history import history_of
from portal.kernel.errors import IllegalTransition, Stale
from portal.kernel.policy import Actor, Role
from portal.kernel.reference import Kind, new_reference
from tests.client import PageClient
from tests.features.exchanges.test_programme_checking import AGENCY, NEED, OFFER, table
from tests.world import World

YEAR = datetime.now(UTC).year + 1
WINDOW = f"{YEAR}-03-01/{YEAR}-03-26"
Row = dict[str, str]


def files(*tables: tuple[Row, ...]) -> list[SentFile]:
    return [SentFile(f"{number}.csv", table(*rows)) for number, rows in enumerate(tables)]


def offer(**changes: str) -> Row:
    return {**OFFER, "agency": "IT-HOST", "windows": WINDOW, **changes}


def need(**changes: str) -> Row:
    return {**NEED, "agency": "NE-SEND", "windows": WINDOW, **changes}


@pytest.fixture
def secretariat(world: World) -> Actor:
    return Actor(
        person_id=world.people["secretariat"],
        membership_id=world.memberships["secretariat"],
        role=Role.SECRETARIAT,
        agency_id=world.agencies["secretariat"],
    )


def imported(sent: list[SentFile], by: Actor) -> importing.DryRun:
    found, outcome = importing.import_programme(sent, by=by, at=now())
    assert outcome is not None, found.errors
    db.session.commit()
    return found


def post(key: str, kind: PostKind = PostKind.OFFER) -> Post:
    found = by_id(db.session.scalars(select(Post.id).filter_by(kind=kind, imported_key=key)).one())
    assert found
    return found


def counts() -> tuple[int, int, int]:
    return tuple(db.session.scalar(select(func.count()).select_from(t)) or 0 for t in (Agency, Post, PostTerms))  # type: ignore[return-value]


def test_posts_are_published_with_the_history_of_their_import(secretariat: Actor) -> None:
    imported(files((AGENCY,), (offer(), offer(key="O2", agency="XX-NEW")), (need(),)), secretariat)
    first = post("O1")
    assert (first.state, first.capacity, first.label.value, first.site) == (PostState.PUBLISHED, 2, "green", "Dover")
    assert [(w.starts_on, w.ends_on) for w in first.windows] == [(date(YEAR, 3, 1), date(YEAR, 3, 26))]
    assert (first.contact, first.programme, first.terms_version) == ("", "", 1)
    change = history_of("offer", first.id)[0]
    assert (change.transition, change.person_id, change.details["source"]) == (
        "import",
        secretariat.person_id,
        "0.csv, 1.csv, 2.csv",
    )
    assert post("N1", PostKind.NEED).band_min == 3


def test_a_new_agency_waits_to_be_verified_and_a_known_one_is_never_overwritten(secretariat: Actor) -> None:
    known = {**AGENCY, "key": "IT-HOST", "state": "IT", "name": "Someone else", "name_lang": "it", "kind": "media"}
    found = imported(files((AGENCY, known)), secretariat)
    assert {(one.problem.code, one.column) for one in found.warnings} == {
        ("agency_kept", "name"),
        ("agency_kept", "kind"),
    }
    agencies = {a.key: a for a in db.session.scalars(select(Agency))}
    assert agencies["XX-NEW"].status == AgencyStatus.PENDING
    assert agencies["IT-HOST"].names == {"it": "Polizia di Frontiera"}


def test_the_same_file_twice_changes_nothing(secretariat: Actor) -> None:
    sent = files((AGENCY,), (offer(),), (need(),))
    imported(sent, secretariat)
    before = counts()
    again = imported(sent, secretariat)
    assert again.plan.empty
    assert again.plan.unchanged == 2
    assert counts() == before


def test_a_changed_post_gets_a_new_version_and_keeps_what_its_agency_wrote(secretariat: Actor) -> None:
    imported(files((offer(), offer(key="O2"))), secretariat)
    ours = post("O1")
    ours.contact, ours.programme = "Duty desk", "Work beside us"
    db.session.commit()
    found = imported(files((offer(places="4", languages="en:B2", site=""), offer(key="O2"))), secretariat)
    assert [(d.column, d.before, d.after) for d in found.plan.changed[0].differences] == [
        ("places", "2", "4"),
        ("languages", "en:B1", "en:B2"),
    ]
    assert found.plan.unchanged == 1
    db.session.expire_all()
    ours = post("O1")
    assert (ours.capacity, ours.languages[0].level.value, ours.terms_version) == (4, "B2", 2)
    assert (ours.contact, ours.programme, ours.site) == ("Duty desk", "Work beside us", "Dover")
    change = history_of("offer", ours.id)[0]
    assert (change.transition, change.details["changed"]) == ("revise", ["languages", "places"])


def test_order_in_a_list_without_order_is_no_change(secretariat: Actor) -> None:
    imported(files((need(prefers_states="FR;IT", languages="en:B1;es:C2"),)), secretariat)
    again = importing.dry_run(files((need(prefers_states="FR;IT", languages="es:C2;en:B1"),)), at=now())
    assert again.plan.empty
    ranked = importing.dry_run(files((need(prefers_states="IT;FR"),)), at=now())
    assert [d.column for d in ranked.plan.changed[0].differences] == ["prefers_states"]


def test_absent_posts_stay_and_are_named(secretariat: Actor) -> None:
    imported(files((offer(), offer(key="O2")), (need(),)), secretariat)
    found = imported(files((offer(),)), secretariat)
    assert [one.key for one in found.plan.absent] == ["O2"]
    assert post("O2").state == PostState.PUBLISHED


@pytest.mark.parametrize("wrong", [{"places": "0"}, {"agency": "ZZ-NONE"}, {"windows": "nonsense"}])
def test_one_error_anywhere_and_nothing_is_written(secretariat: Actor, wrong: Row) -> None:
    before = counts()
    found, outcome = importing.import_programme(
        files((AGENCY,), (offer(), offer(key="O2", **wrong)), (need(),)), by=secretariat, at=now()
    )
    assert outcome is None
    assert len(found.errors) == 1
    db.session.commit()
    assert counts() == before


def _codes(*rows: Row) -> list[str]:
    return [one.problem.code for one in importing.dry_run(files(rows), at=now()).errors]


def test_what_a_file_cannot_change_is_told(secretariat: Actor, world: World) -> None:
    imported(files((offer(), offer(key="O2"), offer(key="O3"))), secretariat)
    claim(post("O1"), 2, at=now())
    withdraw(post("O2"), by=secretariat, at=now(), reason="over")
    db.session.commit()
    assert _codes(offer(places="1")) == ["below_claimed"]
    assert _codes(offer(key="O2", places="3")) == ["post_ended"]
    assert _codes(offer(key="O2")) == []
    assert _codes(offer(key="O3", agency="NE-SEND")) == ["other_agency"]
    assert _codes(offer(key="O9", agency="ES-SUSP")) == ["agency_suspended"]
    assert _codes(offer(key=world.refs["offer"])) == ["written_here"]
    assert _codes(offer(key=new_reference(Kind.OFFER, 2026))) == ["unknown_reference"]


def test_a_row_that_changes_a_post_held_by_a_round_is_told_at_its_cells_with_the_round(secretariat: Actor) -> None:
    imported(files((offer(), offer(key="O2"))), secretariat)
    hold([post("O1").id], "MR-2026-7K3QMC")
    db.session.commit()
    changed = offer(places="1", band_max="5", title="Other words")
    errors = importing.dry_run(files((changed, offer(key="O2", places="3"))), at=now()).errors
    assert [(one.problem.code, one.file, one.row, one.column) for one in errors] == [
        ("post_held", "0.csv", 2, column) for column in ("places", "band_max")
    ]
    assert {one.problem.params["holder"] for one in errors} == {"MR-2026-7K3QMC"}
    assert _codes(offer(title="Other words")) == [], "words may change"
    let_go([post("O1").id], "MR-2026-7K3QMC")
    db.session.commit()
    assert _codes(changed) == []


def test_a_reference_that_the_secretariat_may_not_read_is_as_unknown_as_one_that_does_not_exist(
    secretariat: Actor, world: World
) -> None:
    hidden = world.post("offer")
    hidden.label = hidden.label.__class__.RED
    db.session.commit()
    assert _codes(offer(key=world.refs["offer"])) == ["unknown_reference"]


def test_what_a_red_post_said_before_is_not_repeated(secretariat: Actor) -> None:
    imported(files((offer(label="RED", title="Marker of a secret"),)), secretariat)
    found = importing.dry_run(files((offer(label="RED", title="Other"),)), at=now())
    assert [(d.column, d.before) for d in found.plan.changed[0].differences] == [("title", "…")]


# ---------------------------------------------------------------------------------------------------- kept uploads


def _kept(sent: list[SentFile], by: Actor) -> tuple[ProgrammeUpload, str]:
    upload = importing.keep(sent, by=by, at=now())
    db.session.commit()
    return upload, importing.look_again(upload, at=now()).plan.fingerprint


def test_what_is_confirmed_is_what_was_shown(secretariat: Actor) -> None:
    upload, fingerprint = _kept(files((offer(),)), secretariat)
    imported(files((offer(title="Someone was faster"),)), secretariat)
    with pytest.raises(Stale):
        importing.confirm(upload, fingerprint=fingerprint, by=secretariat, at=now())


def test_files_that_were_altered_after_they_were_shown_are_not_applied(secretariat: Actor) -> None:
    upload, fingerprint = _kept(files((offer(),)), secretariat)
    stored = db.session.scalars(select(ProgrammeFile)).one()
    stored.content = stored.content + b"\n"
    db.session.commit()
    with pytest.raises(Stale):
        importing.confirm(upload, fingerprint=fingerprint, by=secretariat, at=now())


def test_an_upload_is_applied_once_and_its_files_go(secretariat: Actor) -> None:
    upload, fingerprint = _kept(files((offer(),)), secretariat)
    importing.confirm(upload, fingerprint=fingerprint, by=secretariat, at=now())
    db.session.commit()
    assert upload.outcome["new"] == 1
    assert db.session.scalar(select(func.count()).select_from(ProgrammeFile)) == 0
    with pytest.raises(IllegalTransition):
        importing.confirm(upload, fingerprint=fingerprint, by=secretariat, at=now())


def test_an_upload_that_nobody_confirmed_expires(secretariat: Actor) -> None:
    upload, _ = _kept(files((offer(),)), secretariat)
    key, later = upload.key, now() + timedelta(hours=25)
    assert importing.find_upload(key, at=later) is None
    assert importing.forget_expired(at=later) == 1
    db.session.commit()
    assert db.session.scalar(select(func.count()).select_from(ProgrammeFile)) == 0


# -------------------------------------------------------------------------------------------------------- the pages


def _send(client: PageClient, sent: list[SentFile]) -> Any:
    return client.post("/en/exchanges/programme", data={"files": [(io.BytesIO(one.content), one.name) for one in sent]})


def test_the_secretariat_sees_what_would_happen_confirms_and_sees_what_was_done(
    client: PageClient, world: World
) -> None:
    client.sign_in(world.people["secretariat"])
    answer = _send(client, files((AGENCY,), (offer(),), (need(),)))
    assert answer.status_code == 303
    page = client.get(answer.location)
    assert page.status_code == 200
    assert "Passport scanning" in page.text
    before = counts()
    done = client.send(page)
    assert done.status_code == 303
    result = client.get(done.location)
    assert "The programme is imported" in result.text
    assert counts() == (before[0] + 1, before[1] + 2, before[2] + 2)
    assert client.send(page).status_code == 303  # the same form again shows the same result
    assert counts() == (before[0] + 1, before[1] + 2, before[2] + 2)


def test_problems_are_listed_with_their_place_and_nothing_can_be_confirmed(client: PageClient, world: World) -> None:
    client.sign_in(world.people["secretariat"])
    answer = _send(client, files((offer(), offer(key="O2", places="zero <b>", windows=f"{WINDOW};{WINDOW}"))))
    page = client.get(answer.location)
    assert "Enter a whole number, in digits only." in page.text
    assert "zero &lt;b&gt;" in page.text
    assert "Import it all" not in page.text
    listed = client.get(answer.location + "/findings.csv").data.decode("utf-8-sig")
    assert "error,0.csv,3,places," in listed


def test_sending_nothing_is_told_at_the_field(client: PageClient, world: World) -> None:
    client.sign_in(world.people["secretariat"])
    answer = _send(client, [])
    assert answer.status_code == 422
    assert "Choose a file." in answer.text


def test_files_without_rows_are_not_said_to_be_in_the_portal_already(client: PageClient, world: World) -> None:
    client.sign_in(world.people["secretariat"])
    columns = [SentFile(one.name, one.content.splitlines(keepends=True)[0]) for one in files((offer(),))]
    page = client.get(_send(client, columns).location)
    assert "There are no rows" in page.text
    assert "says the same already" not in page.text


@pytest.mark.parametrize("who", ["host_approver", "auditor", "administrator", "stranger_editor"])
def test_only_the_secretariat_imports(client: PageClient, world: World, secretariat: Actor, who: str) -> None:
    upload, fingerprint = _kept(files((offer(),)), secretariat)
    address = f"/en/exchanges/programme/{upload.key}"
    client.sign_in(world.people[who])
    assert client.get("/en/exchanges/programme").status_code == 403
    assert client.get(address).status_code == 403
    assert client.get(address + "/findings.csv").status_code == 403
    assert client.post(address, data={"plan": fingerprint}).status_code == 403
    assert _send(client, files((offer(),))).status_code == 403


def test_the_command_says_what_would_happen_and_writes_when_told(app: Flask, world: World, tmp_path: Any) -> None:
    for one, name in zip(files((offer(),), (need(),)), ("offers.csv", "needs.csv"), strict=True):
        (tmp_path / name).write_bytes(one.content)
    runner = app.test_cli_runner()
    before = counts()
    dry = runner.invoke(args=["programme", "import", str(tmp_path)])
    assert (dry.exit_code, counts()) == (0, before)
    assert "offers and needs: 2 new" in dry.output
    done = runner.invoke(args=["programme", "import", str(tmp_path), "--apply"])
    assert done.exit_code == 0
    assert counts()[1] == before[1] + 2
    (tmp_path / "needs.csv").write_bytes(b"%PDF")
    broken = runner.invoke(args=["programme", "import", str(tmp_path), "--apply"])
    assert broken.exit_code == 1
    assert "needs.csv" in broken.output
