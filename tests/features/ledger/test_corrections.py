"""A figure in the ledger is corrected by two people, by a new entry; what the portal keeps follows, and old proposals are told so."""

import json
from datetime import timedelta
from random import Random

import pytest
from bs4 import BeautifulSoup
from flask import Flask, current_app

from portal.features.items.models import Item
from portal.features.ledger import services
from portal.features.ledger.domain import CORRECTION, EXTENSION, CorrectionState, correction_of
from portal.features.ledger.models import LedgerCheck, LedgerCorrection, LedgerDelivery, LedgerEntry
from portal.features.ledger.policy import KEEPERS
from portal.features.ledger.queries import find_correction, standing_of, tasks
from portal.features.ledger.queries.pages import names_of
from portal.features.ledger.services import correcting
from portal.infra.db import db, now
from portal.infra.history import advance
from portal.infra.outbox import OutboxMail
from portal.kernel.contract import decode
from portal.kernel.errors import Stale
from portal.ledger.entries import Subject
from tests.client import PageClient
from tests.features.exchanges.acting import acting
from tests.features.items.acts import ready, registered
from tests.world import PERSONAS, World


def words(page: object) -> str:
    found = BeautifulSoup(page.text, "html.parser").select_one("main")  # type: ignore[attr-defined]
    assert found
    return " ".join(found.text.split())


def newest(world: World, item: Item, agency: str = "sender") -> LedgerEntry:
    query = db.select(LedgerEntry).filter_by(subject_ref=item.ref, agency_id=world.agencies[agency])
    return db.session.scalars(query.order_by(LedgerEntry.sequence.desc())).first()  # type: ignore[return-value]


def proposed(world: World, entry: LedgerEntry, amount: str, who: str = "sender_approver") -> LedgerCorrection:
    """By the party whose chain `entry` stands in."""
    made = correction_of(json.loads(entry.content), ["value"])
    command = decode(made, {"reason": "Misread invoice.", "new_value": {"amount": amount, "currency": "EUR"}})
    ledgered = current_app.extensions[EXTENSION]["item"]
    found = services.correct(command, entry=entry, ledgered=ledgered, by=acting(world, who), at=now())
    assert isinstance(found, LedgerCorrection)
    return reread(world, found, who)


def reread(world: World, one: LedgerCorrection, who: str) -> LedgerCorrection:
    """As the page finds it, with the agencies."""
    db.session.flush()
    ref = one.ref
    db.session.expunge(one)
    found = find_correction(acting(world, who), ref)
    assert found is not None
    return found


def confirmed(world: World, one: LedgerCorrection, who: str = "donor_approver") -> LedgerEntry:
    ledgered = current_app.extensions[EXTENSION]["item"]
    return services.confirm(one, ledgered=ledgered, by=acting(world, who), at=now())


def test_a_value_is_corrected_by_two_people_on_their_pages(app: Flask, client: PageClient, world: World) -> None:
    item = registered(world)
    entry = newest(world, item)
    page, ref = f"/en/ledger/entries/{entry.event}", item.ref
    db.session.commit()
    client.sign_in(world.people["sender_approver"])
    assert "18,500" in words(client.get(page))
    form = client.get(f"{page}/correct")
    same = client.send(form, {"reason": "Nothing at all."})
    assert same.status_code == 422
    assert "Change at least one fact" in words(same)
    done = client.send(form, {"new_value-typed": "17500", "reason": "Misread invoice."})
    assert done.status_code == 303, words(done)
    waiting = client.get(done.location)
    assert "Misread invoice." in words(waiting)
    assert client.post(f"{done.location}/confirm").status_code == 403
    assert "waits for a second person" in words(client.get(page))
    client.sign_in(world.people["donor_approver"])
    decide = client.get(f"{done.location}/confirm")
    assert client.send(decide).status_code == 303
    db.session.expire_all()
    item = db.session.scalars(db.select(Item).filter_by(ref=ref)).one()
    assert item.value_minor == 1_750_000
    both = [newest(world, item, agency) for agency in ("sender", "donor")]
    assert all(json.loads(one.content)["value"]["amount"] == "17500.00" for one in both)
    assert all(one.corrects is not None for one in both)
    assert (both[0].proposer_id, both[0].actor_id) == (world.people["sender_approver"], world.people["donor_approver"])
    old = client.get(page)
    assert "18,500" in words(old)
    assert "no longer counts" in words(old)


def test_nobody_decides_on_their_own_proposal_nor_does_a_colleague_of_theirs(app: Flask, world: World) -> None:
    one = proposed(world, newest(world, registered(world)), "17500.00")
    allowed = {
        name for name in PERSONAS
        if app.extensions["policy"].allows(acting(world, name), CORRECTION.step(CorrectionState.PROPOSED, "confirm").permission, one)
    }  # fmt: skip
    assert allowed == {"donor_approver"}


def test_an_old_proposal_is_answered_truthfully(world: World) -> None:
    entry = newest(world, registered(world))
    one = proposed(world, entry, "17500.00")
    with pytest.raises(Stale, match="correction_waits"):
        proposed(world, entry, "16000.00")
    services.record_correction(entry, json.loads(entry.content), by=acting(world, "sender_approver"), at=now())
    with pytest.raises(Stale):
        confirmed(world, one)


