"""The same serial number typed in by many at the same moment stands on one item, and everyone else is told."""

from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal import create_app
from portal.features.items.models import Item
from portal.features.items.services.ledgered import compare
from portal.features.ledger.services import verify_all
from portal.infra.db import db
from tests.conftest import test_config
from tests.features.items.acts import typed_item
from tests.proof import FULL
from tests.proofs.racing import PROCESSES, run_race
from tests.proofs.serial_racing import register_all
from tests.proofs.test_races import url  # noqa: F401 - the fixture of both databases
from tests.world import build_world

pytestmark = pytest.mark.proof
NUMBERS = 100 if FULL else 15


def test_a_serial_number_stands_on_one_item(url: str, tmp_path: Path) -> None:  # noqa: F811
    app = create_app(test_config(url, tmp_path))
    with app.app_context():
        db.create_all()
        world = build_world()
        keepers = [world.memberships[who] for who in ("sender_editor", "sender_officer")]
        # the same number, as different people write it, from four processes at once
        spellings = ("dr2-{:04}", "DR2-{:04}", "DR2 {:04}", "dr2{:04}")
        steps = [
            (keepers[place % 2], typed_item(world, serial=spellings[place].format(number)))
            for number in range(NUMBERS)
            for place in range(PROCESSES)
        ]
        db.session.commit()
        db.session.remove()
        outcomes = run_race(register_all, url, tmp_path, steps)
        assert outcomes == Counter(registered=NUMBERS, told=NUMBERS * (PROCESSES - 1))
        assert db.session.scalar(select(func.count(Item.serial_norm.distinct()))) == NUMBERS
        assert db.session.scalar(select(func.count(Item.id))) == NUMBERS
        assert list(compare()) == []
        assert [verdict.breaks for verdict in verify_all() if verdict.breaks] == []
        db.session.remove()
        db.engine.dispose()
