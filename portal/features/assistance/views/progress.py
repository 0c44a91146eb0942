"""How far a request has come: the meter in money or units, and the route."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.features.assistance.domain.lifecycles import RequestState
from portal.features.assistance.models import Request, RequestLine
from portal.kernel.money import Money
from portal.web.formats import day_text, money_text, number
from portal.web.i18n import gettext

S = RequestState
_SCREENED, _PLEDGED, _COMMITTED, _DELIVERING, _VERIFIED, _CLOSED = 1, 2, 3, 4, 5, 6


@dataclass(frozen=True, slots=True)
class Meter:
    """Requested, pledged and received in one measure: the money of one currency, or units where there is none."""

    requested: int
    pledged: int
    received: int
    verified: int | None
    """None while no item is recorded."""
    currency: str | None

    def words(self, amount: int) -> str:
        return money_text(Money(amount, self.currency)) if self.currency else number(amount)

    @property
    def pledged_percent(self) -> int:
        return 100 * self.pledged // self.requested if self.requested else 0

    @property
    def received_percent(self) -> int:
        return 100 * self.received // self.requested if self.requested else 0


def meter_of(lines: Sequence[RequestLine], verified: Mapping[int, int] | None = None) -> Meter:
    """Of all live lines, also of those that are withheld from the reader: totals reconcile."""
    currencies = {line.est_currency for line in lines}
    in_money = len(currencies) == 1 and None not in currencies
    weights = [(line.est_minor or 0) if in_money else 1 for line in lines]
    weighed = list(zip(lines, weights, strict=True))
    seen = [min(verified.get(line.id, 0), line.received) * weight for line, weight in weighed] if verified else []
    return Meter(
        requested=sum(line.quantity * weight for line, weight in weighed),
        pledged=sum(line.pledged * weight for line, weight in weighed),
        received=sum(line.received * weight for line, weight in weighed),
        verified=sum(seen) if verified else None,
        currency=next(iter(currencies)) if in_money else None,
    )


def stages(request: Request) -> list[tuple[str, str]]:
    """The route of a request, as far as this reader knows it."""
    sent = day_text(request.screening_at.date()) if request.screening_at else ""
    screened = day_text(request.opened_at.date()) if request.opened_at else ""
    closed = day_text(request.closed_at.date()) if request.closed_at else ""
    units = sum(line.quantity for line in request.live_lines)
    pledged = sum(line.pledged for line in request.live_lines)
    received = sum(line.received for line in request.live_lines)
    promised, came = (
        gettext("%(part)s of %(whole)s", part=number(part), whole=number(units)) for part in (pledged, received)
    )
    return [
        (gettext("Requested"), sent),
        (gettext("Screened"), screened),
        (gettext("Pledged"), promised if pledged else ""),
        (gettext("Committed"), ""),
        (gettext("Delivering"), came if received else ""),
        (gettext("Verified"), ""),
        (gettext("Closed"), closed),
    ]


def now_at(request: Request, *, committed: bool) -> int:
    """The place on the route where it stands; `committed`: a donor is bound by a pledge."""
    if request.closed_at is not None:
        return _CLOSED + 1 if request.state == S.FULFILLED else _CLOSED
    if request.opened_at is None:
        return _SCREENED if request.screening_at else 0
    if any(line.received for line in request.live_lines):
        return _DELIVERING
    if committed:
        return _COMMITTED
    return _PLEDGED


def totals_of(lines: Sequence[RequestLine]) -> dict[str, Money]:
    """The estimated cost by currency; lines without an estimate add nothing."""
    found: dict[str, Money] = {}
    for line in lines:
        if (cost := line.unit_cost) is not None:
            one: Any = cost * line.quantity
            found[cost.currency] = found[cost.currency] + one if cost.currency in found else one
    return found
