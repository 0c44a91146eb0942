"""Where the pages of requests stand."""

from flask import Blueprint, url_for

from portal.features.assistance.models import Request

bp = Blueprint("assistance", __name__, url_prefix="/<language:lang>/assistance", template_folder="../templates")
ONE = "/requests/<string(maxlength=20):ref>"


def address(request: Request) -> str:
    return url_for("assistance.request", ref=request.ref)
