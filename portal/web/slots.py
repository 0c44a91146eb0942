"""Places in a page that a capability above fills: an offer's page shows who fits without knowing how that is found."""

from collections.abc import Callable
from typing import Any

from flask import Flask, current_app
from markupsafe import Markup

Part = Callable[[Any], Markup | str]
"""Draws its part of the page for a record; empty when there is nothing to show."""


def fill_slot(app: Flask, name: str, part: Part) -> None:
    app.extensions.setdefault("slots", {}).setdefault(name, []).append(part)


def slot(name: str, record: Any) -> Markup:
    """What other features add at this place of a page; templates call it with the name and the record."""
    parts = current_app.extensions.get("slots", {}).get(name, [])
    return Markup("").join(Markup(part(record)) for part in parts)  # noqa: S704 - parts are rendered templates


def register_slots(app: Flask) -> None:
    app.jinja_env.globals["slot"] = slot
