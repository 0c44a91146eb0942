"""Takes and returns units of a line: one guarded UPDATE decides who was first."""

from sqlalchemy import exists, inspect, select, update

from portal.features.assistance.domain.lifecycles import RequestState
from portal.features.assistance.models import Request, RequestLine
from portal.features.assistance.services.unmet import recount
from portal.infra.db import db
from portal.kernel.errors import NothingLeft


def claim(line: RequestLine, n: int, *, field: str = "quantity") -> None:
    """Take `n` of an open line, or refuse with `NothingLeft`. The UPDATE's lock holds until the transaction ends."""
    db.session.flush()
    is_open = exists().where(Request.id == RequestLine.request_id, Request.state == RequestState.OPEN)
    taken = db.session.scalar(
        update(RequestLine)
        .where(
            RequestLine.id == line.id,
            RequestLine.live.is_(True),
            RequestLine.pledged + n <= RequestLine.quantity,
            is_open,
        )
        .values(pledged=RequestLine.pledged + n, version=RequestLine.version + 1)
        .returning(RequestLine.id)
        .execution_options(synchronize_session=False)
    )
    refresh_columns(line)
    if taken is None:
        raise NothingLeft(field=field, remaining=line.open if line.live and _is_open(line) else 0)
    recount(line.request_id)


def give_back(line: RequestLine, n: int) -> None:
    """Return `n` that were claimed; never below what was received: then the caller's books are wrong."""
    db.session.flush()
    returned = db.session.scalar(
        update(RequestLine)
        .where(RequestLine.id == line.id, RequestLine.pledged - n >= RequestLine.received)
        .values(pledged=RequestLine.pledged - n, version=RequestLine.version + 1)
        .returning(RequestLine.id)
        .execution_options(synchronize_session=False)
    )
    refresh_columns(line)
    if returned is None:
        raise ValueError(f"line {line.id}: {n} given back, but only {line.pledged - line.received} can be")
    recount(line.request_id)


def receive(line: RequestLine, n: int) -> None:
    """Count `n` of what is pledged as received."""
    db.session.flush()
    counted = db.session.scalar(
        update(RequestLine)
        .where(RequestLine.id == line.id, RequestLine.received + n <= RequestLine.pledged)
        .values(received=RequestLine.received + n, version=RequestLine.version + 1)
        .returning(RequestLine.id)
        .execution_options(synchronize_session=False)
    )
    refresh_columns(line)
    if counted is None:
        raise NothingLeft(field="quantity", remaining=line.pledged - line.received)


def make_room(line: RequestLine, quantity: int) -> bool:
    """Set a new quantity, guarded against claims that come in at the same moment; False below what is pledged."""
    db.session.flush()
    made = db.session.scalar(
        update(RequestLine)
        .where(RequestLine.id == line.id, RequestLine.pledged <= quantity)
        .values(quantity=quantity, version=RequestLine.version + 1)
        .returning(RequestLine.id)
        .execution_options(synchronize_session=False)
    )
    refresh_columns(line)
    return made is not None


def refresh_columns(line: RequestLine) -> None:
    """Read the row again, now that this transaction holds it: others may have moved it while we waited."""
    db.session.refresh(line, attribute_names=[c.key for c in inspect(RequestLine).column_attrs])


def _is_open(line: RequestLine) -> bool:
    state = db.session.scalar(select(Request.state).where(Request.id == line.request_id))
    return bool(state == RequestState.OPEN)
