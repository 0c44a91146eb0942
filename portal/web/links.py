"""Addresses that leave the portal in a mail: always below the configured one, whatever host a request names."""

from typing import Any
from urllib.parse import urlsplit

from flask import current_app


def absolute_url(endpoint: str, **values: Any) -> str:
    """The whole address of a page. Works without a request; pages of the portal need `lang`."""
    base = urlsplit(current_app.extensions["config"].base_url)
    adapter = current_app.url_map.bind(base.netloc, script_name=base.path or "/", url_scheme=base.scheme)
    return adapter.build(endpoint, values, force_external=True)
