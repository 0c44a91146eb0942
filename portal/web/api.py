"""JSON in and out."""

from typing import TypeVar

from flask import request
from werkzeug.exceptions import BadRequest

from portal.kernel.contract import Command, decode

C = TypeVar("C", bound=Command)


def json_command(command: type[C]) -> C:
    """The request body as a command, or a refusal that lists every problem."""
    body = request.get_json()
    if not isinstance(body, dict):
        raise BadRequest("The body must be a JSON object.")
    return decode(command, body, by_program=True)
