"""Documents: attached to a record by those who work on it, seen by those who see it, and 404 for everyone else."""

import io
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select

from portal.features.documents.domain import MOST_OF_RECORD, RemoveDocument, closer, labels_within
from portal.features.documents.models import Document
from portal.features.documents.queries import find
from portal.features.documents.services import forget_unattached, remove
from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.policy import Posts
from portal.features.exchanges.queries import find as find_post
from portal.infra.db import db, now
from portal.infra.history import history_of
from portal.kernel.errors import Stale
from portal.kernel.files import FileKind
from portal.kernel.labels import Tlp
from portal.web.uploads import store
from tests.client import PageClient
from tests.features.exchanges.acting import acting
from tests.files import PDF, picture
from tests.world import PERSONAS, World, add_post

OWNER = "host_approver"


def page_of(world: World, name: str = "offer") -> str:
    return f"/en/documents/of/offer/{world.refs[name]}"


def upload(content: bytes = PDF, name: str = "agenda.pdf") -> tuple[bytes, str]:
    return content, name


def attach(client: PageClient, world: World, **fields: Any) -> Any:
    data = {"file": upload(), "title": "Agenda of the visit", "label": "green"} | fields
    if data["file"]:
        content, name = data["file"]
        data["file"] = (io.BytesIO(content), name)
    return client.post(page_of(world), data={k: v for k, v in data.items() if v is not None})


def attached(client: PageClient, world: World, **fields: Any) -> Document:
    client.sign_in(world.people[OWNER])
    assert attach(client, world, **fields).status_code == 303
    return db.session.scalars(select(Document).order_by(Document.id.desc())).first()  # type: ignore[return-value]


def documents() -> int:
    return db.session.query(Document).count()


def test_who_works_on_a_record_attaches_a_file_and_gets_it_back(client: PageClient, world: World) -> None:
    document = attached(client, world)
    assert (document.kind, document.size, document.name, document.label) == (
        FileKind.PDF,
        len(PDF),
        "agenda.pdf",
        Tlp.GREEN,
    )
    listed = client.get(page_of(world))
    assert "Agenda of the visit" in listed.text
    assert "Agenda of the visit" in client.get(f"/en/exchanges/offers/{world.refs['offer']}").text
    assert client.get(f"/en/documents/{document.key}").data == PDF


def test_it_leaves_as_a_file_that_can_do_nothing(client: PageClient, world: World) -> None:
    document = attached(client, world, file=upload(name="عقد\u00e9.pdf"))
    headers = client.get(f"/en/documents/{document.key}").headers
    assert headers["Content-Disposition"].startswith("attachment;")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Type"] == "application/pdf"


def test_a_photo_loses_its_place_on_the_way(client: PageClient, world: World) -> None:
    document = attached(client, world, file=upload(picture("JPEG", place=True), "gate.jpg"))
    assert b"Qzxmarker" not in client.get(f"/en/documents/{document.key}").data


def test_history_says_that_it_was_attached_and_removed_and_why(client: PageClient, world: World) -> None:
    document = attached(client, world)
    answer = client.post(f"/en/documents/{document.key}/remove", data={"reason": "An older version"})
    assert answer.status_code == 303
    assert client.get(f"/en/documents/{document.key}").status_code == 404
    after = client.get(page_of(world)).text
    assert "Agenda of the visit" in after, "a removed document stays on the page of those who work on the record"
    assert f"/en/documents/{document.key}" not in after
    post = world.post("offer")
    steps = [(c.transition, c.reason) for c in history_of("offer", post.id)][:2]
    assert steps == [("remove_document", "An older version"), ("attach_document", None)]
    assert store().holds(document.digest), "its bytes are kept too"


def test_of_two_who_remove_a_document_at_once_one_does(client: PageClient, world: World) -> None:
    document = attached(client, world)
    actor, why = acting(world, OWNER), RemoveDocument(reason="An older version")
    found = find(client.application.extensions["document_owners"], actor, document.key)
    assert found is not None
    remove(why, attached=found, by=actor, at=now())
    with pytest.raises(Stale):  # the other one found it while it still stood
        remove(why, attached=found, by=actor, at=now())
    db.session.rollback()


def test_removing_asks_why(client: PageClient, world: World) -> None:
    document = attached(client, world)
    assert client.post(f"/en/documents/{document.key}/remove", data={"reason": ""}).status_code == 422
    assert client.get(f"/en/documents/{document.key}").status_code == 200


