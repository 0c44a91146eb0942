"""Entries are appended in the caller's transaction, in the chain of each party, and stay as they were written."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from portal.features.ledger import queries
from portal.features.ledger.models import LedgerEntry
from portal.features.ledger.services import ChainsOutOfOrder, New, hold, record, record_correction, record_many
from portal.infra.db import db
from portal.kernel.errors import Stale
from portal.kernel.policy import SYSTEM
from portal.ledger.chain import verify_chain
from portal.ledger.entries import EntryKind, Subject
from tests.world import World

AT = datetime(2026, 11, 25, 9, tzinfo=UTC)
ITEM = Subject("item", "EQ-2026-00001")


class Kind(EntryKind):
    HANDED_OVER = "item.handed_over"
    SEEN = "item.seen"


def seen(agency: int, *, other: int | None = None, subject: Subject = ITEM, **content: object) -> LedgerEntry:
    return record(
        kind=Kind.SEEN,
        subject=subject,
        agency=agency,
        other=other,
        content={"working": True, **content},
        by=SYSTEM,
        at=AT,
    )


def chain_of(agency: int) -> list:
    return list(queries.chain(agency))


def test_an_event_of_two_parties_stands_in_both_chains(app: Flask, world: World) -> None:
    donor, holder = world.agencies["donor"], world.agencies["sender"]
    seen(holder)
    own = seen(holder, other=donor)
    db.session.commit()
    [ours, theirs] = [chain_of(agency)[-1] for agency in (holder, donor)]
    assert own.hash == ours.hash
    assert (ours.agency, ours.other, ours.sequence) == (holder, donor, 2)
    assert (theirs.agency, theirs.other, theirs.sequence) == (donor, holder, 1)
    assert (ours.event, ours.content) == (theirs.event, theirs.content)
    for agency in (donor, holder):
        verdict = verify_chain(agency, chain_of(agency), queries.heads(agency))
        assert (verdict.holds, verdict.tail) == (True, 0)


def test_a_rolled_back_transaction_leaves_no_entry_and_no_gap(app: Flask, world: World) -> None:
    holder = world.agencies["sender"]
    seen(holder)
    db.session.commit()
    seen(holder)
    db.session.rollback()
    seen(holder)
    db.session.commit()
    assert [entry.sequence for entry in chain_of(holder)] == [1, 2]


def test_many_entries_are_appended_as_one_by_one(app: Flask, world: World) -> None:
    donor, holder = world.agencies["donor"], world.agencies["sender"]
    seen(donor)
    db.session.commit()
    news = [New(Kind.SEEN, Subject("item", f"EQ-2026-{n:05}"), {"n": n}, holder, donor) for n in range(30)]
    assert record_many(news, by=SYSTEM, at=AT) == 60
    assert record_many([], by=SYSTEM, at=AT) == 0
    seen(holder, other=donor)
    db.session.commit()
    for agency, length in ((donor, 32), (holder, 31)):
        verdict = verify_chain(agency, chain_of(agency), queries.heads(agency))
        assert (verdict.breaks, verdict.length, verdict.tail) == ((), length, 0)


def test_chains_are_taken_in_one_order(app: Flask, world: World) -> None:
    low, middle, high = sorted(world.agencies.values())[:3]
    seen(high)
    with pytest.raises(ChainsOutOfOrder):
        seen(low)
    db.session.rollback()
    hold(low, high)
    seen(high)
    seen(low)
    with pytest.raises(ChainsOutOfOrder):
        seen(middle)
    db.session.rollback()
    seen(middle)
    db.session.commit()
    assert db.session.scalar(select(func.count(LedgerEntry.id))) == 1


def test_a_correction_names_what_it_corrects_in_both_chains(app: Flask, world: World) -> None:
    donor, holder = world.agencies["donor"], world.agencies["sender"]
    seen(donor)
    db.session.commit()
    first = seen(holder, other=donor, received=7)
    second = record_correction(first, {"received": 6}, by=SYSTEM, at=AT, proposed_by=7)
    db.session.commit()
    assert (second.sequence, second.corrects, second.proposer_id, second.other_id) == (2, 1, 7, donor)
    assert [entry.corrects for entry in chain_of(donor)] == [None, None, 2]
    [counts] = queries.standing_of(holder, ITEM)
    assert (counts.content, counts.corrected_by) == ({"received": 6}, 2)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET content = '{}'",
        "DELETE FROM ledger_entry",
        "UPDATE ledger_chain SET length = length - 1",
        "DELETE FROM ledger_chain",
    ],
)
def test_the_database_refuses_to_change_the_ledger(app: Flask, world: World, statement: str) -> None:
    seen(world.agencies["sender"])
    db.session.commit()
    with pytest.raises(IntegrityError, match="append-only"):
        db.session.execute(text(statement))
    db.session.rollback()
    assert len(chain_of(world.agencies["sender"])) == 1


def test_emptying_and_replacing_are_refused_as_well(app: Flask, world: World) -> None:
    seen(world.agencies["sender"])
    db.session.commit()
    columns = ", ".join(column.name for column in LedgerEntry.__table__.c)
    statement = f"INSERT OR REPLACE INTO ledger_entry ({columns}) SELECT {columns} FROM ledger_entry"
    if db.engine.dialect.name == "postgresql":
        statement = "TRUNCATE ledger_entry"
    with pytest.raises(IntegrityError, match="append-only"):
        db.session.execute(text(statement))


def test_an_entry_is_never_changed_by_the_portal_either(app: Flask, world: World) -> None:
    entry = seen(world.agencies["sender"])
    entry.content = "{}"
    with pytest.raises(RuntimeError, match="never changed"):
        db.session.flush()


def test_what_was_corrected_is_not_corrected_twice(app: Flask, world: World) -> None:
    first = seen(world.agencies["sender"], other=world.agencies["donor"], received=7)
    second = record_correction(first, {"received": 6}, by=SYSTEM, at=AT)
    with pytest.raises(Stale):
        record_correction(first, {"received": 5}, by=SYSTEM, at=AT)
    record_correction(second, {"received": 4}, by=SYSTEM, at=AT)
    db.session.commit()
    [counts] = queries.standing_of(world.agencies["donor"], ITEM)
    assert (counts.entry.sequence, counts.content, counts.corrected_by) == (1, {"received": 4}, 3)
