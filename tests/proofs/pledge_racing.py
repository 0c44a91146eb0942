"""What four processes do to the pledges of one database at the same moment, and a naive twin without a guard."""

import time
from collections.abc import Sequence
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Column, Engine, Integer, MetaData, Table, create_engine, insert, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.exc import StaleDataError

from portal import create_app
from portal.features.assistance import services
from portal.features.assistance.domain.pledging import AcceptPledge, DeclinePledge, OfferPledge, WithdrawPledge
from portal.features.assistance.models import Pledge, RequestLine
from portal.features.assistance.queries import by_id
from portal.features.assistance.queries.pledges import WITH_PARTIES
from portal.features.assistance.services.pledge_clock import lapse_due
from portal.features.people.models import Membership
from portal.features.people.queries import actor_of
from portal.infra.db import db, now
from portal.infra.submissions import claim as claim_form
from portal.kernel.contract import decode
from portal.kernel.errors import DomainError
from tests.conftest import test_config
from tests.features.assistance.pledging import typed_pledge
from tests.proofs.racing import DRAWING_A_PAGE, PRESSES

Step = tuple[str, int, int, str, int]
"""What to do, to which line, as which membership, with which one-time id, and a number that varies it."""


def pledge_all(url: str, folder: Path, share: Sequence[Step], start: Barrier) -> list[str]:
    app = create_app(test_config(url, folder))
    start.wait()
    return [_step(app, *step) for step in share]


def _step(app: Flask, step: str, line_id: int, membership_id: int, token: str, number: int) -> str:
    """One request: the form's one-time id first, as the web does it, then the act, then one commit."""
    for _press in range(PRESSES):
        with app.app_context():
            try:
                done = _take(step, line_id, membership_id, token, number)
                db.session.commit()
            except (DomainError, StaleDataError):
                db.session.rollback()
                return f"{step} refused"
            except OperationalError as error:
                db.session.rollback()
                if "deadlock" in str(error):
                    return "deadlock"
            except Exception as error:  # noqa: BLE001 - what it says is counted
                db.session.rollback()
                return f"{type(error).__name__}: {error}"
            else:
                return done
    return "no answer"


def _take(step: str, line_id: int, membership_id: int, token: str, number: int) -> str:
    query = select(Membership).filter_by(id=membership_id).options(joinedload(Membership.agency))
    by, at = actor_of(db.session.scalars(query).one()), now()
    if step == "lapse":
        return f"lapse {lapse_due(at=at)}"
    if by.person_id is None or claim_form(person_id=by.person_id, token=token, path=step, at=at) is None:
        return "repeat"
    line = db.session.get_one(RequestLine, line_id)
    if step == "offer":
        command = decode(OfferPledge, typed_pledge(quantity=str(1 + number % 2)))
        return f"offer {services.offer(command, line=line, by=by, at=at).ref}"
    if step == "amend":
        return _amend(line, by, number)
    ids = db.session.scalars(select(Pledge.id).filter_by(line_id=line_id).order_by(Pledge.id.desc()).limit(12)).all()
    if not ids:
        return "nothing to do"
    one = select(Pledge).filter_by(id=ids[number % len(ids)]).options(*WITH_PARTIES)
    pledge = db.session.scalars(one).one()
    if step == "accept":
        services.accept(AcceptPledge(version=pledge.version, conditions_read=True), pledge=pledge, by=by, at=at)
    elif step == "decline":
        services.decline_pledge(DeclinePledge(version=pledge.version, reason="No."), pledge=pledge, by=by, at=at)
    else:
        services.withdraw_pledge(WithdrawPledge(version=pledge.version, reason="No."), pledge=pledge, by=by, at=at)
    return f"{step} {pledge.ref}"


def _amend(line: RequestLine, by: Any, number: int) -> str:
    """A new version of the request with another quantity of this line: refused below what is pledged."""
    request = by_id(line.request_id)
    if request is None:
        raise LookupError(line.request_id)
    at = now()
    services.begin_amendment(request, by=by, at=at)
    lines = [dict(one) for one in request.draft["lines"]]
    place = next(i for i, one in enumerate(request.live_lines) if one.id == line.id)
    lines[place]["quantity"] = str(8 + number % 5)
    request.draft = request.draft | {"lines": lines}
    services.amend(request, by=by, at=at)
    return "amend done"


# ---------------------------------------------------------------------------------------- the naive twin: no guard

metadata = MetaData()
naive_line = Table("naive_line", metadata, Column("id", Integer, primary_key=True), Column("quantity", Integer),
                   Column("pledged", Integer))  # fmt: skip
naive_pledge = Table("naive_pledge", metadata, Column("id", Integer, primary_key=True), Column("donor", Integer))
ASKED = 10


def make_naive(engine: Engine) -> None:
    metadata.drop_all(engine)
    metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(naive_line).values(id=1, quantity=ASKED, pledged=0))


def pledge_all_naively(url: str, _folder: Path, share: Sequence[int], start: Barrier) -> list[str]:
    """Read what is open in one transaction, write in the next, in a table that allows anything."""
    engine = create_engine(url, connect_args={"timeout": 30} if url.startswith("sqlite") else {})
    with engine.connect() as connection:
        connection.execute(select(naive_line.c.id))
    start.wait()
    outcomes = []
    for donor in share:
        with engine.begin() as connection:
            quantity, pledged = connection.execute(select(naive_line.c.quantity, naive_line.c.pledged)).one()
        if pledged >= quantity:
            outcomes.append("nothing left")
            continue
        time.sleep(DRAWING_A_PAGE)
        with engine.begin() as connection:
            connection.execute(update(naive_line).values(pledged=pledged + 1))
            connection.execute(insert(naive_pledge).values(donor=donor))
        outcomes.append("offer")
    engine.dispose()
    return outcomes
