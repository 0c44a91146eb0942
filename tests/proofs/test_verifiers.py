"""Entries put in another order, or in between, by statements of SQL: both verifiers, run as commands, say where."""

import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Connection, bindparam, select, text

from portal.features.agencies.models import Agency
from portal.features.ledger import queries
from portal.features.ledger.models import LedgerEntry
from portal.infra.db import db, reading
from portal.ledger.printed import printed
from portal.standalone import ROOT
from tests.ledger.tampering import rechained
from tests.proofs.test_ledger import Kept, app, cover_up, disarm, kept, url, write_over  # noqa: F401 - fixtures too

pytestmark = pytest.mark.proof
ONE, OTHER = 3, 6
AWAY = 1_000
"""Places in the chain, the first two before the last head that left the system."""


def two_change_places(connection: Connection, agency: int) -> None:
    for sequence, to in ((ONE, AWAY), (OTHER, ONE), (AWAY, OTHER)):
        move = text("UPDATE ledger_entry SET sequence = :to WHERE agency_id = :agency AND sequence = :sequence")
        connection.execute(move, {"agency": agency, "sequence": sequence, "to": to})


def two_change_contents(connection: Connection, agency: int) -> None:
    at = text("SELECT content FROM ledger_entry WHERE agency_id = :agency AND sequence = :sequence")
    found = [connection.scalar(at, {"agency": agency, "sequence": one}) for one in (OTHER, ONE)]
    put = text("UPDATE ledger_entry SET content = :content WHERE agency_id = :agency AND sequence = :sequence")
    for sequence, content in zip((ONE, OTHER), found, strict=True):
        connection.execute(put, {"agency": agency, "sequence": sequence, "content": content})


def one_comes_in_between(connection: Connection, agency: int) -> None:
    later = text("UPDATE ledger_entry SET sequence = sequence + 1 WHERE agency_id = :agency AND sequence > :sequence")
    connection.execute(later, {"agency": agency, "sequence": ONE})
    names = [column.name for column in LedgerEntry.__table__.c if column.name not in {"id", "sequence", "event"}]
    copied = ", ".join(names)
    connection.execute(
        text(
            f"INSERT INTO ledger_entry (id, sequence, event, {copied})"
            f" SELECT (SELECT max(id) FROM ledger_entry) + 1, sequence + 1, :event, {copied}"
            " FROM ledger_entry WHERE agency_id = :agency AND sequence = :sequence"
        ).bindparams(bindparam("event", "f" * 32)),
        {"agency": agency, "sequence": ONE},
    )


TAMPERINGS = ((two_change_places, ONE), (two_change_contents, ONE), (one_comes_in_between, ONE + 1))
"""Each with the entry at which the chain breaks."""


def test_another_order_and_one_in_between_are_found_by_both_commands(app: Flask, kept: Kept, tmp_path: Path) -> None:  # noqa: F811
    agency, keys, heads = kept.agencies[0], keys_of_agencies(), tmp_path / "heads.txt"
    heads.write_text("".join(f"{head}\n" for head in printed(kept.heads, keys)))
    assert [code for code, _ in both(app, tmp_path, heads)] == [0, 0]
    for tamper, place in TAMPERINGS:
        for hashed_anew in (False, True):
            reading(only=False)
            connection = db.session.connection()
            disarm(connection)
            tamper(connection, agency)
            if hashed_anew:
                write_over(agency, rechained(list(queries.chain(agency))))
                cover_up(agency, kept.key)
            broken = kept.head(agency).sequence if hashed_anew else place
            for code, said in both(app, tmp_path, heads):
                (line,) = [one for one in said.splitlines() if one.startswith(f"{keys[agency]}: ")]
                assert (code, "BREAKS" in line, f"entry {broken}" in line) == (1, True, True), (tamper.__name__, line)
            db.session.rollback()
    assert [code for code, _ in both(app, tmp_path, heads)] == [0, 0], "every trial was undone"


def keys_of_agencies() -> dict[int, str]:
    return dict(db.session.execute(select(Agency.id, Agency.key)).all())


def both(app: Flask, folder: Path, heads: Path) -> list[tuple[int, str]]:  # noqa: F811
    """What `flask ledger verify` says, and what the program says of an exported file; each with its exit code."""
    exported, run = folder / "ledger.txt", app.test_cli_runner().invoke
    first = run(args=["ledger", "verify", "--heads", str(heads)])
    assert run(args=["ledger", "export", "--output", str(exported)]).exit_code == 0
    command = [
        sys.executable,
        "-I",
        "-S",
        str(ROOT / "tools" / "verify_ledger.py"),
        str(exported),
        "--heads",
        str(heads),
    ]
    second = subprocess.run(command, check=False, capture_output=True, text=True, cwd=folder)
    return [(first.exit_code, first.output), (second.returncode, second.stdout + second.stderr)]