@pytest.mark.parametrize("persona", sorted(PERSONAS))
@pytest.mark.parametrize("post_label", list(Tlp))
def test_a_document_is_seen_by_exactly_those_who_may_see_it(
    app: Flask, client: PageClient, world: World, persona: str, post_label: Tlp
) -> None:
    """The twin of the rule: what the page lists, what the door hands out, and what the post's own slice says."""
    post = add_post(world, PostKind.OFFER, "host", label=post_label, title="Qzx")
    keys = {}
    for label in labels_within(post_label):
        document = Document(
            key=f"key-{label.value}",
            subject="offer",
            ref=post.ref,
            title=f"Title {label.value}.",
            label=label,
            name="a.pdf",
            kind=FileKind.PDF,
            size=len(PDF),
            digest=store().put(PDF),
            agency_id=post.agency_id,
            attached_at=now(),
        )
        db.session.add(document)
        keys[label] = document.key
    db.session.commit()
    client.sign_in(world.people[persona])
    agency, _role = PERSONAS[persona]
    mine = agency == "host"
    verified = agency not in {"pending", "suspended"}
    open_post = post_label == Tlp.CLEAR or (post_label == Tlp.GREEN and verified)
    overseer = persona in {"secretariat", "second_secretariat", "auditor"} and post_label not in {
        Tlp.AMBER_STRICT,
        Tlp.RED,
    }
    listed = client.get(f"/en/documents/of/offer/{post.ref}").text
    for label, key in keys.items():
        expected = mine or ((open_post or overseer) and label == post_label)
        assert (client.get(f"/en/documents/{key}").status_code == 200) is expected, label
        assert (f"Title {label.value}." in listed) is expected, label


def test_a_record_closed_later_closes_its_documents(client: PageClient, world: World) -> None:
    document = attached(client, world)
    client.sign_in(world.people["stranger_approver"])
    assert client.get(f"/en/documents/{document.key}").status_code == 200
    world.post("offer").label = Tlp.RED
    db.session.commit()
    assert client.get(f"/en/documents/{document.key}").status_code == 404


def test_hidden_absent_and_removed_answer_alike(client: PageClient, world: World) -> None:
    document = attached(client, world, label="red")
    client.sign_in(world.people["stranger_approver"]).get("/en/help")
    for path in ("", "/remove"):
        answers = [client.get(f"/en/documents/{key}{path}") for key in (document.key, "x" * 22)]
        assert {a.status_code for a in answers} == {404}
        assert {tuple(sorted(k for k, _ in a.headers)) for a in answers} == {
            tuple(sorted(k for k, _ in answers[0].headers))
        }
    assert client.post(f"/en/documents/{document.key}/remove", data={"reason": "because"}).status_code == 404


@pytest.mark.parametrize("persona", ["sender_approver", "secretariat", "auditor", "donor_officer"])
def test_who_sees_a_record_of_others_attaches_and_removes_nothing(
    client: PageClient, world: World, persona: str
) -> None:
    document = attached(client, world)
    client.sign_in(world.people[persona])
    page = client.get(page_of(world))
    assert page.status_code == 200
    assert "Agenda of the visit" in page.text
    assert 'type="file"' not in page.text
    assert attach(client, world).status_code == 403
    assert client.post(f"/en/documents/{document.key}/remove", data={"reason": "because"}).status_code == 403
    assert documents() == 1


def test_the_public_signs_in_first(client: PageClient, world: World) -> None:
    document = attached(client, world)
    with client.session_transaction() as session:
        session.clear()
    assert "/sign-in" in (client.get(f"/en/documents/{document.key}").location or "")


