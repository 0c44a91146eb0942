"""Files that people take away, sent piece by piece."""

from collections.abc import Iterable
from typing import AnyStr

from flask import Response, stream_with_context


def attached(name: str, body: Iterable[AnyStr], mimetype: str) -> Response:
    """A file for the browser to keep. It is written while it is sent, so the request stays open until its end."""
    answer = Response(stream_with_context(iter(body)), mimetype=mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
