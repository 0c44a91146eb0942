"""Where the pages of portfolios stand, and the addresses of figures."""

from flask import Blueprint, url_for

from portal.features.portfolios.domain.figures import Figure, Part, Side
from portal.features.portfolios.forms import as_args

bp = Blueprint("portfolios", __name__, url_prefix="/<language:lang>/assistance", template_folder="../templates")


def page_url(side: Side, part: Part) -> str:
    return url_for("portfolios.portfolio", **as_args(side, part))


def records_url(side: Side, figure: Figure, part: Part) -> str:
    return url_for("portfolios.records", figure=figure.value, **as_args(side, part))
