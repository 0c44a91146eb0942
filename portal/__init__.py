"""The portal. Importing it loads nothing, so that the domain can be used and tested without Flask."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from config import Config


def create_app(config: "Config | None" = None) -> "Flask":
    """Front door for `flask --app portal` and `wsgi.py`; without `config` the environment decides."""
    from portal.app import create_app as build

    return build(config)
