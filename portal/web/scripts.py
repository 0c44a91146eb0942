"""The few pages that may run a script: one file of our own, which speaks to nobody but the portal."""

from flask import Response, make_response
from flask.typing import ResponseReturnValue

from portal.web.headers import PERMISSIONS, POLICY


def with_script(page: ResponseReturnValue, *, camera: bool = True) -> Response:
    """The page with rights for its one script; everything else stays as strict as elsewhere."""
    response = make_response(page)
    policy = POLICY.replace("script-src 'none'", "script-src 'self'").replace(
        "connect-src 'none'", "connect-src 'self'"
    )
    response.headers["Content-Security-Policy"] = policy
    if camera:
        response.headers["Permissions-Policy"] = PERMISSIONS.replace("camera=()", "camera=(self)")
    return response
