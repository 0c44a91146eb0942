"""Where the pages of items stand."""

from typing import Any

from flask import Blueprint, url_for

from portal.features.items.models import Finding, Item
from portal.features.items.policy import Findings, Items

bp = Blueprint("items", __name__, url_prefix="/<language:lang>/equipment", template_folder="../templates")
short_bp = Blueprint("items_short", __name__)
"""What a QR code carries: short, and without a word that says whose it is."""
ONE = "/items/<string(maxlength=20):ref>"
FINDING = "/findings/<string(maxlength=20):ref>"


def address(item: Item) -> str:
    return url_for("items.item", ref=item.ref)


def finding_address(finding: Finding) -> str:
    return url_for("items.finding", ref=finding.ref)


@bp.context_processor
def words_of_items() -> dict[str, Any]:
    return {"Items": Items, "Findings": Findings}
