"""Items by file: every problem by its row, then all of them or none; numbers may be swapped; the ledger has each."""

import csv
import io
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.features.items import exports
from portal.features.items.domain.commands import EditItem
from portal.features.items.domain.serials import check_digit
from portal.features.items.intake import importing, writing
from portal.features.items.intake.columns import EXPORTED, ORDER, joined, parted
from portal.features.items.intake.findings import findings_of
from portal.features.items.intake.models import ItemFile, Stage
from portal.features.items.models import Item, ItemCustody, ItemParty
from portal.features.items.queries.records import custody_of
from portal.features.items.services import edit, ledgered
from portal.features.ledger.models import LedgerEntry
from portal.features.ledger.services import verify_all
from portal.infra.db import db, now
from portal.infra.history import history_of
from portal.kernel.errors import Stale
from tests.client import PageClient
from tests.features.exchanges.acting import acting
from tests.features.items.acts import in_use, registered, retirement_asked
from tests.world import World

Row = dict[str, str]


def vin_of(number: int) -> str:
    draft = f"1FTFW1E50PK{number:06}"
    return draft[:8] + check_digit(draft) + draft[9:]


def row(world: World, number: int = 1, **changes: str) -> Row:
    return {
        "ref": "", "category": "passport-reader-full", "manufacturer": "Lumen Optics", "model": "DR-200",
        "serial": f"DR2-{number:06}", "value": "18500.00", "currency": "EUR", "condition": "new",
        "funder": world.agency("donor").key, "unit": "Brigade des documents", "site": "Poste d’Arlit",
        "site_kind": "border_post", "received_on": "2026-05-02", "label": "AMBER",
    } | changes  # fmt: skip


def table(*rows: Row) -> bytes:
    names = [name for name in (*ORDER, "state") if any(name in one for one in rows)]
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, names, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def sent(world: World, content: bytes, who: str = "sender_editor") -> ItemFile:
    """Sent, and checked by the job."""
    file = importing.send("items.csv", content, by=acting(world, who), at=now())
    db.session.commit()
    importing.work_off(at=now())
    return db.session.get_one(ItemFile, file.id, populate_existing=True)


def confirmed(world: World, file: ItemFile, who: str = "sender_editor") -> ItemFile:
    importing.confirm(file, plan=file.plan, by=acting(world, who), at=now())
    db.session.commit()
    importing.work_off(at=now())
    return db.session.get_one(ItemFile, file.id, populate_existing=True)


def written(world: World, *rows: Row, who: str = "sender_editor") -> ItemFile:
    checked = sent(world, table(*rows), who)
    assert checked.sound, (checked.problem, told(checked))
    file = confirmed(world, checked, who)
    assert file.stage is Stage.DONE, (file.problem, told(file))
    return file


def told(file: ItemFile) -> list[tuple[int | None, str | None, str]]:
    return [(one.row, one.column, one.problem.code) for one in findings_of(file) if not one.warning]


def items(*, where: Any = True) -> list[Item]:
    return list(
        db.session.scalars(select(Item).where(where).order_by(Item.id).execution_options(populate_existing=True))
    )


def test_rows_become_items_with_custody_history_and_an_entry_in_both_chains(world: World) -> None:
    written(world, row(world, 1), row(world, 2, serial="Ж-9; \\N", received_on=""), row(
        world, 3, category="vehicle-pickup", serial="", vin=vin_of(3), attributes=joined({"fuel": "diesel; B7"})))  # fmt: skip
    one, two, three = items()
    assert (one.state, one.serial, one.agency_id) == ("registered", "DR2-000001", world.agencies["sender"])
    assert (two.serial, two.serial_norm, two.received_on, two.vin) == ("Ж-9; \\N", "Ж9;N", None, None)
    assert (three.vin, three.risk_class, three.attributes) == (vin_of(3), "a", {"fuel": "diesel; B7"})
    assert [link.agency_id for link in custody_of(one.id)] == [world.agencies["sender"]]
    assert [change.transition for change in history_of("item", one.id)] == ["begin"]
    parties = db.session.scalars(select(ItemParty.agency_id).where(ItemParty.item_id == one.id))
    assert set(parties) == {world.agencies["sender"], world.agencies["donor"]}
    entries = db.session.execute(select(LedgerEntry.agency_id, LedgerEntry.subject_ref)).all()
    assert Counter(ref for _agency, ref in entries) == {item.ref: 2 for item in items()}
    assert not list(ledgered.compare()), "the columns and the ledger agree"
    assert all(not verdict.breaks for verdict in verify_all())


