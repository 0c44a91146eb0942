"""The figures that everyone may read: what they are counted from, and what was published."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import String, case, cast, func, literal, select, union_all

from portal.features.agencies.models import Agency
from portal.features.assistance.domain.disclosure import NAMED_ONLY
from portal.features.assistance.domain.gaps import WITHHELD
from portal.features.assistance.domain.lifecycles import HOLDING
from portal.features.assistance.models import Pledge, Request, RequestLine
from portal.features.portfolios.domain.figures import Cell, Figure, heading_of
from portal.features.portfolios.models import PublicDonation
from portal.features.portfolios.queries.facts import line_is_ruled, units_of, utc_year
from portal.features.portfolios.queries.sums import converted
from portal.infra.db import db


def cells(*, before: datetime, today: date, to: str) -> list[Cell]:
    """Pledges made before an instant, whoever may read them, of requests that not only named people and agencies know."""
    queries = []
    for figure in (Figure.PLEDGED, Figure.RECEIVED):
        units = units_of(figure)
        rows = (
            select(
                func.coalesce(Agency.state_iso2, "").label("state"),
                func.coalesce(RequestLine.category, "").label("category"),
                cast(RequestLine.kind, String).label("line_kind"),
                case((line_is_ruled(), 1), else_=0).label("withheld"),
                utc_year(Pledge.pledged_at).label("year"),
                Pledge.currency.label("currency"),
                units.label("units"),
                (units * Pledge.unit_minor).label("minor"),
            )
            .join(Request, Request.id == Pledge.request_id)
            .join(RequestLine, RequestLine.id == Pledge.line_id)
            .join(Agency, Agency.id == Request.agency_id)
            .where(Pledge.state.in_(sorted(HOLDING)), Pledge.pledged_at < before, units > 0)
            .where(Request.label.not_in(sorted(NAMED_ONLY)))
            .subquery()
        )
        c = rows.c
        keys = (c.state, c.category, c.line_kind, c.withheld, c.year, c.currency)
        totals = (func.count().label("records"), func.sum(c.units).label("units"), func.sum(c.minor).label("minor"))
        queries.append(select(literal(figure.value).label("figure"), *keys, *totals).group_by(*keys))
    found = [
        Cell(
            figure=Figure(row.figure),
            state=row.state,
            heading=heading_of(row.category, row.line_kind, withheld=bool(row.withheld)),
            year=int(row.year),
            currency=row.currency,
            records=int(row.records),
            units=int(row.units),
            minor=int(row.minor),
        )
        for row in db.session.execute(union_all(*queries))
    ]
    return converted(found, today=today, to=to)


@dataclass(frozen=True, slots=True)
class Published:
    """What was published for a quarter: rows by what they are of, and in each what is withheld."""

    quarter_on: date
    counted_at: datetime
    rows: dict[str, Sequence[PublicDonation]] = field(default_factory=dict)
    withheld: dict[str, PublicDonation] = field(default_factory=dict)

    def total(self, of: str) -> int:
        rest = self.withheld.get(of)
        return sum(row.pledges for row in self.rows.get(of, ())) + (rest.pledges if rest else 0)


def published() -> Published | None:
    """The latest quarter: the same for everyone, whoever asks."""
    latest = select(func.max(PublicDonation.quarter_on)).scalar_subquery()
    order = (PublicDonation.pledges.desc(), PublicDonation.heading)
    found = db.session.scalars(select(PublicDonation).where(PublicDonation.quarter_on == latest).order_by(*order)).all()
    if not found:
        return None
    return Published(
        quarter_on=found[0].quarter_on,
        counted_at=found[0].counted_at,
        rows={
            of: [row for row in found if row.of == of and row.heading != WITHHELD] for of in ("what", "state", "year")
        },
        withheld={row.of: row for row in found if row.heading == WITHHELD},
    )
