"""How scores are made: the rules and the points, as published."""

from flask import render_template

from portal.features.matches.views.blueprint import bp
from portal.matching.types import PART_MAXIMA
from portal.web.access import open_to_everyone


@bp.get("/scores")
@open_to_everyone
def rules() -> str:
    return render_template("matches/rules.html", most=PART_MAXIMA)