def test_an_item_by_file_and_one_by_hand_are_the_same_but_for_their_names(world: World) -> None:
    by_hand = registered(world, serial="DR2-777777", received_on="2026-05-02", site="Poste d’Arlit")
    db.session.commit()
    written(world, row(world, 888888))
    by_file = items()[-1]
    left_out = {"id", "ref", "serial", "serial_norm", "registered_at", "version"}
    differs = [c.name for c in Item.__table__.c
               if c.name not in left_out and getattr(by_hand, c.name) != getattr(by_file, c.name)]  # fmt: skip
    assert differs == []
    contents = db.session.scalars(select(LedgerEntry.content).where(LedgerEntry.agency_id == by_file.agency_id)).all()
    assert len(contents) == 2
    assert len(set(contents)) == 1


def test_every_problem_is_told_with_its_row_and_column_and_nothing_is_written(world: World) -> None:
    registered(world, serial="taken-1")
    db.session.commit()
    file = sent(world, table(
        row(world, 1), row(world, 2, serial="DR2 000001"), row(world, 3, serial="TAKEN1"),
        row(world, 4, quantity="2.5", condition="shiny", site=""), row(world, 5, funder="XX-NONE"),
        row(world, 6, category="vehicle-pickup", serial="", vin=vin_of(6)[:-1] + "9"), row(world, 7, value="1.500,5.0"),
        row(world, 8, received_on="2091-01-01"), row(world, 9, ref="EQ-2026-00000A"), row(world, 10, serial="\u202eabc"),
    ))  # fmt: skip
    assert told(file) == [
        (3, "serial", "serial_twice_in_file"), (4, "serial", "serial_taken"), (5, "quantity", "not_a_whole_number"),
        (5, "condition", "not_one_of"), (5, "site", "required"), (6, "funder", "unknown_agency"),
        (7, "vin", "vin_check_digit"), (8, "value", "not_an_amount"), (9, "received_on", "day_ahead"),
        (10, "ref", "unknown_item"), (11, "serial", "hidden_characters"),
    ]  # fmt: skip
    assert (file.stage, file.figures["errors"], file.sound) == (Stage.CHECKED, 11, False)
    with pytest.raises(Stale):
        importing.confirm(file, plan=file.plan, by=acting(world, "sender_editor"), at=now())
    assert len(items()) == 1


def test_a_row_with_a_wrong_cell_is_told_of_its_numbers_and_its_value_too(world: World) -> None:
    registered(world, serial="taken-1")
    db.session.commit()
    file = sent(world, table(
        row(world, 1), row(world, 1, condition="shiny", value="1.000"), row(world, 3, serial="TAKEN1", site=""),
        row(world, 4, category="vehicle-pickup", serial="", vin=vin_of(4)),
        row(world, 5, category="vehicle-pickup", serial="", vin=vin_of(4), site_kind="moon"),
    ))  # fmt: skip
    assert sorted(told(file), key=str) == sorted([
        (3, "condition", "not_one_of"), (3, "value", "amount_two_ways"), (3, "serial", "serial_twice_in_file"),
        (4, "site", "required"), (4, "serial", "serial_taken"),
        (6, "site_kind", "not_one_of"), (6, "vin", "vin_twice_in_file"),
    ], key=str)  # fmt: skip


def test_two_items_swap_their_serial_numbers(world: World) -> None:
    written(world, row(world, 1), row(world, 2))
    one, two = items()
    written(world, row(world, 2, ref=one.ref), row(world, 1, ref=two.ref))
    one, two = items()
    assert (one.serial, two.serial, one.version) == ("DR2-000002", "DR2-000001", 2)
    assert (one.serial_norm, two.serial_norm) == ("DR2000002", "DR2000001")
    assert [change.transition for change in history_of("item", one.id)] == ["edit", "begin"]
    assert history_of("item", one.id)[0].details["fields"] == ["serial"]


def test_a_new_item_may_take_the_number_that_another_row_gives_back(world: World) -> None:
    written(world, row(world, 1))
    (one,) = items()
    written(world, row(world, 1), row(world, 5, ref=one.ref))
    assert [item.serial for item in items()] == ["DR2-000005", "DR2-000001"]


def test_a_file_changes_the_description_only(world: World) -> None:
    written(world, row(world, 1))
    (one,) = items()
    file = sent(world, table(row(world, 1, ref=one.ref, value="1.00", site="Elsewhere", condition="poor")))
    assert {(column, code) for _row, column, code in told(file)} == {
        ("value", "by_steps"), ("site", "by_steps"), ("condition", "by_steps")}  # fmt: skip
    stranger = sent(world, table(row(world, 1, ref=one.ref, model="X")), who="stranger_editor")
    assert told(stranger) == [(2, "ref", "unknown_item")], "what one may not see does not exist"


