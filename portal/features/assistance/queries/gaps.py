"""What is asked for and not met: the sums that a reader may see, and those that everyone may."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select

from portal.features.assistance.domain.filters import Filters
from portal.features.assistance.domain.gaps import ALL, WITHHELD
from portal.features.assistance.models import PublicGap, Request, UnmetCount, UnmetNeed
from portal.features.assistance.queries.listing import STAGES, privately_known, reaches, reaches_alone
from portal.features.assistance.queries.sight import readable
from portal.infra.db import db
from portal.kernel.policy import Actor


@dataclass(slots=True)
class Sum:
    """How many requests, and units that nobody has pledged."""

    requests: int = 0
    units: int = 0


@dataclass(frozen=True, slots=True)
class Gaps:
    """Requests that are not met, as far as the filters ask: each by heading, by State and by cause."""

    by_heading: Mapping[str, Sum]
    """A request with several lines stands under each of its headings."""
    by_state: Mapping[str, Sum]
    by_cause: Mapping[str, Sum]
    total: Sum
    withheld: int
    """Requests of which all that is unmet is withheld: they have no heading."""


def gaps(actor: Actor, filters: Filters) -> Gaps:
    """Two statements, however many requests there are: the sums of what many see, and the reader's own few."""
    heading = filters.group or filters.line or ALL
    headings: dict[str, Sum] = defaultdict(Sum)
    states: dict[str, Sum] = defaultdict(Sum)
    causes: dict[str, Sum] = defaultdict(Sum)
    total, withheld = Sum(), 0
    for row in _rows(actor, filters):
        here = filters.state in {"", row.state_iso2}
        if row.heading == WITHHELD:
            withheld += row.requests if here else 0
            continue
        found = [headings[row.heading]] if here and row.heading != ALL else []
        if row.heading == heading:
            found += [states[row.state_iso2]] + ([causes[row.cause], total] if here else [])
        for one in found:
            one.requests += row.requests
            one.units += row.units
    return Gaps(_some(headings), _some(states), _some(causes), total, withheld)


def _some(sums: Mapping[str, Sum]) -> dict[str, Sum]:
    """The largest first; what was met meanwhile is left out."""
    ordered = sorted(sums.items(), key=lambda pair: (-pair[1].requests, pair[0]))
    return {key: one for key, one in ordered if one.requests}


def _rows(actor: Actor, filters: Filters) -> Sequence[Any]:
    sums = _asked(UnmetCount, func.sum(UnmetCount.requests), filters)
    rows = list(db.session.execute(sums.where(UnmetCount.reach.in_(reaches(actor)))))
    if private := privately_known(actor):
        mine = _asked(UnmetNeed, func.count(), filters).join(Request, Request.id == UnmetNeed.request_id)
        alone = (UnmetNeed.request_id.in_(private), UnmetNeed.reach.in_(reaches_alone(actor)), readable(actor))
        rows += db.session.execute(mine.where(*alone))
    return rows


def _asked(table: type[UnmetCount | UnmetNeed], requests: Any, filters: Filters) -> Select[Any]:
    keys = (table.heading, table.state_iso2, table.cause)
    query = select(*keys, requests.label("requests"), func.sum(table.units).label("units")).group_by(*keys)
    query = query.where(table.stage.in_(STAGES[filters.stage]))
    return query.where(table.cause == filters.cause) if filters.cause else query


@dataclass(frozen=True, slots=True)
class PublicGaps:
    """What was published for a quarter: numbers by heading and by State, and in each the sum of what is withheld."""

    quarter_on: date
    counted_at: datetime
    by_heading: dict[str, int] = field(default_factory=dict)
    by_state: dict[str, int] = field(default_factory=dict)
    headings_withheld: int = 0
    states_withheld: int = 0

    @property
    def headings_total(self) -> int:
        return sum(self.by_heading.values()) + self.headings_withheld

    @property
    def states_total(self) -> int:
        return sum(self.by_state.values()) + self.states_withheld


def public_gaps() -> PublicGaps | None:
    """The latest quarter: the same for everyone, whoever asks."""
    latest = select(func.max(PublicGap.quarter_on)).scalar_subquery()
    order = (PublicGap.requests.desc(), PublicGap.heading)
    rows = db.session.scalars(select(PublicGap).where(PublicGap.quarter_on == latest).order_by(*order)).all()
    if not rows:
        return None
    numbers = {of: {row.heading: row.requests for row in rows if row.of == of} for of in ("heading", "state")}
    withheld = {of: found.pop(WITHHELD, 0) for of, found in numbers.items()}
    return PublicGaps(
        quarter_on=rows[0].quarter_on,
        counted_at=rows[0].counted_at,
        by_heading=numbers["heading"],
        by_state=numbers["state"],
        headings_withheld=withheld["heading"],
        states_withheld=withheld["state"],
    )
