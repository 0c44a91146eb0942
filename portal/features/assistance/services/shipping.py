"""What shipments do to commitments: units are sent, arrive well, or do not and may be sent again.

Callers hold the requests of the pledges (`hold_request`), in the order of their ids, before they touch anything.
"""

from datetime import datetime

from sqlalchemy import inspect, update

from portal.features.assistance.domain.lifecycles import PledgeState
from portal.features.assistance.models import Pledge
from portal.features.assistance.services.claims import receive
from portal.features.assistance.services.delivering import fulfil_if_received
from portal.infra.db import db
from portal.kernel.errors import NothingLeft

TAKING = (PledgeState.COMMITTED, PledgeState.DISPUTED)
"""States in which what arrives counts on the commitment."""


def ship(pledge: Pledge, n: int, *, field: str = "quantity") -> None:
    """Claim `n` units as sent: never more than is committed and not sent yet, or `NothingLeft`."""
    db.session.flush()
    taken = db.session.scalar(
        update(Pledge)
        .where(
            Pledge.id == pledge.id,
            Pledge.state == PledgeState.COMMITTED,
            Pledge.shipped - Pledge.short + n <= Pledge.quantity,
        )
        .values(shipped=Pledge.shipped + n, version=Pledge.version + 1)
        .returning(Pledge.id)
        .execution_options(synchronize_session=False)
    )
    _refresh(pledge)
    if taken is None:
        raise NothingLeft(field=field, remaining=pledge.to_ship if pledge.state == PledgeState.COMMITTED else 0)


def receive_shipped(pledge: Pledge, n: int, *, at: datetime) -> int:
    """Count what arrived well, as far as the commitment still has room for it. Returns how many were counted."""
    room = pledge.quantity - pledge.received if pledge.state in TAKING else 0
    counted = min(n, room)
    if counted <= 0:
        return 0
    pledge.received += counted
    db.session.flush()
    receive(pledge.line, counted)
    fulfil_if_received(pledge, at=at)
    return counted


def count_short(pledge: Pledge, n: int) -> int:
    """Take back units that did not arrive in good order, so that they can be sent again. Returns how many were."""
    return _shift(pledge, min(n, pledge.under_way))


def count_found(pledge: Pledge, n: int) -> int:
    """Undo it for units that were found: as many as nothing was sent in the place of. Returns how many were."""
    return -_shift(pledge, -min(n, pledge.to_ship, pledge.short))


def _shift(pledge: Pledge, n: int) -> int:
    if n:
        pledge.short += n
        db.session.flush()
    return n


def _refresh(pledge: Pledge) -> None:
    """Read the row again, now that this transaction holds it."""
    db.session.refresh(pledge, attribute_names=[c.key for c in inspect(Pledge).column_attrs])
