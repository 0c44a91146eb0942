"""Where the pages of people stand."""

from flask import Blueprint

bp = Blueprint("people", __name__, url_prefix="/<language:lang>", template_folder="../templates")
