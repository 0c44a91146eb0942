"""What an address asks of a portfolio, and the address of what is asked."""

from collections.abc import Mapping
from typing import Any

from portal.features.assistance.domain.disclosure import OVERSEERS
from portal.features.assistance.domain.gaps import WITHHELD
from portal.features.assistance.domain.vocabulary import SERVICES
from portal.features.portfolios.domain.figures import OTHER, Part, Side
from portal.features.portfolios.policy import DONORS
from portal.kernel.equipment import GROUPS
from portal.kernel.money import CURRENCIES
from portal.kernel.policy import Actor
from portal.kernel.states import STATES

FIRST_YEAR, LAST_YEAR = 2000, 2200
HEADINGS = (*GROUPS, *sorted(kind.value for kind in SERVICES), OTHER, WITHHELD)


def sides(actor: Actor) -> list[Side]:
    """Those that the reader may ask for, first the one that they most likely want."""
    if actor.role in OVERSEERS:
        return [Side.ALL]
    return [Side.GIVEN, Side.RECEIVED] if DONORS.holds(actor, None) else [Side.RECEIVED, Side.GIVEN]


def read_side(actor: Actor, args: Mapping[str, str]) -> Side:
    known = sides(actor)
    return next((side for side in known if side == args.get("side")), known[0])


def read_part(args: Mapping[str, str]) -> Part:
    """What is not known means all."""
    state, what, currency = (args.get(name, "") for name in ("state", "what", "currency"))
    year = args.get("year", "")
    number = int(year) if year.isascii() and year.isdecimal() and len(year) <= len(str(LAST_YEAR)) else 0
    return Part(
        state=state if state in STATES or state == OTHER else "",
        what=what if what in HEADINGS else "",
        year=number if FIRST_YEAR <= number <= LAST_YEAR else None,
        currency=currency if currency in CURRENCIES else "",
    )


def as_args(side: Side, part: Part) -> dict[str, Any]:
    args = {
        "side": side.value,
        "state": part.state,
        "what": part.what,
        "year": str(part.year or ""),
        "currency": part.currency,
    }
    return {name: value for name, value in args.items() if value}