def test_the_second_of_two_who_propose_at_the_same_instant_is_told_so(
    client: PageClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = newest(world, registered(world))
    page = f"/en/ledger/entries/{entry.event}"
    db.session.commit()
    client.sign_in(world.people["sender_approver"])
    form = client.get(f"{page}/correct")
    proposed(world, entry, "17500.00")
    db.session.commit()
    monkeypatch.setattr(correcting, "open_correction", lambda _event: None)  # both had looked before either wrote
    late = client.send(form, {"new_value-typed": "16000", "reason": "Misread invoice."})
    assert late.status_code == 409
    assert "waits already for a second person" in words(late)
    assert db.session.scalar(db.select(db.func.count()).select_from(LedgerCorrection)) == 1


def test_what_was_refused_changes_nothing(world: World) -> None:
    item = registered(world)
    before = newest(world, item).id
    one = proposed(world, newest(world, item), "17500.00")
    advance(CORRECTION, one, "refuse", by=acting(world, "donor_approver"), at=now(), reason="It is right.")
    assert one.state == CorrectionState.REFUSED
    assert (newest(world, item).id, item.value_minor) == (before, 1_850_000)
    again = proposed(world, newest(world, item), "17000.00")
    assert again.state == CorrectionState.PROPOSED


def test_after_any_number_of_corrections_the_figures_are_what_the_entries_say(world: World) -> None:
    chance = Random(26)
    items = [registered(world) for _ in range(3)]
    for _ in range(12):
        item = chance.choice(items)
        ready(world)
        confirmed(world, proposed(world, newest(world, item), f"{chance.randrange(1, 90_000)}.00"))
    for side in ("sender", "donor"):
        told = [standing_of(world.agencies[side], Subject("item", item.ref))[-1].content["value"] for item in items]
        db.session.expire_all()
        assert [int(value["amount"].replace(".", "")) for value in told] == [item.value_minor for item in items]
    assert list(services.differences(current_app.extensions[EXTENSION])) == []
    assert all(verdict.holds for verdict in services.verify_all())


def test_a_figure_that_differs_is_a_task_for_those_who_look_after_the_ledger(
    app: Flask, client: PageClient, world: World
) -> None:
    item, register = registered(world), current_app.extensions[EXTENSION]
    ref = item.ref
    assert services.check_figures(register, at=now()).faults == 0
    db.session.execute(db.update(Item).where(Item.ref == ref).values(value_minor=1))
    found = services.check_figures(register, at=now() + timedelta(seconds=1))
    assert [(one["ref"], one["name"]) for one in found.details] == [(ref, "value")]
    db.session.commit()
    told = {name for name in PERSONAS if any(t.code == "figures_differ" for t in tasks(acting(world, name), at=now()))}
    assert told == {name for name, (_agency, role) in PERSONAS.items() if role in KEEPERS}
    client.sign_in(world.people["administrator"])
    assert ref in words(client.get("/en/ledger/chains"))
    assert "figures that differ from the ledger" in words(client.get("/en/inbox"))
    client.sign_in(world.people["sender_approver"])
    assert client.get("/en/ledger/chains").status_code == 403


def test_a_chain_that_does_not_hold_is_a_task(world: World) -> None:
    db.session.add(LedgerCheck(what="chains", at=now(), entries=3, faults=1, details=[]))
    db.session.flush()
    assert [task.code for task in tasks(acting(world, "secretariat"), at=now())] == ["ledger_broken"]
    assert tasks(acting(world, "sender_approver"), at=now()) == []


def test_heads_are_signed_and_mailed_once_to_the_approvers_of_the_agency(
    app: Flask, client: PageClient, world: World
) -> None:
    registered(world)
    db.session.commit()
    path = app.extensions["config"].key_of_ledger
    services.new_key(path, at=now())
    assert services.seal(path, at=now()) == 2
    assert services.seal(path, at=now()) == 0
    services.send_heads(at=now())
    assert services.send_heads(at=now()) == 0
    db.session.commit()
    head = newest_head(world)
    mails = {
        mail.person_id: mail.params["head"]
        for mail in db.session.scalars(db.select(OutboxMail))
        if "head" in mail.params
    }
    assert mails[world.people["sender_approver"]] == head
    assert world.people["donor_officer"] not in mails
    assert db.session.query(LedgerDelivery).count() == 2
    client.sign_in(world.people["sender_editor"])
    assert head.split()[-1] in words(client.get("/en/ledger/heads"))
    assert "0 entries" in words(client.get("/en/ledger"))
    foreign = words(client.get(f"/en/ledger?agency={world.agency('donor').key}"))
    assert world.agency("donor").key not in foreign.split("Head of the chain")[0]


def newest_head(world: World) -> str:
    one = db.session.scalars(
        db.select(LedgerEntry).filter_by(agency_id=world.agencies["sender"]).order_by(LedgerEntry.sequence.desc())
    ).first()
    assert one
    return f"{world.agency('sender').key} {one.sequence} {one.hash}"


def test_an_entry_is_hidden_from_those_who_were_no_party(client: PageClient, world: World) -> None:
    entry = newest(world, registered(world))
    page = f"/en/ledger/entries/{entry.event}"
    db.session.commit()
    for who, status in (("sender_editor", 200), ("donor_officer", 200), ("auditor", 200), ("stranger_editor", 404)):
        client.sign_in(world.people[who])
        assert client.get(page).status_code == status, who


def test_an_agency_is_named_only_to_whoever_may_know_of_it(app: Flask, world: World) -> None:
    both = {world.agencies["host"], world.agencies["pending"]}
    named = {who: set(names_of(acting(world, who), both, "en")) for who in ("sender_editor", "secretariat")}
    assert named == {"sender_editor": {world.agencies["host"]}, "secretariat": both}
