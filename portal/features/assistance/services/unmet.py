"""Keeps count of what is asked for and not met, and publishes what of it everyone may read."""

from collections import defaultdict
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, func, insert, select

from portal.features.agencies.models import Agency
from portal.features.assistance.domain.finding import REACH
from portal.features.assistance.domain.gaps import ALL, WITHHELD, publishable, quarter, unmet_of
from portal.features.assistance.models import PublicGap, Request, RequestField, RequestLine, UnmetCount, UnmetNeed
from portal.features.assistance.services.holding import hold_request
from portal.infra.db import db
from portal.kernel.labels import Tlp

AT_ONCE = 200
_KEY = (UnmetCount.heading, UnmetCount.stage, UnmetCount.reach, UnmetCount.state_iso2, UnmetCount.cause)


class Counted(NamedTuple):
    """Where one heading of a request stands in the sums."""

    heading: str
    stage: int
    reach: int
    state_iso2: str
    cause: str


def recount(request_id: int) -> None:
    """Count one request anew and write down what changed; call it after whatever changes lines, state or labels."""
    hold_request(request_id)
    now_, before = _as_it_is(request_id), _as_counted(request_id)
    if now_ == before:
        return
    changes: dict[Counted, list[int]] = defaultdict(lambda: [0, 0])
    for sign, counted in ((-1, before), (1, now_)):
        for key, units in counted.items():
            changes[key][0] += sign
            changes[key][1] += sign * units
    rows = [
        key._asdict() | {"requests": requests, "units": units}
        for key, (requests, units) in sorted(changes.items())
        if requests or units
    ]
    db.session.execute(insert(UnmetCount), rows)
    db.session.execute(delete(UnmetNeed).where(UnmetNeed.request_id == request_id))
    if now_:
        rows = [key._asdict() | {"request_id": request_id, "units": units} for key, units in sorted(now_.items())]
        db.session.execute(insert(UnmetNeed), rows)


def _as_it_is(request_id: int) -> dict[Counted, int]:
    about = (
        select(Request.state, Request.stage, Request.reach, Request.closing_cause, Agency.state_iso2)
        .join(Agency, Agency.id == Request.agency_id)
        .where(Request.id == request_id)
    )
    state, stage, reach, cause, iso2 = db.session.execute(about).one()
    lines = select(RequestLine).where(RequestLine.request_id == request_id).execution_options(populate_existing=True)
    ruled = select(RequestField.field).where(RequestField.request_id == request_id)
    found = unmet_of(state, db.session.scalars(lines).all(), db.session.scalars(ruled).all())
    return {Counted(heading, stage, reach, iso2 or "", cause or ""): units for heading, units in found.items()}


def _as_counted(request_id: int) -> dict[Counted, int]:
    columns = (UnmetNeed.heading, UnmetNeed.stage, UnmetNeed.reach, UnmetNeed.state_iso2, UnmetNeed.cause)
    rows = db.session.execute(select(*columns, UnmetNeed.units).where(UnmetNeed.request_id == request_id))
    return {Counted(*row[:-1]): row.units for row in rows}


def add_up(*, at: datetime) -> int:  # noqa: ARG001 - every timed job gets the instant
    """Put the changes of one sum into one row. What others add meanwhile is not touched: only deleted rows are summed."""
    split = select(*_KEY).group_by(*_KEY).having(func.count() > 1).limit(AT_ONCE)
    folded = 0
    for key in db.session.execute(split).all():
        mine = [column == value for column, value in zip(_KEY, key, strict=True)]
        gone = db.session.execute(
            delete(UnmetCount)
            .where(*mine)
            .returning(UnmetCount.requests, UnmetCount.units)
            .execution_options(synchronize_session=False)
        ).all()
        requests, units = (sum(row[place] for row in gone) for place in (0, 1))
        if requests or units:
            values = Counted(*key)._asdict() | {"requests": requests, "units": units}
            db.session.execute(insert(UnmetCount), [values])
        folded += len(gone)
    return folded


def publish_gaps(*, at: datetime) -> int:
    """Write down the numbers of this quarter for everyone, once. AMBER+STRICT and RED requests are not counted."""
    quarter_on = quarter(at.date())
    if db.session.scalar(select(PublicGap.id).where(PublicGap.quarter_on == quarter_on).limit(1)):
        return 0
    shared = UnmetCount.reach >= REACH[Tlp.AMBER]
    sums = select(UnmetCount.heading, UnmetCount.state_iso2, func.sum(UnmetCount.requests).label("requests"))
    rows = db.session.execute(sums.where(shared).group_by(UnmetCount.heading, UnmetCount.state_iso2)).all()
    hidden = sum(row.requests for row in rows if row.heading == WITHHELD)
    by_heading: dict[str, int] = defaultdict(int)
    by_state: dict[str, int] = defaultdict(int)
    for row in rows:
        if row.heading in {ALL, WITHHELD}:
            by_state[row.state_iso2] += row.requests
        else:
            by_heading[row.heading] += row.requests
    # A quarter is counted once even when nothing may be said: nobody learns on which day there was enough.
    written: list[dict[str, Any]] = [{"of": "quarter", "heading": "", "requests": 0}]
    for of, found in (("heading", publishable(by_heading, hidden=hidden)), ("state", publishable(by_state))):
        numbers = dict(found.shown) | ({WITHHELD: found.withheld} if found.withheld else {})
        written += [{"of": of, "heading": heading, "requests": number} for heading, number in sorted(numbers.items())]
    db.session.execute(insert(PublicGap), [row | {"quarter_on": quarter_on, "counted_at": at} for row in written])
    return len(written)
