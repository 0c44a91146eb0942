"""Exports: as much as the reader may see, never a formula, and they import back unchanged."""

import csv
import io
import zipfile
from typing import Any

import pytest
from sqlalchemy import event

from portal.features.exchanges import exports
from portal.features.exchanges.domain.filters import Filters, Sort
from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.programme import importing
from portal.features.exchanges.programme.sheets import SentFile
from portal.infra.db import db, now
from portal.kernel.labels import Tlp
from portal.kernel.policy import SYSTEM, Actor
from tests.client import PageClient
from tests.features.exchanges.acting import acting
from tests.features.exchanges.test_programme_import import files, need, offer, post
from tests.features.exchanges.test_programme_reading import FORMULAS
from tests.world import World, add_post

FORMS = ("csv", "xlsx")
MARKER = "Marker-7f3a"


def exported(client: PageClient, kind: str = "offers", form: str = "csv", query: str = "") -> bytes:
    answer = client.get(f"/en/exchanges/{kind}/export.{form}{query}")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{kind}.{form}"'
    return answer.data


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def load(*tables: tuple[dict[str, str], ...]) -> None:
    found, outcome = importing.import_programme(files(*tables), by=SYSTEM, at=now())
    assert outcome is not None, found.errors
    db.session.commit()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", ["offers", "needs"])
def test_an_export_imports_back_unchanged(client: PageClient, world: World, kind: str, form: str) -> None:
    titles = ["'s-Hertogenbosch", "التعرف على وثائق", 'Контроль; "вторая", линия', *(t.strip() for t in FORMULAS)]
    make = offer if kind == "offers" else need
    load(tuple(make(key=f"K{n}", title=title or "-") for n, title in enumerate(titles)))
    client.sign_in(world.people["secretariat"])
    found = importing.dry_run([SentFile(f"x.{form}", exported(client, kind, form))], at=now())
    assert found.errors == []
    assert found.plan.empty
    assert found.plan.unchanged == len(titles) + 1  # with the one that the world has, under its reference
    assert found.plan.absent == []


def test_the_stored_words_survive_a_file_with_formulas(client: PageClient, world: World) -> None:
    load((offer(title="'=1+1"),))
    assert post("O1").title == "=1+1"
    client.sign_in(world.people["secretariat"])
    assert [r["title"] for r in rows(exported(client)) if r["key"] == "O1"] == ["'=1+1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_ever_a_formula(client: PageClient, world: World, text: str) -> None:
    for name in ("title", "site"):
        setattr(world.post("offer"), name, text)
    db.session.commit()
    client.sign_in(world.people["host_approver"])
    row = rows(exported(client))[0]
    assert row["title"] == row["site"] == "'" + text
    with zipfile.ZipFile(io.BytesIO(exported(client, form="xlsx"))) as archive:
        inside = {name: archive.read(name) for name in archive.namelist()}
    assert b"<f>" not in inside["xl/worksheets/sheet1.xml"]
    assert not any("hyperlink" in name.lower() for name in inside)


def test_the_label_and_the_state_are_columns(client: PageClient, world: World) -> None:
    client.sign_in(world.people["sender_editor"])
    row = rows(exported(client))[0]
    assert (row["label"], row["state"], row["ref"]) == ("GREEN", "published", world.refs["offer"])


def test_the_exact_site_is_for_the_owner(client: PageClient, world: World) -> None:
    world.post("offer").site = MARKER
    db.session.commit()
    for who, shown in (("host_approver", True), ("sender_approver", False), ("secretariat", False), ("auditor", False)):
        client.sign_in(world.people[who])
        assert (MARKER in exported(client).decode()) is shown


@pytest.mark.parametrize("label", [Tlp.AMBER, Tlp.AMBER_STRICT, Tlp.RED])
@pytest.mark.parametrize("form", FORMS)
def test_a_stranger_finds_nothing_of_a_closed_post(client: PageClient, world: World, label: Tlp, form: str) -> None:
    hidden = add_post(world, PostKind.OFFER, "host", label=label, title=MARKER, site=MARKER)
    ref = hidden.ref
    db.session.commit()
    client.sign_in(world.people["stranger_approver"])
    found = exported(client, form=form)
    cells = found.decode() if form == "csv" else _strings(found)
    assert MARKER not in cells
    assert ref not in cells
    assert world.refs["offer"] in cells


def _strings(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml"))


@pytest.mark.parametrize("label", [Tlp.AMBER_STRICT, Tlp.RED])
def test_the_secretariat_gets_reference_label_and_state_only_and_can_import_them_back(
    client: PageClient, world: World, label: Tlp
) -> None:
    hidden = add_post(world, PostKind.OFFER, "host", label=label, title=MARKER, site=MARKER)
    ref = hidden.ref
    db.session.commit()
    client.sign_in(world.people["secretariat"])
    content = exported(client)
    assert MARKER not in content.decode()
    row = next(r for r in rows(content) if r["ref"] == ref)
    assert {name: value for name, value in row.items() if value} == {
        "ref": ref,
        "state": "published",
        "label": label.value.upper().replace("_", "+"),
    }
    found = importing.dry_run([SentFile("x.csv", content)], at=now())
    assert (found.errors, found.plan.empty, found.plan.unchanged) == ([], True, 2)


def test_the_filters_of_the_list_hold(client: PageClient, world: World) -> None:
    load((offer(topics="interviewing-migrants"), offer(key="O2")))
    client.sign_in(world.people["sender_editor"])
    keys = {row["key"] for row in rows(exported(client, query="?topic=interviewing-migrants"))}
    assert keys == {"O1"}


def test_a_draft_and_a_pending_agency_get_nothing(client: PageClient, world: World) -> None:
    client.sign_in(world.people["pending_approver"])
    assert rows(exported(client)) == []


def test_an_export_asks_for_an_account(client: PageClient) -> None:
    assert client.get("/en/exchanges/offers/export.csv").status_code == 303


def test_an_export_takes_as_many_statements_however_long_it_is(world: World) -> None:
    load(tuple(offer(key=f"K{n}") for n in range(60)))
    reader = acting(world, "secretariat")
    every = list(exports.found_ids(reader, PostKind.OFFER, Filters(), Sort.NEWEST))
    assert len(every) == 61
    assert _statements(reader, every[:2]) == _statements(reader, every)


def _statements(reader: Actor, ids: list[int]) -> int:
    seen: list[str] = []

    def note(*told: Any) -> None:
        seen.append(told[2])

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert len(list(exports.rows(reader, PostKind.OFFER, ids))) == len(ids)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)
