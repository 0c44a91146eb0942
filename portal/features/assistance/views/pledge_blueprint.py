"""Where the pages of pledges stand."""

from typing import Any

from flask import Blueprint, url_for

from portal.features.assistance.models import Pledge
from portal.features.assistance.policy import Pledges

bp = Blueprint("pledges", __name__, url_prefix="/<language:lang>/assistance", template_folder="../templates")
ONE = "/pledges/<string(maxlength=20):ref>"
LINE = "/requests/<string(maxlength=20):ref>/lines/<string(maxlength=4):number>"


def address(pledge: Pledge) -> str:
    return url_for("pledges.pledge", ref=pledge.ref)


@bp.context_processor
def words_of_pledges() -> dict[str, Any]:
    return {"Pledges": Pledges}
