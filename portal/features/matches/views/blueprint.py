"""Where the pages of fits and proposals stand."""

from typing import Any

from flask import Blueprint

from portal.features.matches.policy import Matches
from portal.features.matches.views.comparing import costs, stay

bp = Blueprint("matches", __name__, url_prefix="/<language:lang>/exchanges", template_folder="../templates")


@bp.context_processor
def words_of_terms() -> dict[str, Any]:
    """What the templates of this feature ask for by name."""
    return {"Matches": Matches, "costs_text": costs, "stay": stay}
