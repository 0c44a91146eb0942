"""What four processes do to the chains of the same agencies at the same moment."""

from collections.abc import Sequence
from multiprocessing.synchronize import Barrier
from pathlib import Path

from sqlalchemy.exc import OperationalError

from portal import create_app
from portal.features.ledger.services import New, record, record_many
from portal.infra.db import db, now
from portal.kernel.policy import SYSTEM
from portal.ledger.entries import EntryKind, Subject
from tests.conftest import test_config

PRESSES = 20
Step = tuple[int, int | None, int]
"""The agency, the other party, and how many entries at once."""


class Kind(EntryKind):
    SEEN = "item.seen"


def append_all(url: str, folder: Path, share: Sequence[Step], start: Barrier) -> list[str]:
    """Append each step in a transaction of its own; some are rolled back at the last moment."""
    app = create_app(test_config(url, folder))
    start.wait()
    outcomes = []
    with app.app_context():
        for number, step in enumerate(share):
            outcomes.append(_append(step, keeps=number % 7 != 3))
            db.session.remove()
    return outcomes


def _append(step: Step, *, keeps: bool) -> str:
    agency, other, many = step
    subject = Subject("item", f"EQ-2026-{agency:05}")
    for _press in range(PRESSES):
        try:
            if many == 1:
                record(kind=Kind.SEEN, subject=subject, agency=agency, other=other, content={}, by=SYSTEM, at=now())
            else:
                news = [New(Kind.SEEN, subject, {"n": n}, agency, other) for n in range(many)]
                record_many(news, by=SYSTEM, at=now())
            if not keeps:
                db.session.rollback()
                return "rolled back"
            db.session.commit()
        except OperationalError as error:
            db.session.rollback()
            if "deadlock" in str(error):
                return "deadlock"
        except Exception as error:  # noqa: BLE001 - what it says is counted
            db.session.rollback()
            return f"{type(error).__name__}: {error}"
        else:
            return f"appended {many if other is None else 2 * many}"
    return "no answer"