def test_what_was_shown_is_what_is_written(world: World) -> None:
    written(world, row(world, 1))
    (one,) = items()
    file = sent(world, table(row(world, 1, ref=one.ref, model="DR-300"), row(world, 2)))
    command = EditItem(version=1, manufacturer="Lumen Optics", model="DR-250", serial="DR2-000001")
    edit(command, item=one, by=acting(world, "sender_editor"), at=now())
    db.session.commit()
    file = confirmed(world, file)
    assert file.stage is Stage.CHECKED, "it was checked again by itself, and waits to be looked at"
    assert [item.model for item in items()] == ["DR-250"], "all or nothing"


def test_a_number_that_somebody_takes_after_the_check_stops_the_whole_file(world: World) -> None:
    file = sent(world, table(row(world, 1), row(world, 2), row(world, 3)))
    registered(world, serial="dr2 000003")
    db.session.commit()
    file = confirmed(world, file)
    assert file.stage is not Stage.DONE
    assert told(file) == [(4, "serial", "serial_taken")], "it was checked again by itself"
    assert len(items()) == 1
    assert db.session.scalar(select(func.count(ItemCustody.id))) == 1


def test_a_copy_of_a_serial_number_needs_its_reason(world: World) -> None:
    written(world, row(world, 1), row(world, 1, same_serial_reason="The maker printed it twice."))
    assert [(item.serial_copy, bool(item.serial_reason)) for item in items()] == [(0, False), (1, True)]


def test_an_export_imports_back_unchanged(world: World) -> None:
    retirement_asked(world, in_use(world, serial="=1+1", attributes={"firmware": "a;b\\c=d"}))
    db.session.commit()
    written(world, row(world, 1), row(world, 1, same_serial_reason="Twice; really."), row(
        world, 3, value="1.234", currency="TND", serial="@x", implementer="", stores_data="yes"))  # fmt: skip
    for who in ("sender_editor", "donor_officer"):
        for form in ("csv", "xlsx"):
            content = b"".join(exports.export(acting(world, who), form))
            file = sent(world, content, who)
            assert told(file) == []
            assert (file.figures["unchanged"], file.figures["new"], file.figures["changed"]) == (4, 0, 0), form


@pytest.mark.parametrize("attributes", [{}, {"a": "1"}, {"a": ";", "b": "\\;=", "c": "\\"}])
def test_attributes_share_a_cell(attributes: dict[str, str]) -> None:
    assert parted(joined(attributes)) == attributes


def test_the_columns_of_an_export_are_columns_of_the_file() -> None:
    assert set(EXPORTED) <= {*ORDER, "state"}


def test_a_file_is_sent_checked_and_confirmed_on_pages_without_a_script(world: World, client: PageClient) -> None:
    client.sign_in(world.people["sender_editor"])
    page = client.open("/en/equipment/import")
    content = table(row(world, 1), row(world, 2))
    answer = client.send(page, {"file": (io.BytesIO(content), "new.csv")}, content_type="multipart/form-data")
    page = client.open(answer.location)
    assert page.headers["Refresh"] == "3"
    assert "How far it is" in page.text
    importing.work_off(at=now())
    page = client.open(answer.location)
    assert "New items" in page.text
    assert "Refresh" not in page.headers
    assert client.send(page).status_code == 303
    importing.work_off(at=now())
    assert "All items are written" in client.open(answer.location).text
    assert len(items()) == 2
    client.sign_in(world.people["stranger_editor"])
    assert client.get(answer.location).status_code == 404
    assert client.post(answer.location, data={"plan": "x"}).status_code == 404


def test_a_file_without_rows_is_not_said_to_be_in_the_portal_already(world: World, client: PageClient) -> None:
    client.sign_in(world.people["sender_editor"])
    columns = table(row(world, 1)).splitlines(keepends=True)[0]
    page = client.open("/en/equipment/import")
    answer = client.send(page, {"file": (io.BytesIO(columns), "new.csv")}, content_type="multipart/form-data")
    importing.work_off(at=now())
    page = client.open(answer.location)
    assert "There are no rows" in page.text
    assert "says the same already" not in page.text


def test_a_job_that_is_killed_while_it_writes_leaves_nothing_half(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = sent(world, table(row(world, 1), row(world, 2)))
    importing.confirm(file, plan=file.plan, by=acting(world, "sender_editor"), at=now())
    db.session.commit()
    with monkeypatch.context() as patched:
        patched.setattr(writing, "record_many", _killed)
        with pytest.raises(KeyboardInterrupt):
            importing.work_off(at=now())
    db.session.rollback()
    assert items() == []
    assert db.session.scalar(select(func.count(LedgerEntry.id))) == 0
    importing.work_off(at=now() + importing.PATIENCE + importing.PATIENCE)
    file = db.session.get_one(ItemFile, file.id, populate_existing=True)
    assert (file.stage, file.problem, file.sound) == (Stage.CHECKED, "killed", True)
    assert confirmed(world, file).stage is Stage.DONE
    assert len(items()) == 2


def _killed(*_args: Any, **_more: Any) -> None:
    raise KeyboardInterrupt
