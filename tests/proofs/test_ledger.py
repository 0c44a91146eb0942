"""The ledger under load and under attack, on both databases."""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, func, insert, select, text

from portal import create_app
from portal.features.ledger import queries
from portal.features.ledger.domain import Means
from portal.features.ledger.models import LedgerCheckpoint, LedgerDelivery, LedgerEntry
from portal.features.ledger.services import deliver, new_key, record, seal, verify_all
from portal.infra.db import db
from portal.kernel.policy import SYSTEM
from portal.ledger.chain import Head
from portal.ledger.checkpoints import sign
from portal.ledger.entries import Entry, Subject
from portal.ledger.keys import SigningKey, read_key
from tests import postgres
from tests.conftest import test_config
from tests.ledger.tampering import AT, OPERATORS, other_content, rechained
from tests.proof import FULL
from tests.proofs.ledger_racing import Kind, append_all
from tests.proofs.racing import run_race
from tests.world import build_world

pytestmark = pytest.mark.proof
STEPS = 4_000 if FULL else 120
TRIALS = 400 if FULL else 2


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'ledger.db'}"
        return
    with postgres.fresh_database() as address:
        yield address


@pytest.fixture
def app(url: str, tmp_path: Path) -> Iterator[Flask]:
    app = create_app(test_config(url, tmp_path))
    with app.app_context():
        db.create_all()
        yield app
        db.session.remove()
        db.engine.dispose()


def test_four_processes_append_without_a_gap_and_without_a_double(app: Flask, url: str, tmp_path: Path) -> None:
    agencies = sorted(build_world().agencies.values())[:4]
    chance = random.Random(20261125)
    steps = []
    for _number in range(STEPS):
        agency, other = chance.sample(agencies, 2)
        steps.append((agency, chance.choice([None, other, other]), chance.choice([1, 1, 1, 5])))
    db.session.remove()
    outcomes = run_race(append_all, url, tmp_path, steps)
    kept = {what: times for what, times in outcomes.items() if what != "rolled back"}
    assert all(what.startswith("appended ") for what in kept), outcomes
    assert outcomes["rolled back"] >= STEPS // 10
    written = sum(int(what.split()[1]) * times for what, times in kept.items())
    assert db.session.scalar(select(func.count(LedgerEntry.id))) == written
    verdicts = list(verify_all())
    assert [v.breaks for v in verdicts] == [()] * len(agencies)
    assert sum(v.length for v in verdicts) == written


# ------------------------------------------------------------------------------------------------------ under attack


@pytest.fixture
def kept(app: Flask, tmp_path: Path) -> "Kept":
    """A ledger of three agencies with signed and delivered heads, and some entries after them."""
    agencies = sorted(build_world().agencies.values())[:3]
    chance = random.Random(7)
    path = tmp_path / "ledger.key"
    new_key(path, at=AT)
    for number in range(30):
        agency, other = chance.sample(agencies, 2)
        content = {"n": number, "where": "Agadez: é"}
        subject = Subject("item", f"EQ-2026-{number % 5:05}")
        record(
            kind=Kind.SEEN,
            subject=subject,
            agency=agency,
            other=chance.choice([None, other]),
            content=content,
            by=SYSTEM,
            at=AT,
        )
        db.session.commit()
        if number == 11:
            seal(path, at=AT)
            deliver(*agencies, means=Means.RECEIPT, at=AT)
        if number == 23:
            seal(path, at=AT)
            heads = queries.heads(*agencies)
            deliver(*agencies, means=Means.MAIL, at=AT)
        db.session.commit()
    return Kept(agencies, heads, read_key(path))


class Kept:
    """What others hold of the ledger: the heads of the last mail. The key is what the attacker may have, too."""

    def __init__(self, agencies: list[int], heads: list[Head], key: SigningKey) -> None:
        self.agencies, self.heads, self.key = agencies, heads, key

    def head(self, agency: int) -> Head:
        return next(head for head in self.heads if head.agency == agency)


def test_tampering_by_raw_sql_is_found_in_every_trial(app: Flask, kept: Kept) -> None:
    assert all(verdict.holds for verdict in verify_all(kept.heads))
    chance = random.Random(20261126)
    for name, operator in OPERATORS.items():
        for covers_up in (False, True):
            for _trial in range(TRIALS):
                agency = chance.choice(kept.agencies)
                entries = list(queries.chain(agency))
                at = chance.randrange(kept.head(agency).sequence)
                write_over(agency, operator(entries, at, chance))
                if covers_up:
                    cover_up(agency, kept.key)
                found = [verdict.agency for verdict in verify_all(kept.heads) if not verdict.holds]
                db.session.rollback()
                assert agency in found, (name, at, covers_up)
    assert all(verdict.holds for verdict in verify_all(kept.heads)), "every trial was undone"


