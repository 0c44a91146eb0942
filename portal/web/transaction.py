"""One transaction per request: a success commits before it is answered, everything else leaves no trace.

What must survive a refusal (sign-in throttle, last-seen time, audit of denials) is handed to `afterwards` and runs
in a bookkeeping transaction of its own, when the request's has ended.
"""

from collections.abc import Callable
from http import HTTPStatus

from flask import Flask, Response, g, request
from sqlalchemy import Connection

from portal.infra.db import bookkeeping, db, reading
from portal.web.access import READS


def afterwards(task: Callable[[Connection], None]) -> None:
    """Run `task` in a bookkeeping transaction once the request's own has ended, whatever its answer."""
    g.setdefault("afterwards", []).append(task)


def register_transaction(app: Flask) -> None:
    @app.after_request
    def finish(response: Response) -> Response:
        if request.method in READS or response.status_code >= HTTPStatus.BAD_REQUEST:
            db.session.rollback()
        else:
            db.session.commit()
        if tasks := g.pop("afterwards", None):
            with bookkeeping() as connection:
                for task in tasks:
                    task(connection)
        return response

    @app.teardown_request
    def forget(_error: BaseException | None) -> None:
        db.session.rollback()
        reading(only=False)
