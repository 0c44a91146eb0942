"""What of all donations everyone may read."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import render_template

from portal.features.assistance.domain.gaps import LEAST, WITHHELD
from portal.features.portfolios.models import PublicDonation
from portal.features.portfolios.queries.public import Published, published
from portal.features.portfolios.views.blueprint import bp
from portal.features.portfolios.views.words import heading_words, state_words
from portal.kernel.money import Money
from portal.web.access import open_to_everyone
from portal.web.i18n import gettext

WORDS: dict[str, Callable[[str], str]] = {"what": heading_words, "state": state_words, "year": str}


@dataclass(frozen=True, slots=True)
class Row:
    """One number as the page shows it."""

    words: str
    pledges: int
    pledged: Money
    received: Money | None
    withheld: bool = False

    @classmethod
    def of(cls, row: PublicDonation) -> "Row":
        withheld = row.heading == WITHHELD
        words = gettext("Withheld") if withheld else WORDS[row.of](row.heading)
        received = None if row.received is None else Money(row.received, row.currency)
        return cls(words, row.pledges, Money(row.pledged, row.currency), received, withheld)


@bp.get("/portfolio/public", endpoint="public")
@open_to_everyone
def show() -> str:
    found = published()
    return render_template(
        "portfolios/public.html",
        found=found,
        tables={of: _rows(found, of) for of in WORDS} if found else {},
        least=LEAST,
    )


def _rows(found: Published, of: str) -> list[Row]:
    rest = found.withheld.get(of)
    return [Row.of(row) for row in found.rows[of]] + ([Row.of(rest)] if rest else [])