def test_a_chain_that_vanished_whole_is_found(app: Flask, kept: Kept) -> None:
    agency = kept.agencies[0]
    write_over(agency, [])
    cover_up(agency, kept.key)
    assert agency in [verdict.agency for verdict in verify_all(kept.heads) if not verdict.holds]


def test_an_event_told_differently_in_the_other_chain_is_found_without_any_head(app: Flask, kept: Kept) -> None:
    shared = db.session.scalars(select(LedgerEntry).where(LedgerEntry.other_id.is_not(None))).first()
    agency, at = shared.agency_id, shared.sequence - 1
    entries = list(queries.chain(agency))
    write_over(agency, rechained([*entries[:at], other_content(entries[at]), *entries[at + 1 :]]))
    cover_up(agency, kept.key)
    assert agency in [verdict.agency for verdict in verify_all() if not verdict.holds]


def test_the_tail_is_told_and_is_what_it_cannot_vouch_for(app: Flask, kept: Kept) -> None:
    for verdict in verify_all(kept.heads):
        assert verdict.holds
        assert verdict.tail == verdict.length - kept.head(verdict.agency).sequence
    assert sum(verdict.tail for verdict in verify_all(kept.heads)) > 0
    alone = [a for a in kept.agencies if _last(a).other is None]
    assert alone, "this seed ends one chain with an event of one party"
    entries = list(queries.chain(alone[0]))
    write_over(alone[0], rechained([*entries[:-1], other_content(entries[-1])]))
    cover_up(alone[0], kept.key)
    assert all(verdict.holds for verdict in verify_all(kept.heads))


def _last(agency: int) -> Entry:
    return list(queries.chain(agency))[-1]


def write_over(agency: int, entries: Sequence[Entry]) -> None:
    """As someone would who may do everything to the database: the guards go first, then the rows."""
    connection = db.session.connection()
    disarm(connection)
    connection.execute(text("DELETE FROM ledger_entry WHERE agency_id = :agency"), {"agency": agency})
    start = db.session.scalar(select(func.coalesce(func.max(LedgerEntry.id), 0)))
    rows = [_row(start + number, entry) for number, entry in enumerate(entries, start=1)]
    if rows:
        connection.execute(insert(LedgerEntry.__table__), rows)


def disarm(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("ALTER TABLE ledger_entry DROP CONSTRAINT IF EXISTS uq_ledger_entry_place"))
        return
    for name in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all():
        connection.execute(text(f"DROP TRIGGER {name}"))
    connection.execute(text("CREATE TABLE freed AS SELECT * FROM ledger_entry"))
    connection.execute(text("DROP TABLE ledger_entry"))
    connection.execute(text("ALTER TABLE freed RENAME TO ledger_entry"))


def _row(id_: int, entry: Entry) -> dict[str, Any]:
    names = {"agency": "agency_id", "other": "other_id", "actor": "actor_id", "proposer": "proposer_id"}
    return {"id": id_, "corrects_id": None} | {names.get(name, name): v for name, v in entry._asdict().items()}


def cover_up(agency: int, key: SigningKey) -> None:
    """Everything else the database says is brought in line, signatures included: the key was stolen as well."""
    connection = db.session.connection()
    entries = list(queries.chain(agency))
    length = {"length": max((entry.sequence for entry in entries), default=0), "agency": agency}
    connection.execute(text("UPDATE ledger_chain SET length = :length WHERE agency_id = :agency"), length)
    for table in (LedgerCheckpoint, LedgerDelivery):
        rows = connection.execute(select(table.__table__).where(table.agency_id == agency)).mappings().all()
        connection.execute(table.__table__.delete().where(table.agency_id == agency))
        for row in rows:
            entry = next((e for e in entries if e.sequence == row["sequence"]), None)
            if entry is None:
                continue
            changed = dict(row) | {"hash": entry.hash}
            if "signature" in changed:
                changed["signature"] = sign(Head(agency, entry.sequence, entry.hash), at=row["at"], key=key).signature
            connection.execute(insert(table.__table__), changed)
