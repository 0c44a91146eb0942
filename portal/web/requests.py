"""What is refused before anything looks at it: addresses that no database can hold, JSON deeper than anyone needs."""

from typing import Any

from flask import Flask, abort, request
from flask.json.provider import DefaultJSONProvider


class _BoundedJson(DefaultJSONProvider):
    """Python answers too many brackets with an error of its own, which would be our mistake and not the sender's."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        try:
            return super().loads(s, **kwargs)
        except RecursionError:
            raise ValueError("nested too deeply") from None


def register_requests(app: Flask) -> None:
    app.json = _BoundedJson(app)

    @app.before_request
    def refuse_what_nothing_is_called() -> None:
        # PostgreSQL refuses a NUL in any text, so that no record can be meant.
        if "\x00" in request.path:
            abort(404)
