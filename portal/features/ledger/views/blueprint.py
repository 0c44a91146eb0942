"""Where the pages of the ledger hang."""

from flask import Blueprint

bp = Blueprint("ledger", __name__, url_prefix="/<language:lang>", template_folder="../templates")
