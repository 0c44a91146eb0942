"""What storekeepers do who type in the same serial numbers at the same moment."""

from collections.abc import Sequence
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import joinedload

from portal import create_app
from portal.features.items import services
from portal.features.items.domain.commands import RegisterItem
from portal.features.people.models import Membership
from portal.features.people.queries import actor_of
from portal.infra.db import db, now
from portal.kernel.contract import decode
from portal.kernel.errors import DomainError
from tests.conftest import test_config

PRESSES = 20
Step = tuple[int, dict[str, Any]]
"""Whose membership, and the item as it is typed."""


def register_all(url: str, folder: Path, share: Sequence[Step], start: Barrier) -> list[str]:
    """Register each in a transaction of its own."""
    app = create_app(test_config(url, folder))
    start.wait()
    with app.app_context():
        return [_register(*step) for step in share]


def _register(membership_id: int, typed: dict[str, Any]) -> str:
    """Press the button; and again when the portal says that it cannot answer just now, as its page asks people to."""
    for _press in range(PRESSES):
        try:
            query = select(Membership).filter_by(id=membership_id).options(joinedload(Membership.agency))
            by = actor_of(db.session.scalars(query).one())
            services.register(decode(RegisterItem, typed), by=by, at=now())
            db.session.commit()
        except DomainError:
            db.session.rollback()
            return "told"
        except OperationalError as error:
            db.session.rollback()
            if "deadlock" in str(error):
                return "deadlock"
        except Exception as error:  # noqa: BLE001 - what it says is counted
            db.session.rollback()
            return f"{type(error).__name__}: {error}"
        else:
            return "registered"
    return "no answer"