@pytest.mark.parametrize("subject", ["proposal", "agency", "person", "x"])
def test_a_kind_of_record_without_an_owner_has_no_documents(client: PageClient, world: World, subject: str) -> None:
    client.sign_in(world.people[OWNER])
    assert client.get(f"/en/documents/of/{subject}/{world.refs['offer']}").status_code == 404


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"label": "clear"}, "not shared more widely"),
        ({"label": "purple"}, "Choose one of the answers"),
        ({"title": ""}, "Fill this in"),
        ({"title": "Agen\u202eda"}, "hidden characters"),
        ({"file": upload(b"MZ\x90", "agenda.pdf")}, "not a kind of file"),
        ({"file": upload(PDF, "agenda\u202efdp.exe")}, "hidden characters"),
        ({"file": None}, "Fill this in"),
        ({"file": upload(b"", "agenda.pdf")}, "empty"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_written(
    client: PageClient, world: World, fields: dict[str, Any], code: str
) -> None:
    client.sign_in(world.people[OWNER])
    page = attach(client, world, **fields)
    assert page.status_code == 422
    assert code in page.text
    assert documents() == 0


def test_a_refused_file_loses_nothing_that_was_typed(client: PageClient, world: World) -> None:
    client.sign_in(world.people[OWNER])
    page = attach(client, world, file=upload(b"<html>", "a.html"), label="amber", title="Plan of the building")
    shown = BeautifulSoup(page.text, "html.parser")
    assert shown.select_one("input[name=title]")["value"] == "Plan of the building"
    assert shown.select_one("select[name=label] option[selected]")["value"] == "amber"


def test_a_sound_file_is_kept_while_the_rest_is_mended(client: PageClient, world: World) -> None:
    client.sign_in(world.people[OWNER])
    page = attach(client, world, title="")
    assert "agenda.pdf" in page.text
    kept = BeautifulSoup(page.text, "html.parser").select_one("input[name=file-kept]")["value"]
    assert attach(client, world, **{"file": None, "file-kept": kept}).status_code == 303
    [document] = db.session.scalars(select(Document))
    assert (document.name, store().get(document.digest)) == ("agenda.pdf", PDF)


def test_when_a_second_file_is_refused_the_first_is_still_there(client: PageClient, world: World) -> None:
    client.sign_in(world.people[OWNER])
    page = attach(client, world, title="")
    kept = BeautifulSoup(page.text, "html.parser").select_one("input[name=file-kept]")["value"]
    page = attach(client, world, **{"file": upload(b"MZ"), "file-kept": kept})
    assert page.status_code == 422
    assert BeautifulSoup(page.text, "html.parser").select_one("input[name=file-kept]")


def test_the_note_of_a_kept_file_is_good_for_one_person_and_cannot_be_made(client: PageClient, world: World) -> None:
    client.sign_in(world.people["host_approver"])
    page = attach(client, world, title="")
    kept = BeautifulSoup(page.text, "html.parser").select_one("input[name=file-kept]")["value"]
    client.sign_in(world.people["host_second_approver"])
    for note in (kept, kept[:-2] + "xx", "x", '["1"]'):
        assert "no longer kept" in attach(client, world, **{"file": None, "file-kept": note}).text
    assert documents() == 0


def test_the_same_file_twice_is_pointed_out(client: PageClient, world: World) -> None:
    attached(client, world)
    page = attach(client, world, title="Another title", file=upload(name="copy.pdf"))
    assert page.status_code == 422
    assert "Agenda of the visit" in page.text
    assert documents() == 1


def test_a_record_has_a_limit(client: PageClient, world: World) -> None:
    first = attached(client, world)
    db.session.add_all(
        Document(
            key=f"k{n}",
            subject="offer",
            ref=first.ref,
            title=f"Number {n}",
            label=Tlp.GREEN,
            name="a.pdf",
            kind=FileKind.PDF,
            size=1,
            digest=str(n) * 8,
            agency_id=first.agency_id,
            attached_at=now(),
        )
        for n in range(MOST_OF_RECORD - 1)
    )
    db.session.commit()
    page = attach(client, world, file=upload(PDF.replace(b"Catalog", b"Catalop")))
    assert page.status_code == 422
    assert documents() == MOST_OF_RECORD


def test_a_suspended_agency_attaches_nothing(client: PageClient, world: World) -> None:
    from portal.features.agencies.domain import AgencyStatus

    client.sign_in(world.people[OWNER])
    world.agency("host").status = AgencyStatus.SUSPENDED
    db.session.commit()
    assert attach(client, world).status_code in {403, 409}
    assert documents() == 0


def test_a_file_of_a_form_that_came_to_nothing_is_forgotten(client: PageClient, world: World) -> None:
    document = attached(client, world)
    attach(client, world, title="", file=upload(PDF.replace(b"Catalog", b"Catalop")))
    assert forget_unattached(store(), at=now()) == 0, "it may still be sent"
    kept = forget_unattached(store(), at=now() + timedelta(days=3))
    assert kept >= 1
    assert store().holds(document.digest)


def test_labels_only_get_closer() -> None:
    assert closer(Tlp.GREEN, Tlp.AMBER) == closer(Tlp.AMBER, Tlp.GREEN) == Tlp.AMBER
    assert labels_within(Tlp.AMBER) == [Tlp.AMBER, Tlp.AMBER_STRICT, Tlp.RED]


def test_the_owner_slice_decides_who_attaches(app: Flask, world: World) -> None:
    owner = app.extensions["document_owners"]["offer"]
    rule = app.extensions["policy"].grants[Posts.EDIT]
    assert owner.find.func is find_post
    assert owner.attaches == rule.holds
