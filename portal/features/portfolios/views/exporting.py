"""What is taken away from a portfolio."""

from flask import Response, g, request

from portal.features.portfolios.exports import iati, tables
from portal.features.portfolios.forms import read_part, read_side
from portal.features.portfolios.policy import Portfolios
from portal.features.portfolios.views.blueprint import bp
from portal.features.rates.queries import reporting_currency
from portal.infra.db import now
from portal.infra.tables import FORMATS, as_table
from portal.web.access import current_actor, requires
from portal.web.downloads import attached


@bp.get("/portfolio/export.<any(csv, xlsx):form>", endpoint="export")
@requires(Portfolios.EXPORT)
def export(form: str) -> Response:
    """Every record of every rung that this reader sees."""
    actor = current_actor()
    side, part = read_side(actor, request.args), read_part(request.args)
    found = tables.rows(actor, side, part, today=now().date(), to=reporting_currency())
    body = as_table(form, tables.COLUMNS, found, sheet="portfolio", figures=tables.FIGURES)
    return attached(f"portfolio.{form}", body, FORMATS[form])


@bp.get("/portfolio/iati.xml", endpoint="report")
@requires(Portfolios.REPORT)
def report() -> Response:
    """What the donor publishes: everything in it is for everyone."""
    at, donor = now(), iati.reporting(g.membership.agency)
    content = iati.as_xml(iati.published(current_actor(), today=at.date()), donor, at=at)
    return attached("iati.xml", content, iati.MIME)
