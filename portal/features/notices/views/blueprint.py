"""The blueprint that the pages of this slice share."""

from flask import Blueprint

bp = Blueprint("notices", __name__, url_prefix="/<language:lang>", template_folder="../templates")
